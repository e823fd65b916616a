/// The columns of a table for which there is room, and their places.
struct TableLayout<C: Column> {
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
    ///   - width: The width of the table.
    ///   - growing: The columns that take the rest of the width, each up to its own greatest width, in this order.
    ///   - choice: The columns that a person has chosen.
    init(width: Int, growing: [(column: C, most: Int)], choice: ColumnChoice<C> = ColumnChoice()) {
        var columns = choice.candidates
        func needed(shrunk: Bool = false) -> Int {
            Self.margin + columns.reduce(-1) { $0 + (shrunk ? $1.narrowest : $1.width) + 1 }
        }
        while columns.count > 1, needed(shrunk: columns.count <= C.coreCount) > width,
            let last = columns.max(by: { choice.rank($0) < choice.rank($1) })
        {
            columns.removeAll { $0 == last }
        }
        // What is not basic comes when the growing ones have what they want, unless it is chosen.
        while let last = columns.max(by: { choice.rank($0) < choice.rank($1) }),
            choice.rank(last) >= C.basicCount, needed() + C.comfort + columns.count > width
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
}
