import ZaichikWords

/// A pane that is a table of the broker's rows: it has a cursor, is sorted by its columns and filtered by a text.
protocol TablePane: PaneContent {
    associatedtype Row: TableRow

    static var table: WritableKeyPath<Model, Table<Row>> { get }
    /// The columns that take what is left of the width, each up to its own greatest width, in this order.
    static var growingColumns: [(column: Row.C, most: Int)] { get }
    /// Shown in place of rows if there are none, although there is a connection and no filter.
    static var emptyText: [String] { get }
    /// A word for one row, such as "client".
    static var noun: String { get }

    static func extraTitle(_ model: Model) -> [Span]
    /// The title of a column, as wide as its place at most.
    static func title(of place: TableLayout<Row.C>.Place, _ model: Model) -> String
    /// Draws the row of an index: its cells, and its mark at the left.
    static func rowPainter(_ model: Model, _ layout: TableLayout<Row.C>) -> RowPainter
}

typealias RowPainter = (_ index: Int, _ rect: Rect, _ painter: inout Painter) -> Void

extension TablePane {
    static var headRows: Int { 1 }
    static func extraTitle(_ model: Model) -> [Span] { [] }
    static func title(of place: TableLayout<Row.C>.Place, _ model: Model) -> String {
        showsTotals(model) ? place.column.totalTitle : place.column.title
    }

    static func move(_ model: inout Model, by distance: Int, rows: Int) {
        model[keyPath: table].move(by: distance, height: rows)
    }

    static func moveToEnd(_ model: inout Model, rows: Int) { move(&model, by: Table<Row>.whole, rows: rows) }

    static func press(_ model: inout Model, row: Int, in area: PaneArea) {
        let index = model[keyPath: table].offset + row
        guard row >= 0, model[keyPath: table].rows.indices.contains(index) else { return }
        model[keyPath: table].selected = model[keyPath: table].rows[index].rowID
    }

    static func keepCursorSeen(_ model: inout Model, rows: Int) {
        model[keyPath: table].settle(height: rows)
    }

    static func goBack(_ model: inout Model) -> [Effect] {
        if search(model) != nil {
            endSearch(&model)
            return []
        }
        if !model[keyPath: table].marked.isEmpty {
            model[keyPath: table].marked = []
            return []
        }
        return filter(model).isEmpty ? [] : setFilter(&model, "")
    }

    static func rows(_ model: Model) -> [JSONObject]? { model[keyPath: table].rows.map(\.json) }

    // MARK: Sorting and filtering

    static func filter(_ model: Model) -> String { model[keyPath: table].filter }

    /// The broker filters, so it is asked for other rows.
    static func setFilter(_ model: inout Model, _ text: String) -> [Effect] {
        let asked = model.watchRequest
        model[keyPath: table].filter = text
        model[keyPath: table].showFirst()
        model.keepCursorsSeen()
        return model.watchRequest == asked ? [] : [.link(.watch(model.watchRequest))]
    }

    static var conditionNames: [String] { Row.conditions.map(\.name) }

    /// The conditions that can be typed besides text, the first few.
    static var filterHint: String {
        let names = conditionNames
        return "text, or " + names.prefix(3).joined(separator: " ") + (names.count > 3 ? " …" : "")
    }

    /// Why a text cannot be the filter; nil if it can.
    static func filterProblem(_ text: String) -> String? { TableFilter<Row>(text).problem }

    /// Filters for the rows that are behind, in addition to what is filtered for, or no longer.
    static func toggleBehind(_ model: inout Model) -> [Effect] {
        let words = filter(model).split(separator: " ").map(String.init)
        let others = words.filter { $0 != behind }
        return setFilter(&model, (words == others ? words + [behind] : others).joined(separator: " "))
    }

    private static var behind: String { "is:behind" }

    /// A click on the head of a column sorts by it; on that of the sorted column it reverses the order.
    static func pressHead(_ model: inout Model, at x: Int, in area: PaneArea) -> [Effect] {
        let places = layout(model, area).places
        guard let place = places.last(where: { area.rows.x + $0.x <= x }), place.column.isSortable else { return [] }
        model[keyPath: table].sort(by: place.column)
        return sorted(&model)
    }

    // MARK: Marks, columns, totals

    static func toggleMark(_ model: inout Model, rows: Int) { model[keyPath: table].toggleMark(height: rows) }

    /// The names of the marked rows, a line each, or that under the cursor.
    static func copied(_ model: Model) -> String {
        let table = model[keyPath: table]
        let marked = table.markedRows
        let rows = marked.isEmpty ? [table.selectedRow ?? table.rows.first].compactMap { $0 } : marked
        return rows.compactMap(\.texts.first).joined(separator: "\n")
    }

    static func showsTotals(_ model: Model) -> Bool { model[keyPath: table].showsTotals }

    /// The broker sorts by what is shown.
    static func toggleTotals(_ model: inout Model) -> [Effect] {
        model[keyPath: table].showsTotals.toggle()
        return model[keyPath: table].sort.total == nil ? [] : sorted(&model)
    }

    static func changeColumn(_ model: inout Model, _ place: Int) {
        model[keyPath: table].columns.change(Row.C.allCases[place])
    }

