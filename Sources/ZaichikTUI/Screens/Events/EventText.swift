import ZaichikWords

/// Everything that one event says, in lines.
enum EventText {
    static func lines(_ entry: EventEntry, utcOffset: Int, columns: Int) -> [[Span]] {
        let report = entry.report
        var lines: [[Span]] = [
            [Span(SafeText.escaped(report.name), entry.role), Span("  \(SafeText.escaped(report.level))", .quiet)]
        ]
        let sentence = report.verdict?.sentence ?? report.text
        lines += TextWidth.words(SafeText.escaped(sentence), columns: columns).map { [Span($0, .strong)] }
        if report.more > 0 {
            let text = "More of these came in a second than are told: \(report.more) were left out."
            lines += TextWidth.words(text, columns: columns).map { [Span($0, .warning)] }
        }
        lines += [[], [Span(padded("time"), .quiet), Span(TimeText.text(report.time, offset: utcOffset))]]
        lines += data(report.data, indent: 0, columns: columns)
        if let message = entry.message {
            lines += [
                [], [Span("T", .key), Span(" traces message \(message.sequence) of '\(message.topic)'", .quiet)],
            ]
        }
        return lines
    }

    private static let nameWidth = 24

    private static func padded(_ name: String, indent: Int = 0) -> String {
        let name = String(repeating: " ", count: indent) + name
        return TextWidth.padded(TextWidth.cut(name, to: nameWidth - 1), to: nameWidth)
    }

    private static func data(_ data: [String: Report.Value], indent: Int, columns: Int) -> [[Span]] {
        data.sorted { $0.key < $1.key }.flatMap { name, value -> [[Span]] in
            let label = Span(padded(SafeText.escaped(name), indent: indent), .quiet)
            switch value {
            case .object(let members): return [[label]] + self.data(members, indent: indent + 2, columns: columns)
            case .text(let text): return wrapped(SafeText.escaped(text), label, columns: columns)
            case .number(let number): return [[label, Span(figure(name, number))]]
            case .other: return [[label, Span("…", .quiet)]]
            }
        }
    }

    private static func wrapped(_ text: String, _ label: Span, columns: Int) -> [[Span]] {
        TextWidth.wrap(text, max(columns - nameWidth, 8)).enumerated().map { index, part in
            [index == 0 ? label : Span(padded("")), Span(part)]
        }
    }

    /// Names of figures end in their unit.
    private static func figure(_ name: String, _ number: UInt64) -> String {
        if name.hasSuffix("_age_us") { return FigureText.age(microseconds: number) }
        if name.hasSuffix("_us") {
            // A point in time rather than a span: nothing lasts so long.
            return number > 1_000_000_000_000_000 ? TimeText.text(number) : FigureText.duration(microseconds: number)
        }
        if name.hasSuffix("_bytes") || name == "bytes" { return FigureText.bytes(number) }
        return String(number)
    }
}
