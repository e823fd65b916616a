/// Samples as bars of block elements.
enum Sparkline {
    private static let blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The highest bar of a line: a full block would touch the line above.
    static let top = blocks[6]

    /// The newest samples, one column each, newest at the right; 0 is the lowest bar, the top of the scale the highest.
    static func line(_ samples: [UInt64], columns: Int, scale: SparklineScale) -> String {
        guard columns > 0 else { return "" }
        let seen = samples.suffix(columns)
        var line = String(repeating: " ", count: columns - seen.count)
        for sample in seen {
            // The lowest bar is for exactly 0 only.
            let level = sample == 0 ? 0 : 1 + Int(Double(min(sample, scale.top)) / Double(scale.top) * 5.99)
            line += blocks[level]
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
