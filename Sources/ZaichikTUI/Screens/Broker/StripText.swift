import ZaichikWords

/// The charts of the Broker pane: one under the other, over one axis of time.
enum StripText {
    private static let labelWidth = 15

    /// - Parameter rows: Of each chart.
    static func lines(
        _ past: BrokerPast, columns: Int, rows: Int, utcOffset: Int, instant: Moment? = nil
    ) -> [[Span]] {
        guard !past.isEmpty else { return [] }
        let width = max(columns - labelWidth - 1, 8)
        // High charts would touch the one above.
        let gap: [[Span]] = rows > 2 ? [[]] : []
        return BrokerPast.Chart.allCases.flatMap { chart($0, past, width: width, rows: rows) + gap }
            + [axis(past, width: width, utcOffset: utcOffset)]
            + (instant.map { [mark($0, past, width: width, utcOffset: utcOffset)] } ?? [])
    }

    private static func chart(_ chart: BrokerPast.Chart, _ past: BrokerPast, width: Int, rows: Int) -> [[Span]] {
        let values = past.values(chart)
        let columns = BrokerPast.columns(values, width)
        let most = columns.compactMap(\.self).max() ?? 0
        let now = values.last.flatMap(\.self) ?? 0
        let isLoud = chart == .lost && most > 0
        let labels = [
            [
                Span(TextWidth.padded(chart.title, to: 7), .quiet),
                Span(padded(text(now, chart)), now > 0 && isLoud ? .losing : .strong),
            ],
            [
                Span(TextWidth.padded("most", to: 7), .quiet),
                Span(padded(text(most, chart)), isLoud ? .warning : .text),
            ],
        ]
        let bars = bars(columns, most: most, width: width, rows: rows)
        return bars.enumerated().map { row, bar in
            let label = row < labels.count ? labels[row] : [Span(String(repeating: " ", count: labelWidth))]
            return label + [Span(" "), Span(bar, isLoud ? .bad : .sparkline)]
        }
    }

    private static func padded(_ text: String) -> String { TextWidth.padded(text, to: labelWidth - 7, isNumber: true) }

    private static func text(_ value: UInt64, _ chart: BrokerPast.Chart) -> String {
        chart == .memory ? NarrowFigure.bytes(value) : NarrowFigure.count(value)
    }

    /// Seconds that are not known are left blank.
    private static func bars(_ columns: [UInt64?], most: UInt64, width: Int, rows: Int) -> [String] {
        let known = columns.map { $0 ?? 0 }
        let padding = String(repeating: " ", count: max(0, width - columns.count))
        return Sparkline.chart(known, columns: columns.count, rows: rows).map { line in
            padding + zip(line, columns).map { glyph, value in value == nil ? " " : String(glyph) }.joined()
        }
    }

    /// Where one has travelled to.
    private static func mark(_ instant: Moment, _ past: BrokerPast, width: Int, utcOffset: Int) -> [Span] {
        let back = Int(min(past.time.since(instant) / Moment.second, UInt64(BrokerPast.seconds)))
        let column = min(max(width - 1 - back / BrokerPast.secondsPerColumn(width), 0), width - 1)
        let clock = TimeText.clock(instant, offset: utcOffset, milliseconds: false)
        // Beside the mark, at the side where there is room.
        let text = column + clock.count + 2 <= width ? "▲ " + clock : clock + " ▲"
        let start = text.hasPrefix("▲") ? column : max(0, column - clock.count - 1)
        return [Span(String(repeating: " ", count: labelWidth + 1 + start)), Span(text, .paused)]
    }

    /// `-10m` to `now`, as often as there is room, and the time of day at the right end.
    private static func axis(_ past: BrokerPast, width: Int, utcOffset: Int) -> [Span] {
        let each = BrokerPast.secondsPerColumn(width)
        let clock = TimeText.clock(past.time, offset: utcOffset, milliseconds: false)
        var cells = [Character](repeating: " ", count: width)
        func write(_ text: String, endingAt end: Int) {
            let start = end - text.count
            guard start >= 0, end <= width else { return }
            guard cells[max(0, start - 1)..<min(width, end + 1)].allSatisfy({ $0 == " " }) else { return }
            for (offset, character) in text.enumerated() { cells[start + offset] = character }
        }
        write(clock, endingAt: width)
        for minutes in width >= 60 ? [2, 4, 6, 8, 10] : [5, 10] {
            let column = width - minutes * 60 / each
            write("-\(minutes)m", endingAt: max(column, 0) + "-\(minutes)m".count)
        }
        return [Span(String(repeating: " ", count: labelWidth + 1)), Span(String(cells), .quiet)]
    }
}
