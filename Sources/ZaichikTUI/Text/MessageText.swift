import ZaichikProtocol
import ZaichikWords

/// The whole of one message.
enum MessageText {
    static func lines(_ entry: MessageEntry, _ model: Model, columns: Int) -> [[Span]] {
        switch entry.content {
        case .message(let message): return lines(message, model, columns)
        case .gap(let topic, let first, let last, let reason):
            let text = GapText.sentences(topic: topic, first: first, last: last, reason: reason)
            return TextWidth.words(text, columns: columns).map { [Span($0, .gap)] }
        case .note(let text): return TextWidth.words(text, columns: columns).map { [Span($0)] }
        }
    }

    private static func lines(_ message: ReceivedMessage, _ model: Model, _ columns: Int) -> [[Span]] {
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
        let done = model.commits.isCommitted(message)
        lines.append([
            Span("commit    ", .quiet), done ? Span("committed", .good) : Span("not yet: in flight", .warning),
        ])
        lines.append([])
        lines += PayloadText.lines(message.payload, model.payloadFormat, columns: columns).map { [Span($0)] }
        if message.length > message.payload.count {
            lines.append([
                Span("… \(message.length - message.payload.count) more bytes, not kept for display", .warning)
            ])
        }
        return lines
    }
}
