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
    /// Draws the row of an index: its cells, and its mark at the left.
    static func rowPainter(_ model: Model, _ layout: TableLayout<Row.C>) -> RowPainter
}

typealias RowPainter = (_ index: Int, _ rect: Rect, _ painter: inout Painter) -> Void

extension TablePane {
    static var headRows: Int { 1 }
    static func extraTitle(_ model: Model) -> [Span] { [] }

    static func move(_ model: inout Model, by distance: Int, rows: Int) {
        model[keyPath: table].move(by: distance, height: rows)
    }

    static func press(_ model: inout Model, row: Int, in area: PaneArea) {
        let index = model[keyPath: table].offset + row
        guard row >= 0, model[keyPath: table].rows.indices.contains(index) else { return }
        model[keyPath: table].selected = model[keyPath: table].rows[index].rowID
    }

    static func keepCursorSeen(_ model: inout Model, rows: Int) {
        model[keyPath: table].settle(height: rows)
    }

    static func goBack(_ model: inout Model) -> [Effect] {
        filter(model).isEmpty ? [] : setFilter(&model, "")
    }

    // MARK: Sorting and filtering

    static func filter(_ model: Model) -> String { model[keyPath: table].filter }

    /// The broker filters, so it is asked for other rows.
    static func setFilter(_ model: inout Model, _ text: String) -> [Effect] {
        model[keyPath: table].filter = text
        model[keyPath: table].showFirst()
        return [.link(.watch(model.watchRequest))]
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
        model[keyPath: table].sortRows()
        model[keyPath: table].showFirst()
        model.keepCursorsSeen()
        return [.link(.watch(model.watchRequest))]
    }

    // MARK: Drawing

    static func title(_ model: Model) -> [Span] {
        let table = model[keyPath: table]
        let seen = table.rows.count
        var spans = [
            Span(seen == table.matching ? "\(seen)" : "\(seen) of \(table.matching)", .quiet),
            Span("by \(table.sort.title) \(table.descending ? "▼" : "▲")", .quiet),
        ]
        if !table.filter.isEmpty { spans.append(Span("filter \(table.filter)", .warning)) }
        if !table.rows.isEmpty, let age = model.broker.freshness.age {
            spans.append(Span("\(FigureText.age(microseconds: age * Moment.second)) old", .warning))
        }
        return spans + extraTitle(model)
    }

    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        let table = model[keyPath: table]
        // The last column stays free, beside the scroll mark.
        let layout = TableLayout<Row.C>(width: area.rows.width - 1, growing: growingColumns)
        TableView.drawTitles(layout, sort: table.sort, descending: table.descending, in: area.head, &painter)
        let drawRow = rowPainter(model, layout)
        for line in 0..<area.rows.height {
            let index = table.offset + line
            guard index < table.rows.count else { break }
            let rect = area.rows.row(line)
            drawRow(index, rect, &painter)
            if model.broker.freshness.age != nil { painter.fade(rect) }
            if table.rows[index].rowID == table.selected {
                painter.highlight(rect, isFocused ? .selectionFocused : .selection)
            }
        }
        if table.rows.isEmpty { EmptyNotice.draw(noRows(model), in: area.inside, &painter) }
        ScrollMark.draw(
            in: area.frame, first: table.offset, seen: area.rows.height, of: table.rows.count, focused: isFocused,
            &painter)
    }

    private static func noRows(_ model: Model) -> [String] {
        let filter = filter(model)
        if !filter.isEmpty { return ["no \(noun) matches '\(filter)'", "Esc drops the filter"] }
        return model.broker.connection.isConnected ? emptyText : [EmptyNotice.disconnected(model)]
    }
}
