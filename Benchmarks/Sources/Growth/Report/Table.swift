/// Rows of figures under one heading.
struct Table {
    enum Cell {
        case text(String)
        case number(Double, decimals: Int)
        /// The empty cell.
        case none

        static func count(_ value: some BinaryInteger) -> Cell { .number(Double(value), decimals: 0) }
    }

    var title: String
    /// Each with its unit.
    var columns: [String]
    private(set) var rows: [[Cell]] = []

    init(_ title: String, _ columns: [String]) {
        self.title = title
        self.columns = columns
    }

    mutating func add(_ row: Cell...) { add(row) }

    mutating func add(_ row: [Cell]) {
        precondition(row.count == columns.count, "a row has another number of cells than the table has columns")
        rows.append(row)
    }

    /// The table as text: words to the left, numbers to the right.
    var text: String {
        let cells = rows.map { $0.map(\.text) }
        let widths = columns.indices.map { column in
            ([columns[column]] + cells.map { $0[column] }).map(\.count).max() ?? 0
        }
        let lines = ([columns] + cells).enumerated().map { index, line in
            line.indices.map { column in
                let isWord = rows.first.map { $0[column].isText } ?? false
                let padding = String(repeating: " ", count: widths[column] - line[column].count)
                return isWord ? line[column] + padding : padding + line[column]
            }.joined(separator: "  ")
        }
        return lines.map { "  \($0)\n" }.joined()
    }
}

extension Table.Cell {
    fileprivate var isText: Bool { if case .text = self { true } else { false } }

    fileprivate var text: String {
        switch self {
        case .text(let text): text
        case .number(let value, let decimals): FigureText.number(value, decimals: decimals)
        case .none: "–"
        }
    }

    /// As JSON has it.
    var json: String {
        switch self {
        case .text(let text): JSONLine.quoted(text)
        case .number(let value, _): value.isFinite ? "\(value)" : "null"
        case .none: "null"
        }
    }
}
