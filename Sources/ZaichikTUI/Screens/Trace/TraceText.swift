import ZaichikWords

/// A traced message: its way through every queue as a waterfall, and each of its steps.
enum TraceText {
    static func lines(_ message: TracedMessage, _ model: Model, columns: Int, now: Moment) -> [[Span]] {
        let steps = model.screens.traces.steps(of: message)
        guard let first = steps.first else { return nothing(message, model, columns: columns) }
        let began = steps.first { $0.name == "accepted" }?.time ?? first.time
        let last = steps.last?.time ?? began
        let ways = TraceWay.all(steps, now: max(last, now))
        var lines = head(steps, ways, columns: columns)
        if !ways.isEmpty { lines += [[]] + waterfall(ways, from: began, columns: columns) }
        return lines + [[]] + table(steps, from: began, columns: columns)
    }

    private static func nothing(_ message: TracedMessage, _ model: Model, columns: Int) -> [[Span]] {
        if let problem = model.screens.traces.problem {
            return TextWidth.words("Traces cannot be read: \(problem)", columns: columns).map { [Span($0, .bad)] }
        }
        let text =
            "No step of message \(message.sequence) of '\(SafeText.escaped(message.topic))' is kept. Only messages that are published "
            + "with a trace leave one: zaichik pub --trace, or here T and TOPIC: TEXT, which publishes one."
        return TextWidth.words(text, columns: columns).map { [Span($0)] }
    }

    /// What became of it, in a sentence.
    private static func head(_ steps: [Report], _ ways: [TraceWay], columns: Int) -> [[Span]] {
        let lost = ways.filter { $0.end?.name == "lost" }.count
        let open = ways.filter { $0.end == nil }.count
        let text: String
        if let refused = steps.first(where: { $0.name == "refused" }) {
            text = "Its publish was refused: \(refused.data["reason"]?.text ?? "no reason")."
        } else if steps.contains(where: { $0.name == "duplicate" }) {
            text = "A message with its key was there before."
        } else if ways.isEmpty {
            text = steps.contains { $0.name == "accepted" } ? "It is in the log; no queue has it." : "It is on its way."
        } else {
            let done = ways.count - open
            text =
                "\(done) of \(ways.count) \(ways.count == 1 ? "queue is" : "queues are") done with it"
                + (lost > 0 ? "; \(lost) lost it." : ".")
        }
        return TextWidth.words(SafeText.escaped(text), columns: columns).map {
            [Span($0, lost > 0 ? .losing : .strong)]
        }
    }

    // MARK: The waterfall

    private static func waterfall(_ ways: [TraceWay], from began: UInt64, columns: Int) -> [[Span]] {
        let nameWidth = min(max(columns / 4, 10), 28)
        let endWidth = columns >= 70 ? 22 : 12
        let width = max(columns - nameWidth - endWidth - 2, 8)
        let end = ways.flatMap(\.stretches).map(\.to).max() ?? began
        let span = max(end.since(began), 1)
        func place(_ time: UInt64) -> Int { min(Int(Double(time.since(began)) / Double(span) * Double(width)), width) }
        let legend: [Span] = [
            Span("WATERFALL  ", .columnTitle), Span("░", .quiet), Span(" waits  "), Span("█", .sparkline),
            Span(" in flight, over \(FigureText.duration(microseconds: span))"),
        ]
        return [legend]
            + ways.map { way in
                var cells = [Character](repeating: " ", count: width)
                for stretch in way.stretches {
                    let from = min(place(stretch.from), width - 1)
                    let to = max(place(stretch.to), from + 1)
                    for index in from..<to { cells[index] = stretch.phase == .inFlight ? "█" : "░" }
                }
                let outcome = TextWidth.cut(SafeText.escaped(way.outcome), to: endWidth)
                let name = TextWidth.padded(TextWidth.cut(way.queue, to: nameWidth - 1), to: nameWidth)
                return [Span(name), Span(String(cells), .sparkline), Span(" " + outcome, role(way))]
            }
    }

    private static func role(_ way: TraceWay) -> Role {
        switch way.end?.name {
        case nil: .warning
        case "committed": .good
        case "lost": .losing
        default: .bad
        }
    }

    // MARK: The steps

    private static func table(_ steps: [Report], from began: UInt64, columns: Int) -> [[Span]] {
        var before = began
        let head = [
            Span(
                TextWidth.padded("AFTER", to: 10, isNumber: true) + TextWidth.padded("Δ", to: 10, isNumber: true)
                    + "  ", .columnTitle),
            Span(TextWidth.padded("STEP", to: 11) + TextWidth.padded("QUEUE", to: 22) + "WHAT", .columnTitle),
        ]
        return [head]
            + steps.map { step in
                let after = step.time.since(began)
                let delta = step.time.since(before)
                before = max(before, step.time)
                let text = { (value: UInt64) in
                    TextWidth.padded(
                        value == 0 ? "0" : FigureText.duration(microseconds: value), to: 10, isNumber: true)
                }
                let name = TextWidth.cut(SafeText.escaped(step.name), to: 10)
                let whose = TextWidth.padded(TextWidth.cut(TraceTable.whose(step), to: 21), to: 22)
                let role: Role =
                    step.name == "lost" || step.name == "refused" ? .bad : step.name == "committed" ? .good : .text
                return [
                    Span(text(after)), Span(text(delta) + "  ", .quiet), Span(TextWidth.padded(name, to: 11), role),
                    Span(whose), Span(step.shownData(without: TraceTable.whose.union(["session_id"])), .quiet),
                ]
            }
    }
}