    /// The lines of the menu of columns.
    static func columnLines(_ model: Model) -> [[Span]] {
        Row.C.allCases.map { column in
            let mark: Span =
                switch model[keyPath: table].columns.state(column) {
                case .shown: Span("● always   ", .good)
                case .hidden: Span("○ never    ", .warning)
                case .byRoom: Span("  by room  ", .quiet)
                }
            return [mark, Span(TextWidth.padded(column.title, to: 12), .strong), Span(column.help, .quiet)]
        }
    }

    private static func layout(_ model: Model, _ area: PaneArea) -> TableLayout<Row.C> {
        // The last column stays free, beside the scroll mark.
        TableLayout(width: area.rows.width - 1, growing: growingColumns, choice: model[keyPath: table].columns)
    }

    /// - Parameter step: How many columns to the right; to the left if below 0.
    static func changeSort(_ model: inout Model, by step: Int) -> [Effect] {
        model[keyPath: table].changeSort(by: step)
        return sorted(&model)
    }

    static func reverse(_ model: inout Model) -> [Effect] {
        model[keyPath: table].descending.toggle()
        return sorted(&model)
    }

    /// The broker sorts as well, since it sends only the first rows; those that are here are sorted at once.
    private static func sorted(_ model: inout Model) -> [Effect] {
        // Another order has other rows first.
        model[keyPath: table].showFirstPage()
        model[keyPath: table].sortRows()
        model[keyPath: table].showFirst()
        model.keepCursorsSeen()
        return [.link(.watch(model.watchRequest))]
    }

    // MARK: Remembering

    static func saved(_ model: Model) -> [String: String] {
        let table = model[keyPath: table]
        let saved = [
            "sort": "\(table.sort) \(table.descending ? "down" : "up")", "shown": table.columns.words(.shown),
            "hidden": table.columns.words(.hidden),
        ]
        return saved.filter { !$0.value.isEmpty }
    }

    static func restore(_ model: inout Model, _ saved: [String: String]) {
        model[keyPath: table].columns = ColumnChoice(shown: saved["shown"] ?? "", hidden: saved["hidden"] ?? "")
        let words = (saved["sort"] ?? "").split(separator: " ").map(String.init)
        guard words.count == 2, let column = Row.C.allCases.first(where: { "\($0)" == words[0] && $0.isSortable })
        else {
            return
        }
        model[keyPath: table].sort = column
        model[keyPath: table].descending = words[1] == "down"
    }

    // MARK: Drawing

    static func title(_ model: Model) -> [Span] {
        let table = model[keyPath: table]
        let seen = table.rows.count
        // What is filtered for comes first: it must be seen on any screen.
        var spans = table.filter.isEmpty ? [] : [Span("filter \(table.filter)", .warning)]
        if let search = table.search { spans.append(Span("search \(search.text)", .warning)) }
        let all = String(table.matching)
        if table.rowsAbove > 0 {
            spans.append(Span("\(table.rowsAbove + 1) to \(table.rowsAbove + seen) of \(all)", .quiet))
        } else {
            spans.append(Span(seen == table.matching ? "\(seen)" : "\(seen) of \(all)", .quiet))
        }
        if !table.marked.isEmpty { spans.append(Span("\(table.marked.count) marked", .warning)) }
        if table.isCut { spans.append(Span("of the first \(Table<Row>.mostRows)", .warning)) }
        if !table.rows.isEmpty, let age = model.broker.freshness.age {
            spans.append(Span("\(FigureText.age(microseconds: age * Moment.second)) old", .warning))
        }
        // After what says how true the rows are: the column is marked in its title as well.
        spans.append(Span("by \(table.sort.title) \(table.descending ? "▼" : "▲")", .quiet))
        return spans + extraTitle(model)
    }

    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        let table = model[keyPath: table]
        let layout = layout(model, area)
        TableView.drawTitles(layout, sort: table.sort, descending: table.descending, in: area.head, &painter) {
            title(of: $0, model)
        }
        let drawRow = rowPainter(model, layout)
        for line in 0..<area.rows.height {
            let index = table.offset + line
            guard index < table.rows.count else { break }
            let rect = area.rows.row(line)
            drawRow(index, rect, &painter)
            markMatches(model, in: rect, &painter)
            if table.marked.contains(table.rows[index].rowID) {
                painter.text("*", x: rect.x + 1, y: rect.y, in: rect, .key)
            }
            if model.broker.freshness.age != nil { painter.fade(rect) }
            if table.rows[index].rowID == table.selected {
                painter.highlight(rect, isFocused ? .selectionFocused : .selection)
            }
        }
        if table.rows.isEmpty { EmptyNotice.draw(noRows(model), in: area.inside, &painter) }
        ScrollMark.draw(
            in: area.frame, first: table.rowsAbove + table.offset, seen: area.rows.height,
            of: table.rowsAbove + table.rows.count + table.rowsBelow, focused: isFocused, &painter)
    }

    private static func noRows(_ model: Model) -> [String] {
        let filter = filter(model)
        if !filter.isEmpty { return ["no \(noun) matches '\(filter)'", "Esc clears the filter"] }
        return model.broker.connection.isConnected ? emptyText : [EmptyNotice.disconnected(model)]
    }
}
