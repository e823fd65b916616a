import ZaichikWords

/// Lays out the columns of a table and draws its titles and rows.
struct TableView<C: Column> {
    struct Cell {
        var text: String
        var role: Role

        init(_ text: String, _ role: Role = .text) {
            self.text = text
            self.role = role
        }
    }

    struct Place: Equatable {
        var column: C
        /// From the left of the table.
        var x: Int
        var width: Int
    }

    /// For the mark of the row, at the left.
    static var margin: Int { 2 }

    let places: [Place]

    /// - Parameters:
    ///   - width: What there is to fill.
    ///   - growing: The columns that take what is left over, each up to its own greatest width, in this order.
    init(width: Int, growing: [(column: C, most: Int)]) {
        var columns = C.allCases
        func needed(shrunk: Bool = false) -> Int {
            Self.margin + columns.reduce(-1) { $0 + (shrunk ? $1.narrowest : $1.width) + 1 }
        }
        while columns.count > 1, needed(shrunk: columns.count <= C.coreCount) > width,
            let last = columns.max(by: { $0.rank < $1.rank })
        {
            columns.removeAll { $0 == last }
        }
        var lacking = max(0, needed() - width)
        var spare = max(0, width - needed())
        // Two blanks between columns read better than one, where there is room.
        let gap = spare >= 2 * columns.count ? 2 : 1
        if gap == 2 { spare -= columns.count - 1 }
        var widths = Dictionary(uniqueKeysWithValues: columns.map { ($0, $0.width) })
        for column in columns where lacking > 0 {
            let less = min(lacking, column.width - column.narrowest)
            widths[column]! -= less
            lacking -= less
        }
        for (column, most) in growing {
            guard let own = widths[column] else { continue }
            let more = min(spare, max(0, most - own))
            widths[column] = own + more
            spare -= more
        }
        var places: [Place] = []
        var x = Self.margin
        for column in columns {
            let room = min(widths[column]!, max(1, width - x))
            places.append(Place(column: column, x: x, width: room))
            x += room + gap
        }
        self.places = places
    }

    func drawTitles(in row: Rect, sort: C, descending: Bool, _ painter: inout Painter) {
        for place in places {
            let sorted = place.column == sort
            var title = place.column.title
            if sorted { title += descending ? "▼" : "▲" }
            draw(Cell(title, sorted ? .columnSorted : .columnTitle), place, in: row, &painter)
        }
    }

    func draw(_ cell: Cell, _ place: Place, in row: Rect, _ painter: inout Painter) {
        let text = TextWidth.cut(cell.text, to: place.width)
        let shift = place.column.isNumber ? place.width - TextWidth.columns(of: text) : 0
        painter.text(text, x: row.x + place.x + shift, y: row.y, in: row, cell.role)
    }
}
