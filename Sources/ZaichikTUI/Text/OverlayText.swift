import ZaichikWords

/// The lines of an overlay, broken to a width: help, a client, a message.
enum OverlayText {
    static func title(_ overlay: Overlay, _ model: Model) -> [Span] {
        switch overlay {
        case .help(let inspection): HelpText.title(inspection)
        case .client(let inspection): [Span("Client \(inspection.label)"), Span("Esc closes", .quiet)]
        case .session(let inspection): [Span("Session \(inspection.name)"), Span("Esc closes", .quiet)]
        case .topic(let inspection): [Span("Topic \(inspection.name)"), Span("Esc closes", .quiet)]
        case .message(let inspection):
            [Span("Message")] + payloadTitle(inspection.entry, inspection.format)
                + [Span("Esc closes, x format", .quiet)]
        }
    }

    /// The format, and whether only a part of the payload is shown: then it cannot be known to be JSON.
    private static func payloadTitle(_ entry: MessageEntry, _ chosen: PayloadFormat) -> [Span] {
        guard case .message(let message) = entry.content, message.length > message.payload.count else {
            return [Span(chosen.rawValue, .quiet)]
        }
        let (kept, whole) = (UInt64(message.payload.count), UInt64(message.length))
        let part = Span("first \(FigureText.bytes(kept)) of \(FigureText.bytes(whole))", .warning)
        let format = chosen == .json ? "text: only a whole message is shown as JSON" : chosen.rawValue
        return [part, Span(format, .quiet)]
    }

    static func lines(_ model: Model, columns: Int, now: Moment) -> [[Span]] {
        switch model.overlay {
        case nil: []
        case .help(let inspection): HelpText.lines(inspection, model, columns: columns)
        case .client(let inspection): ClientText.lines(inspection, model, columns: columns, now: now)
        case .session(let inspection): SessionText.lines(inspection, model, columns: columns, now: now)
        case .topic(let inspection): TopicText.lines(inspection, model, columns: columns)
        case .message(let inspection): MessageText.lines(inspection, model, columns: columns)
        }
    }
}
