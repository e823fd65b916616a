import ZaichikProtocol
import ZaichikWords

/// One client in one topic, in figures.
enum PairText {
    static func lines(_ subject: HeatPair, _ model: Model, columns: Int) -> [[Span]] {
        guard let pair = model.screens.heat.pair(subject.client, subject.topic) else {
            let text = "The client does not read this topic, or is gone."
            return TextWidth.words(text, columns: columns).map { [Span($0, .quiet)] }
        }
        let row = model.clients.rows.first { $0.id == subject.client }
        var lines: [[Span]] = []
        if let state = row?.state { lines.append([Span(StateText.word(state), .state(state))]) }
        lines += TextWidth.words(sentence(pair), columns: columns).map {
            [Span($0, pair[.lostRate] > 0 ? .bad : .strong)]
        }
        let count = { (figure: ClientTopicFigure) in NarrowFigure.count(pair[figure]) }
        lines += [[]]
        lines += DetailText.grid(
            [
                [
                    ("lag", count(.lagMessages)), ("bytes", NarrowFigure.bytes(pair[.lagBytes])),
                    ("oldest", DetailText.age(pair[.oldestAge])), ("in/s", count(.publishRate)),
                ],
                [
                    ("pending", count(.pendingMessages)), ("in flight", count(.inFlightMessages)),
                    ("returned", count(.returnedMessages)), ("parked", count(.parkedMessages)),
                ],
                [
                    ("lost", count(.gapMessages)), ("lost/s", count(.lostRate)),
                    ("duplicates", count(.duplicateMessages)),
                ],
                [
                    ("committed", "#\(pair[.committedSequence])"), ("next", "#\(pair[.nextSequence])"),
                    ("head", "#\(pair[.headSequence])"),
                ],
            ], columns: columns)
        return lines + [[]] + limits(pair, columns: columns)
    }

    private static func sentence(_ pair: ClientTopicStatistics) -> String {
        if pair[.lostRate] > 0 {
            let cause = LossCause(rawValue: pair[.lossCause])?.description ?? "unknown"
            return "It loses \(NarrowFigure.count(pair[.lostRate])) messages a second here: \(cause)."
        }
        let lag = pair[.lagMessages]
        if lag == 0 { return "It is not behind here." }
        let age = pair[.oldestAge] == 0 ? "" : ", the oldest for \(FigureText.age(microseconds: pair[.oldestAge]))"
        return lag == 1
            ? "1 message waits for it here\(age)." : "\(NarrowFigure.count(lag)) messages wait for it here\(age)."
    }

    /// What the topic does when queues hold back too much, and how long it delivers a message.
    private static func limits(_ pair: ClientTopicStatistics, columns: Int) -> [[Span]] {
        var texts: [String] = []
        if pair[.limit] > 0 {
            let (held, limit) = (pair[.lagBytes], pair[.limit])
            texts.append(
                "The topic lets queues hold back \(FigureText.bytes(limit)); this one needs \(FigureText.bytes(held)), "
                    + "\(Percent.of(held, limit)) % of it.")
        }
        if pair[.retention] > 0 {
            let retention = pair[.retention]
            let span = FigureText.duration(milliseconds: retention)
            let (whole, overflow) = retention.multipliedReportingOverflow(by: 1000)
            let left = overflow || whole <= pair[.oldestAge] ? nil : whole - pair[.oldestAge]
            texts.append(
                "It delivers nothing older than \(span)"
                    + (pair[.oldestAge] > 0
                        ? left.map { "; the oldest has \(FigureText.age(microseconds: $0)) left." }
                            ?? "; the oldest is past that." : "."))
        }
        return texts.flatMap { TextWidth.words($0, columns: columns).map { [Span($0, .text)] } }
    }
}
