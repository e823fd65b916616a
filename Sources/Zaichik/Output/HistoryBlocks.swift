import NIOCore
import ZaichikProtocol
import ZaichikWords

/// The last minutes as a person reads them: a chart for each figure, the newest second at the right.
struct HistoryBlocks {
    var history: History
    /// A time in µs since 1970 as text.
    var time: (UInt64) -> String = { TimeText.text($0) }

    private static let blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private static let rows = 4
    private static let margin = 2
    /// The columns of a chart where there is no terminal, or a very wide one.
    private static let mostColumns = 120

    func lines(width: Int?) -> [String] {
        guard history.time > 0, let seconds = history.series.first?.values.count, seconds > 0 else {
            return ["", "HISTORY", "  nothing has happened in the last ten minutes"]
        }
        let columns = min(max((width ?? Self.mostColumns) - Self.margin, 1), Self.mostColumns)
        let each = (seconds + columns - 1) / columns
        let head =
            "HISTORY of \(FigureText.duration(milliseconds: UInt64(seconds) * UInt64(history.interval))), to "
            + time(history.time)
        let step = each == 1 ? "a second" : "the highest of \(each) s"
        return ["", "\(head); a column is \(step)"] + history.series.flatMap { chart($0, each: each) }
    }

    private func chart(_ series: History.Series, each: Int) -> [String] {
        let columns = Self.columns(series.values, each: each)
        let most = columns.max() ?? 0
        let name = Table.short(series.figure.name)
        let mean = series.values.reduce(0, +) / UInt64(max(series.values.count, 1))
        let indent = String(repeating: " ", count: Self.margin)
        let title = "\(name): \(series.values.last ?? 0) now, \(most) at most, \(mean) on average"
        guard most > 0 else { return ["", indent + "\(name): 0 all the time"] }
        return ["", indent + title] + Self.rows(columns, most: most).map { indent + $0 }
    }

    /// The highest values of so many seconds each, the last of which are the newest.
    private static func columns(_ values: [UInt64], each: Int) -> [UInt64] {
        let first = values.count % each
        var columns = first > 0 ? [values[..<first].max() ?? 0] : []
        for start in stride(from: first, to: values.count, by: each) {
            columns.append(values[start..<start + each].max() ?? 0)
        }
        return columns
    }

    private static func rows(_ columns: [UInt64], most: UInt64) -> [String] {
        (0..<rows).map { row in
            let floor = (rows - 1 - row) * blocks.count
            let bars = columns.map { value -> String in
                let height = Int((Double(value) / Double(most) * Double(rows * blocks.count)).rounded(.up))
                let level = min(max(height - floor, 0), blocks.count)
                return level == 0 ? " " : blocks[level - 1]
            }
            let line = bars.joined()
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}

extension History {
    func write(to buffer: inout ByteBuffer) {
        buffer.writeField("time_us", time)
        buffer.writeField("interval_ms", UInt64(interval))
        for series in series { buffer.writeField(series.figure.name, numbers: series.values) }
    }
}
