import ZaichikWords

/// The parts of which the overlays about a client and about a topic are made.
enum DetailText {
    /// Labels and values side by side, as many in a line as there is room for.
    ///
    /// - Parameter cell: The columns of a label with its value.
    static func grid(_ rows: [[(label: String, value: String)]], columns: Int, cell: Int = 18) -> [[Span]] {
        let most = max(1, columns / (cell - 1))
        let lines = rows.flatMap { row in
            stride(from: 0, to: row.count, by: most).map { row[$0..<min($0 + most, row.count)] }
        }
        return lines.map { line in
            line.flatMap { label, value in
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
        let head =
            [Span(TextWidth.padded(title, to: nameWidth), .columnTitle)]
            + fitting.flatMap { placed(Span($0.title, .columnTitle), $0) }
        return [head]
            + rows.map { row in
                let name = name(row)
                let text = TextWidth.padded(TextWidth.cut(name.text, to: nameWidth - 1), to: nameWidth)
                return [Span(text, name.role)] + fitting.flatMap { placed($0.cell(row), $0) }
            }
    }

    /// A cell, and the blanks beside it, which have none of its colours.
    private static func placed<Row>(_ span: Span, _ column: Column<Row>) -> [Span] {
        let text = TextWidth.cut(span.text, to: max(1, column.width - 1))
        let blanks = String(repeating: " ", count: max(0, column.width - 1 - TextWidth.columns(of: text)))
        let cell = Span(text, span.role)
        return column.isNumber ? [Span(" " + blanks), cell] : [Span(" "), cell, Span(blanks)]
    }

    /// An age; 0 means that there is none.
    static func age(_ microseconds: UInt64, none: String = "-") -> String {
        microseconds == 0 ? none : FigureText.age(microseconds: microseconds)
    }
}
