import ZaichikWords

/// Rows with a head: aligned for a terminal, tab-separated for everything else.
struct Table {
    struct Cell {
        /// For machines.
        var value: String
        /// For people.
        var shown: String
        var isNumber: Bool
        var isLoud = false

        static func text(_ text: String) -> Cell {
            let safe = SafeText.escaped(text)
            return Cell(value: safe, shown: safe, isNumber: false)
        }

        static func number(_ value: UInt64, shown: String? = nil) -> Cell {
            Cell(value: String(value), shown: shown ?? String(value), isNumber: true)
        }
    }

    /// How many columns every terminal shows, however narrow; the widest text in them is cut instead.
    private static let indispensable = 3
    private static let space = 2

    /// Names of figures, or words.
    var head: [String]
    /// The columns that a narrow terminal shows first, the most important one first; the others follow in their order.
    var important: [String] = []
    var rows: [[Cell]] = []
    /// Whether loud cells are coloured.
    var hasColours = false

    init(head: [String], important: [String] = []) {
        self.head = head
        self.important = important
    }

    /// A figure's name for people: `lag_messages` is the lag, `oldest_age_us` the oldest age, `gap_messages` what is lost.
    static func short(_ name: String) -> String {
        if name == "gap_messages" { return "lost" }
        var short = name
        for (ending, replacement) in [("_messages", ""), ("_us", ""), ("_ms", ""), ("_per_second", "/s")]
        where short.hasSuffix(ending) {
            short = String(short.dropLast(ending.count)) + replacement
        }
        return String(short.map { $0 == "_" ? " " : $0 })
    }

    /// - Parameter width: The columns that an aligned line may take; nil for as many as it needs.
    func lines(aligned: Bool, width: Int? = nil) -> [String] {
        guard aligned else {
            return [head.joined(separator: "\t")] + rows.map { $0.map(\.value).joined(separator: "\t") }
        }
        let head = head.map(Self.short)
        let isNumber = head.indices.map { column in rows.contains { $0[column].isNumber } }
        var widths = head.indices.map { column in
            rows.reduce(TextWidth.columns(of: head[column])) { max($0, TextWidth.columns(of: $1[column].shown)) }
        }
        let shown = width.map { fit(&widths, in: $0, isNumber) } ?? Array(head.indices)
        func line(_ cells: [Cell]) -> String {
            var last = shown.last { !cells[$0].shown.isEmpty }
            if last == nil { last = shown.first }
            return shown.prefix { $0 <= last ?? 0 }.map { column in
                let cell = cells[column]
                let text = TextWidth.cut(cell.shown, to: widths[column])
                let isLast = column == last && !isNumber[column]
                let padded = isLast ? text : TextWidth.padded(text, to: widths[column], isNumber: isNumber[column])
                return hasColours && cell.isLoud ? Loudness.loud(padded) : padded
            }.joined(separator: String(repeating: " ", count: Self.space))
        }
        return [line(head.map { .text($0) })] + rows.map(line)
    }

    /// Chooses the columns that fit, by their importance, and narrows the widest texts if even the first do not.
    private func fit(_ widths: inout [Int], in width: Int, _ isNumber: [Bool]) -> [Int] {
        let first = important.compactMap { head.firstIndex(of: $0) }
        let ranked = first + head.indices.filter { !first.contains($0) }
        var shown: [Int] = []
        var used = -Self.space
        for column in ranked {
            used += widths[column] + Self.space
            if used > width, shown.count >= Self.indispensable {
                used -= widths[column] + Self.space
                break
            }
            shown.append(column)
        }
        while used > width, let widest = shown.filter({ !isNumber[$0] }).max(by: { widths[$0] < widths[$1] }),
            widths[widest] > 1
        {
            widths[widest] -= 1
            used -= 1
        }
        return shown.sorted()
    }
}
