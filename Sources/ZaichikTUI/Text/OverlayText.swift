import ZaichikWords

/// The lines of an overlay, broken to a width: help, a client, a message.
enum OverlayText {
    static func title(_ overlay: Overlay, _ model: Model) -> [Span] {
        switch overlay {
        case .help(let inspection): HelpText.title(inspection)
        case .client(let inspection): [Span("Client \(inspection.label)"), drawerHint(model)]
        case .session(let inspection): [Span("Session \(inspection.name)"), drawerHint(model)]
        case .topic(let inspection): [Span("Topic \(inspection.name)"), drawerHint(model)]
        case .message(let inspection):
            [Span("Message")] + payloadTitle(inspection)
                + [Span("Esc closes, ← → others, x format", .quiet)]
        case .screen(let overlay, _): overlay.title(model)
        case .list(let list): ListText.title(list)
        case .settings(let form): [Span(SettingsView.title(form))]
        case .columns(let menu): [Span("Columns of \(menu.pane.name)")]
        }
    }

    /// How to scroll a drawer that stands beside a table, and how to leave it.
    private static func drawerHint(_ model: Model) -> Span {
        Span(model.isDrawerFollowing ? "Enter scrolls it, Esc closes" : "Esc closes", .quiet)
    }

    /// The format, and whether only a part of the payload is shown: then it cannot be known to be JSON.
    private static func payloadTitle(_ inspection: MessageInspection) -> [Span] {
        let (entry, chosen) = (inspection.entry, inspection.format)
        if inspection.isAsked { return [Span("reading the rest", .quiet)] }
        if let earlier = inspection.earlier { return [Span("difference to #\(earlier.sequence)", .warning)] }
        if let folded = inspection.folded { return [Span("folded below \(folded): + unfolds", .warning)] }
        guard case .message(let message) = entry.content, message.length > message.payload.count else {
            return [Span(entry.message?.format(chosen).rawValue ?? chosen.rawValue, .quiet)]
        }
        let (kept, whole) = (UInt64(message.payload.count), UInt64(message.length))
        let part = Span("first \(FigureText.bytes(kept)) of \(FigureText.bytes(whole))", .warning)
        let format = chosen == .json ? "text: only a whole message is shown as JSON" : chosen.rawValue
        return [part, Span(format, .quiet)]
    }

    static func lines(_ model: Model, columns: Int, now: Moment) -> [[Span]] {
        switch model.overlay {
        case nil, .list, .settings, .columns: []
        case .help(let inspection): HelpText.lines(inspection, model, columns: columns)
        case .client(let inspection): ClientText.lines(inspection, model, columns: columns, now: now)
        case .session(let inspection): SessionText.lines(inspection, model, columns: columns, now: now)
        case .topic(let inspection): TopicText.lines(inspection, model, columns: columns)
        case .message(let inspection): MessageText.lines(inspection, model, columns: columns)
        case .screen(let overlay, _): overlay.lines(model, columns: columns, now: now)
        }
    }
}
