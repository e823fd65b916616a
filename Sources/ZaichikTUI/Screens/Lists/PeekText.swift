import NIOCore
import ZaichikProtocol
import ZaichikWords

/// Messages that are looked at without taking them, as rows and each as a whole.
enum PeekText {
    typealias Column = DetailText.Column<ListRow>

    /// The beginning of the message's own bytes in one line.
    static func payload(_ message: ParkedMessage) -> String {
        guard let content = message.parts(of: message.payload)?.content else { return "(headers only)" }
        let bytes = Array(content.readableBytesView.prefix(160))
        return PayloadText.line(bytes, JSONText.isDocument(bytes) ? .json : .text)
    }

    static func columns(_ model: Model, width: Int) -> [Column] {
        let now = model.broker.time
        return [
            Column(title: "STATE", width: 11, isNumber: false) { row in
                guard case .message(let peeked) = row else { return Span("") }
                let text = peeked.state == .pending ? "next \(peeked.place)" : peeked.state.description
                return Span(text, role(peeked.state))
            },
            Column(title: "AGE", width: 8) { Span(DetailText.age(now.since($0.message?.timestamp ?? now))) },
            Column(title: "TRY", width: 5) { row in
                let attempts = row.message?.attempts ?? 0
                return Span(attempts == 0 ? "-" : "\(attempts)", attempts > 1 ? .warning : .quiet)
            },
            Column(title: "KEY", width: 14, isNumber: false) { key($0.message) },
            Column(title: "PAYLOAD", width: max(16, width - 72), isNumber: false) {
                Span($0.message.map(payload) ?? "", .quiet)
            },
        ]
    }

    static func key(_ message: ParkedMessage?) -> Span {
        guard let message, message.hasKey else { return Span("-", .quiet) }
        return Span(SafeText.text(message.key.readableBytesView), .strong)
    }

    private static func role(_ state: PeekedMessage.State) -> Role {
        switch state {
        case .pending, .kept: .text
        case .inFlight: .gap
        case .returned, .parked: .warning
        }
    }

    /// One message as a whole, as far as it is known here.
    static func lines(_ row: ListRow, _ origin: String?, _ model: Model, columns: Int) -> [[Span]] {
        guard let message = row.message else { return [] }
        let now = model.broker.time
        let labelled = { (label: String, span: Span) in [Span(TextWidth.padded(label, to: 10), .quiet), span] }
        var lines = [
            labelled("topic", Span(message.topic, .topic(model.topicColors[message.topic]))),
            labelled("sequence", Span("#\(message.sequence)")),
            labelled(
                "accepted",
                Span(
                    "\(TimeText.clock(message.timestamp, offset: model.utcOffset)), "
                        + "\(FigureText.age(microseconds: now.since(message.timestamp))) ago")),
        ]
        lines.append(
            origin.map { labelled("published", Span($0)) }
                ?? labelled("published", Span("Enter asks by whom", .quiet)))
        lines += place(row, now).map { labelled($0.label, $0.span) }
        if !message.reason.isEmpty { lines.append(labelled("reason", Span(message.reason, .warning))) }
        lines.append(labelled("key", key(message)))
        let parts = message.parts(of: message.payload)
        for field in parts?.headers.fields ?? [] {
            lines.append([
                Span(TextWidth.padded("header", to: 10), .quiet), Span(SafeText.escaped(field.name) + ": ", .quiet),
                Span(SafeText.text(field.value.readableBytesView)),
            ])
        }
        let kept = message.payload.readableBytes
        if kept < Int(message.payloadLength) {
            lines.append(labelled("payload", Span("its first \(kept) bytes of \(message.payloadLength)", .warning)))
        }
        let content = Array((parts?.content ?? ByteBuffer()).readableBytesView)
        let isJSON = kept == Int(message.payloadLength) && JSONText.isDocument(content)
        return lines + [[]] + PayloadText.lines(content, isJSON ? .json : .text, columns: columns).map { [Span($0)] }
    }

    /// Where the message is in its queue.
    private static func place(_ row: ListRow, _ now: Moment) -> [(label: String, span: Span)] {
        switch row {
        case .message(let peeked):
            let since = FigureText.age(microseconds: now.since(peeked.message.parkedAt))
            switch peeked.state {
            case .pending: return [("place", Span("number \(peeked.place) of those that come next"))]
            case .inFlight:
                return [
                    ("in flight", Span("at client #\(peeked.client) for \(since), attempt \(peeked.message.attempts)"))
                ]
            case .returned:
                let wait =
                    peeked.message.parkedAt > now
                    ? "in \(FigureText.age(microseconds: peeked.message.parkedAt - now))" : "now"
                return [("returned", Span("comes again \(wait), delivered \(peeked.message.attempts) times so far"))]
            case .parked: return [("parked", Span("\(since) ago, delivered \(peeked.message.attempts) times"))]
            case .kept: return []
            }
        case .parked(let message):
            let age = FigureText.age(microseconds: now.since(message.parkedAt))
            return [("parked", Span("number \(message.number), \(age) ago, delivered \(message.attempts) times"))]
        case .key(let key):
            let repeats =
                key.repeats == 0 ? "" : "; \(key.repeats) later with this key \(key.repeats == 1 ? "is" : "are") kept"
            return [("window", Span("\(left(key, now)) left\(repeats)"))]
        case .closed: return []
        }
    }

    /// How long a key still suppresses.
    static func left(_ key: RememberedKey, _ now: Moment) -> String {
        key.until == .max ? "ever" : FigureText.age(microseconds: key.until > now ? key.until - now : 0)
    }
}
