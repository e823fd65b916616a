import ZaichikWords

/// The parts of which the overlays about a client and about a topic are made.
enum DetailText {
    /// Labels and values side by side, as many in a line as there is room for.
    ///
    /// - Parameter cell: The columns of a label with its value.
    static func grid(_ rows: [[(label: String, value: String)]], columns: Int, cell: Int = 18) -> [[Span]] {
        let most = max(1, columns / (cell - 1))
        // Rows that do not fit flow into each other: a remainder alone in each line would read badly.
        let blocks = rows.contains { $0.count > most } ? [rows.flatMap { $0 }] : rows
        let lines = blocks.flatMap { row in
            stride(from: 0, to: row.count, by: most).map { row[$0..<min($0 + most, row.count)] }
        }
        return lines.map { line in
            line.flatMap { label, value in
                let gap = String(repeating: " ", count: max(1, cell - label.count - TextWidth.columns(of: value) - 2))
                return [Span(label + " ", .quiet), Span(value), Span(gap)]
            }
        }
    }

    /// Blocks of lines below each other, or beside each other where there is room for that.
    ///
    /// - Parameter blocks: Each makes its lines for a width.
    static func columns(_ columns: Int, _ blocks: [(Int) -> [[Span]]]) -> [[Span]] {
        let gap = 3
        guard columns >= twoColumns, blocks.count == 2 else { return blocks.flatMap { $0(columns) } }
        let width = (columns - gap) / 2
        let (left, right) = (blocks[0](width), blocks[1](columns - width - gap))
        return (0..<max(left.count, right.count)).map { row in
            let line = row < left.count ? left[row] : []
            guard row < right.count, !right[row].isEmpty else { return line }
            let used = line.reduce(0) { $0 + TextWidth.columns(of: $1.text) }
            return line + [Span(String(repeating: " ", count: max(1, width + gap - used)))] + right[row]
        }
    }

    /// From this width on, blocks stand beside each other.
    static let twoColumns = 150

    /// A column of a table besides that of the names.
    struct Column<Row> {
        var title: String
        var width: Int
        var isNumber = true
        var cell: (Row) -> Span
    }

    /// A table with a name in each row. Columns that do not fit are left out, the later ones first.
    ///
    /// - Parameter least: The width that names have before any other column.
    static func table<Row>(
        _ title: String, _ rows: [Row], _ columns: [Column<Row>], width: Int, least: Int = 12, name: (Row) -> Span
    ) -> [[Span]] {
        let nameWidth = min(32, max(least, width - columns.reduce(0) { $0 + $1.width }))
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
