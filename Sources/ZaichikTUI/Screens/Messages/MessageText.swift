import ZaichikProtocol
import ZaichikWords

/// The whole of one message.
enum MessageText {
    static func lines(_ inspection: MessageInspection, _ model: Model, columns: Int) -> [[Span]] {
        switch inspection.entry.content {
        case .message(let message):
            if let kept = inspection.payload, kept.shows(inspection, message, columns: columns) {
                return lines(message, kept, model)
            }
            return lines(message, PayloadLayout(message, inspection, columns: columns), model)
        case .gap(let topic, let first, let last, let reason):
            let text = GapText.sentences(topic: topic, first: first, last: last, reason: reason)
            return TextWidth.words(text, columns: columns).map { [Span($0, .gap)] }
        case .skipped(let count):
            let text = skipped(count) + ". They were received, and committed unless that is done by hand."
            return TextWidth.words(text, columns: columns).map { [Span($0, .warning)] }
        case .note(let text): return TextWidth.words(text, columns: columns).map { [Span($0)] }
        }
    }

    /// For lines that came while others were looked at, and were more than are kept.
    static func skipped(_ count: UInt64) -> String {
        "\(count) \(count == 1 ? "line" : "lines") not kept: they came while you looked at those above"
    }

    /// For a publish that the broker took.
    static func published(_ result: PublishResult) -> String {
        switch result.outcome {
        case .accepted(let sequence, _): "published to '\(result.topic)' as #\(sequence)"
        case .delayed: "'\(result.topic)' has it, and delivers it when its delay is over"
        case .duplicate(let sequence): "'\(result.topic)' has that key already, as #\(sequence)"
        case .refused, .notSent, .unknown: result.outcome.problem ?? ""
        }
    }

    /// What became of a delivery.
    static func fate(_ fate: CommitState.Fate) -> String {
        switch fate {
        case .committed: "committed"
        case .inFlight: "not yet: in flight"
        case .returned: "returned: it comes again"
        case .parked: "parked: it comes again when it is released"
        case .uncommitted: "not committed: its connection was lost before"
        case .kept: "not delivered here, only looked at in its topic"
        }
    }

    private static func headers(_ message: ReceivedMessage) -> [[Span]] {
        let kept = message.headers.map { header in
            [
                Span("header    ", .quiet), Span(SafeText.escaped(header.name) + ": ", .quiet),
                Span(SafeText.text(header.value)),
            ]
        }
        guard message.omittedHeaders > 0 else { return kept }
        return kept + [[Span("… \(message.omittedHeaders) more headers, not kept for display", .warning)]]
    }

    private static func lines(_ message: ReceivedMessage, _ payload: PayloadLayout, _ model: Model) -> [[Span]] {
        var lines: [[Span]] = [
            [Span("topic     ", .quiet), Span(message.topic, .topic(model.topicColors[message.topic]))],
            [
                Span("sequence  ", .quiet), Span(String(message.sequence)),
                Span("   accepted at ", .quiet),
                Span(
                    TimeText.clock(message.timestamp, offset: model.utcOffset) + " "
                        + ZoneText.text(offset: model.utcOffset)),
                Span("   bytes ", .quiet), Span(String(message.length)),
            ],
        ]
        let key = message.key.map { SafeText.text($0) }
        lines.append([Span("key       ", .quiet), key.map { Span($0, .strong) } ?? Span("none", .quiet)])
        lines += headers(message)
        if message.attempt > 1 {
            let why = RedeliveryText.explanation(message.cause, reason: message.reason)
            lines.append([Span("attempt   ", .quiet), Span("\(message.attempt): ", .warning), Span(why)])
        }
        let fate = model.commits.fate(of: message)
        lines.append([
            Span("commit    ", .quiet),
            Span(Self.fate(fate), fate == .committed ? .good : fate == .kept ? .quiet : .warning),
        ])
        lines.append([])
        lines += payload.lines
        if message.length > message.payload.count {
            lines.append([
                Span("… \(message.length - message.payload.count) more bytes, not here for display", .warning)
            ])
        }
        return lines
    }
}
