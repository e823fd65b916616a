/// The lines of an overlay, broken to a width: help, a client, a message.
enum OverlayText {
    static func title(_ overlay: Overlay, _ model: Model) -> [Span] {
        switch overlay {
        case .help: [Span("Keys"), Span("Esc closes, ↓ ↑ scroll", .quiet)]
        case .client(let inspection): [Span("Client \(inspection.label)"), Span("Esc closes", .quiet)]
        case .topic(let inspection): [Span("Topic \(inspection.name)"), Span("Esc closes", .quiet)]
        case .message(_, let format, _):
            [Span("Message"), Span(format.rawValue, .quiet), Span("Esc closes, x format", .quiet)]
        }
    }

    static func lines(_ model: Model, columns: Int, now: Moment) -> [[Span]] {
        switch model.overlay {
        case nil: []
        case .help: HelpText.lines(model.panes.table, columns: columns)
        case .client(let inspection): ClientText.lines(inspection, model, columns: columns, now: now)
        case .topic(let inspection): TopicText.lines(inspection, model, columns: columns)
        case .message(let entry, let format, _): MessageText.lines(entry, format, model, columns: columns)
        }
    }
}
