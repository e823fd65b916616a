/// Samples as bars of block elements.
enum Sparkline {
    private static let blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The newest samples, one column each, newest at the right; 0 is the lowest bar, the greatest of them the highest
    /// but one: a full block would touch the line above.
    static func line(_ samples: [UInt64], columns: Int) -> String {
        guard columns > 0 else { return "" }
        let seen = samples.suffix(columns)
        let most = seen.max() ?? 0
        var line = String(repeating: " ", count: columns - seen.count)
        for sample in seen {
            // The lowest bar is for exactly 0 only.
            let level = most == 0 || sample == 0 ? 0 : 1 + Int(Double(sample) / Double(most) * 5.99)
            line += blocks[min(level, 6)]
        }
        return line
    }

    /// The same in several rows, from the top.
    static func chart(_ samples: [UInt64], columns: Int, rows: Int) -> [String] {
        let seen = samples.suffix(max(columns, 0))
        let most = max(seen.max() ?? 0, 1)
        return (0..<rows).map { row in
            let floor = (rows - 1 - row) * 8
            var line = String(repeating: " ", count: max(0, columns - seen.count))
            for sample in seen {
                let height = Int((Double(sample) / Double(most) * Double(rows * 8)).rounded())
                let level = min(max(height - floor, 0), 8)
                line += level == 0 ? (floor == 0 ? "▁" : " ") : blocks[level - 1]
            }
            return line
        }
    }
}
