import ZaichikProtocol

/// The rows of a table, how they are sorted and filtered, and where its cursor is.
struct Table<Row: TableRow>: Equatable {
    var rows: [Row] = []
    /// The rows as they came, of which ``rows`` are those that the filter leaves.
    private(set) var received: [Row] = []
    /// Which of all rows these are.
    var pages = TablePages()
    /// How many rows match the text of the filter, including those that the broker did not send.
    var matching = 0
    var sort: Row.C
    var descending: Bool
    /// The columns that were chosen.
    var columns = ColumnChoice<Row.C>()
    /// Totals are shown in place of rates.
    var showsTotals = false
    /// The rows that acts are about, besides that with the cursor.
    var marked: Set<Row.ID> = []
    /// As it was typed.
    var filter = "" {
        didSet {
            hasConditions = TableFilter<Row>(filter).hasConditions
            showFirstPage()
            showRows()
        }
    }
    /// What is searched for in the rows.
    var search: TextSearch?
    /// The row with the cursor, kept by its identity while rows move.
    var selected: Row.ID?
    /// Where the cursor was last: if its row goes, it stays at this place.
    private var place = 0
    /// The first row that is seen; ``settle(height:)`` keeps the cursor in sight.
    var offset = 0

    /// How many rows the broker is asked for at most.
    static var mostRows: UInt32 { 500 }

    /// Conditions are judged of the first rows only, since there are more than the broker sends.
    var isCut: Bool { received.count < matching && hasConditions }

    /// The filter has conditions, which are judged here.
    private(set) var hasConditions = false

    /// Every row that there is, is here.
    var isWhole: Bool { filter.isEmpty && received.count == matching }

    init(sort: Row.C, descending: Bool) {
        self.sort = sort
        self.descending = descending
    }

    var selectedIndex: Int? {
        guard let selected else { return nil }
        return rows.firstIndex { $0.rowID == selected }
    }

    var selectedRow: Row? { selectedIndex.map { rows[$0] } }

    /// Moves the cursor, and what is seen with it.
    ///
    /// - Parameter height: How many rows are seen.
    mutating func move(by distance: Int, height: Int) {
        guard !rows.isEmpty else { return }
        let old = selectedIndex ?? (distance > 0 ? -1 : 0)
        let new = min(max(old + max(min(distance, rows.count), -rows.count), 0), rows.count - 1)
        selected = rows[new].rowID
        reveal(new, height: height)
        turnPage(by: distance, to: new)
    }

    /// Puts the cursor on a row; without one it is nowhere.
    mutating func select(_ index: Int?, height: Int) {
        selected = index.flatMap { rows.indices.contains($0) ? rows[$0].rowID : nil }
        reveal(selectedIndex, height: height)
    }

    /// After rows came, went or moved: the cursor is in sight, and there is no blank below the last row while there are
    /// rows above the first that is seen.
    mutating func settle(height: Int) {
        // Without rows the cursor is kept for those that come.
        if selected != nil, selectedIndex == nil, !rows.isEmpty { selected = rows[min(place, rows.count - 1)].rowID }
        reveal(selectedIndex, height: height)
    }

    /// Brings a row into what is seen.
    private mutating func reveal(_ index: Int?, height: Int) {
        let height = max(height, 1)
        if let index {
            place = index
            if index < offset { offset = index }
            if index >= offset + height { offset = index - height + 1 }
        }
        offset = max(0, min(offset, rows.count - height))
    }

    /// The next column that can be sorted by, to the right or to the left; the last is followed by the first.
    mutating func changeSort(by step: Int) {
        let columns = Row.C.allCases.filter(\.isSortable)
        let place = columns.firstIndex(of: sort) ?? 0
        sort = columns[(place + step + columns.count) % columns.count]
        descending = sort.isNumber || sort.figure != nil
    }

    /// The marked rows that are here.
    var markedRows: [Row] { marked.isEmpty ? [] : rows.filter { marked.contains($0.rowID) } }

    /// Marks the row with the cursor, or no longer, and goes on to the next.
    mutating func toggleMark(height: Int) {
        guard let row = selectedRow ?? rows.first else { return }
        if marked.remove(row.rowID) == nil { marked.insert(row.rowID) }
        selected = row.rowID
        move(by: 1, height: height)
    }

    /// Sorts by a column, or the other way round if it is that already.
    mutating func sort(by column: Row.C) {
        guard column.isSortable else { return }
        descending = column == sort ? !descending : column.isNumber || column.figure != nil
        sort = column
    }

    /// The figure that a column shows.
    func figure(of column: Row.C) -> Row.C.F? { showsTotals ? column.total ?? column.figure : column.figure }

    /// Shows the first rows, unless the cursor has been put on one.
    mutating func showFirst() { if selected == nil { offset = 0 } }

    /// Takes a page of the broker's rows, and puts the cursor where it was to go.
    mutating func take(_ page: RowPage<Row>, first: Int) {
        guard pages.isApart else { return }
        let landing = pages.landing
        received = page.rows
        matching = page.matching
        // What both pages have stays where it is on the screen.
        offset = max(0, offset + pages.first - first)
        pages.taken(first)
        showRows()
        switch landing {
        case .first: selected = rows.first?.rowID
        case .last: selected = rows.last?.rowID
        case nil: break
        }
    }

    /// Takes rows of the broker, of which more than were asked for are not shown.
    mutating func take(_ page: RowPage<Row>) {
        matching = page.matching
        guard !pages.isApart || page.matching <= Int(Self.mostRows) else { return }
        pages = TablePages()
        received = Array(page.rows.prefix(Int(Self.mostRows)))
        // Rows that are gone are no longer marked; with a filter they may be only out of sight.
        if !marked.isEmpty, filter.isEmpty, received.count == matching {
            marked.formIntersection(received.map(\.rowID))
        }
        showRows()
    }

    /// The broker filters by the text, too, but its answer comes later; conditions are judged here only.
    private mutating func showRows() {
        let filter = TableFilter<Row>(filter)
        rows = received.filter(filter.holds)
        sortRows()
    }

    /// Shows other rows in the same order and with the same filter: those of another instant.
    mutating func showRows(_ others: [Row]) {
        received = others
        showRows()
    }

    /// The rows to ask the broker for.
    var query: ListQuery<Row.C.F> {
        let filter = TableFilter<Row>(filter)
        let own = figure(of: sort)
        let figure = filter.figure ?? own
        return ListQuery(
            sort: figure, descending: figure == own ? descending : true, limit: Self.mostRows,
            filter: filter.text)
    }

    mutating func sortRows() {
        let (sort, figure, descending) = (sort, figure(of: sort), descending)
        rows.sort { Row.isAbove($0, $1, sort: sort, by: figure, descending: descending) }
    }
}
