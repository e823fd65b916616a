import ZaichikWords

/// The parts of which the overlays about a client and about a topic are made.
enum DetailText {
    /// Labels and values side by side.
    ///
    /// - Parameter cell: The columns of a label with its value.
    static func grid(_ rows: [[(label: String, value: String)]], cell: Int = 18) -> [[Span]] {
        rows.map { row in
            row.flatMap { label, value in
                let gap = String(repeating: " ", count: max(1, cell - label.count - TextWidth.columns(of: value) - 2))
                return [Span(label + " ", .quiet), Span(value), Span(gap)]
            }
        }
    }

    /// A column of a table besides that of the names.
    struct Column<Row> {
        var title: String
        var width: Int
        var isNumber = true
        var cell: (Row) -> Span
    }

    /// A table with a name in each row. Columns that do not fit are left out, the later ones first.
    static func table<Row>(
        _ title: String, _ rows: [Row], _ columns: [Column<Row>], width: Int, name: (Row) -> Span
    ) -> [[Span]] {
        let nameWidth = min(32, max(12, width - columns.reduce(0) { $0 + $1.width }))
        let fitting = columns.reduce(into: [Column<Row>]()) { chosen, column in
            if nameWidth + chosen.reduce(0, { $0 + $1.width }) + column.width <= width { chosen.append(column) }
        }
        let place = { (text: String, column: Column<Row>) in
            let room = max(1, column.width - 1)
            return " " + TextWidth.padded(TextWidth.cut(text, to: room), to: room, isNumber: column.isNumber)
        }
        let head =
            TextWidth.padded(title, to: nameWidth) + fitting.map { place($0.title, $0) }.joined()
        return [[Span(head, .columnTitle)]]
            + rows.map { row in
                let name = name(row)
                let text = TextWidth.padded(TextWidth.cut(name.text, to: nameWidth - 1), to: nameWidth)
                return [Span(text, name.role)]
                    + fitting.map { column in
                        let span = column.cell(row)
                        return Span(place(span.text, column), span.role)
                    }
            }
    }

    /// An age; 0 means that there is none.
    static func age(_ microseconds: UInt64, none: String = "-") -> String {
        microseconds == 0 ? none : FigureText.age(microseconds: microseconds)
    }
}
