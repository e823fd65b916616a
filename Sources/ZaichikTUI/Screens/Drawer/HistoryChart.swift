import ZaichikProtocol
import ZaichikWords

/// The last minutes as bars with a scale and an axis of time. A column is the highest value of its seconds: what was short
/// and high is seen on a narrow screen as well.
enum HistoryChart {
    private static let margin = 7

    /// One figure over the whole width.
    ///
    /// - Parameter present: What it is now, as a history keeps large values roughly; nil for its last value.
    static func lines(
        _ figure: HistoryFigure, _ title: String, of history: History, present: UInt64? = nil, columns: Int
    ) -> [[Span]] {
        let values = history[figure]
        let width = columns - margin
        guard width >= 8, !values.isEmpty else { return [] }
        let (bars, each) = Self.bars(values, columns: width)
        let most = bars.max() ?? 0
        let now = present ?? values.last ?? 0
        let head: [Span] = [
            Span(title, .columnTitle),
            Span("  \(NarrowFigure.count(now)) now, \(NarrowFigure.count(max(most, now))) at most", .quiet),
            Span(each > 1 ? "; a column is the most of \(each) s" : "", .quiet),
        ]
        guard most > 0 else { return [[Span(title, .columnTitle), Span("  0 all the time", .quiet)]] }
        let rows = Sparkline.chart(bars, columns: width, rows: 4)
        let labels = [NarrowFigure.count(most), "", "", "0"]
        return [head]
            + zip(labels, rows).map { label, row in
                [Span(padded(label) + " ", .quiet), Span(row, .sparkline)]
            } + [axis(seconds: bars.count * each, bars: bars.count, columns: width)]
    }

    /// One figure in a line, with what it is now and at most.
    static func strip(_ figure: HistoryFigure, _ title: String, of history: History, columns: Int) -> [Span]? {
        let values = history[figure]
        guard let last = values.last, let most = values.max(), most > 0 else { return nil }
        let tail = " \(NarrowFigure.count(last)) now, \(NarrowFigure.count(most)) at most"
        let label = TextWidth.padded(title, to: 10)
        let width = min(columns - label.count - TextWidth.columns(of: tail), 120)
        guard width >= 8 else { return [Span(label, .quiet), Span(tail)] }
        let line = Sparkline.line(
            bars(values, columns: width).bars, columns: width, scale: SparklineScale(holding: most))
        return [Span(label, .quiet), Span(line, .sparkline), Span(tail, .quiet)]
    }

    /// The values in at most so many columns, the newest last, and how many seconds each is.
    static func bars(_ values: [UInt64], columns: Int) -> (bars: [UInt64], each: Int) {
        let each = max(1, (values.count + columns - 1) / max(columns, 1))
        let first = values.count % each
        var bars = first > 0 ? [values[..<first].max() ?? 0] : []
        for start in stride(from: first, to: values.count, by: each) {
            bars.append(values[start..<start + each].max() ?? 0)
        }
        return (bars, each)
    }

    /// How long ago the first column and the middle are; the last is now.
    private static func axis(seconds: Int, bars: Int, columns: Int) -> [Span] {
        let text = { (seconds: Int) in FigureText.age(microseconds: UInt64(max(seconds, 0)) * Moment.second) + " ago" }
        var line = Array(repeating: Character(" "), count: columns)
        func put(_ text: String, at place: Int) {
            let start = min(max(place, 0), columns - text.count)
            guard start >= 0, line[start..<start + text.count].allSatisfy({ $0 == " " }) else { return }
            line.replaceSubrange(start..<start + text.count, with: Array(text))
        }
        put("now", at: columns - 3)
        put(text(seconds), at: columns - bars)
        let middle = text(seconds / 2)
        if bars >= 40 { put(middle, at: columns - bars / 2 - middle.count / 2) }
        return [Span(String(repeating: " ", count: margin) + String(line), .quiet)]
    }

    private static func padded(_ label: String) -> String {
        String(repeating: " ", count: max(0, margin - 1 - label.count)) + label
    }
}
