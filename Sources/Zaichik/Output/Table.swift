/// Rows with a head: aligned for a terminal, tab-separated for everything else.
struct Table {
    struct Cell {
        /// For machines.
        var value: String
        /// For the eye.
        var shown: String
        var isNumber: Bool

        static func text(_ text: String) -> Cell {
            let safe = SafeText.escaped(text)
            return Cell(value: safe, shown: safe, isNumber: false)
        }

        static func number(_ value: UInt64, shown: String? = nil) -> Cell {
            Cell(value: String(value), shown: shown ?? String(value), isNumber: true)
        }
    }

    /// Names of figures, or words.
    var head: [String]
    var rows: [[Cell]] = []

    /// A figure's name for the eye: `lag_messages` is the lag, `oldest_age_us` the oldest age.
    private static func short(_ name: String) -> String {
        var short = name
        for (ending, replacement) in [("_messages", ""), ("_us", ""), ("_per_second", "/s")]
        where short.hasSuffix(ending) {
            short = String(short.dropLast(ending.count)) + replacement
        }
        return String(short.map { $0 == "_" ? " " : $0 })
    }

    func lines(aligned: Bool) -> [String] {
        guard aligned else {
            return [head.joined(separator: "\t")] + rows.map { $0.map(\.value).joined(separator: "\t") }
        }
        let head = head.map(Self.short)
        let widths = head.indices.map { column in
            rows.reduce(head[column].count) { max($0, $1[column].shown.count) }
        }
        let isNumber = head.indices.map { column in rows.contains { $0[column].isNumber } }
        func line(_ texts: [String]) -> String {
            let padded = texts.enumerated().map { column, text in
                let space = String(repeating: " ", count: max(widths[column] - text.count, 0))
                return isNumber[column] ? space + text : text + space
            }
            var line = padded.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
        return [line(head)] + rows.map { line($0.map(\.shown)) }
    }
}
