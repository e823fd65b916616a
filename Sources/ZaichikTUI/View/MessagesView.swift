import ZaichikProtocol
import ZaichikWords

/// Draws the lines of the Messages pane: messages, gaps and notes.
enum MessagesView {
    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        let inside = area.rows
        let shown = model.messages.shown
        let first = model.messages.firstSeen(height: inside.height)
        let seen = shown.dropFirst(first).prefix(inside.height)
        let topicWidth = min(
            max(6, inside.width / 4),
            seen.reduce(0) { width, entry in
                guard case .message(let message) = entry.content else { return width }
                return max(width, TextWidth.columns(of: message.topic))
            })
        for (line, entry) in seen.enumerated() {
            let row = inside.row(line)
            let spans = spans(entry, model, topicWidth, wide: inside.width >= 72)
            painter.line(model.search?.marked(spans) ?? spans, in: row)
            if first + line == model.messages.cursor, isFocused || !model.messages.isFollowing {
                painter.highlight(row, isFocused ? .selectionFocused : .selection)
            }
        }
        if shown.isEmpty { EmptyNotice.draw(emptyText(model), in: inside, &painter) }
        ScrollMark.draw(
            in: area.frame, first: first, seen: inside.height, of: shown.count, focused: isFocused, &painter)
    }

    private static func emptyText(_ model: Model) -> [String] {
        guard model.broker.connection.isConnected else { return [EmptyNotice.disconnected(model)] }
        guard !model.subscriptions.isEmpty else {
            return model.topics.isWhole && model.topics.rows.isEmpty
                ? ["no messages yet: press p to publish the first", "or s to subscribe to a topic"]
                : ["no messages yet: press s to subscribe to a topic", "or t on a topic in Topics; p publishes"]
        }
        if model.messages.isCleared { return ["cleared: what comes from now on is shown"] }
        let patterns = model.subscriptions.map(\.pattern.string).joined(separator: ", ")
        return ["no messages yet from \(patterns)", "press p to publish one"]
    }

    /// At the left of a message: whether it is still to be committed by hand, or was returned or parked.
    private static func mark(_ fate: CommitState.Fate) -> Span {
        switch fate {
        case .inFlight: Span("•", .gap)
        case .returned: Span("↩", .warning)
        case .parked: Span("‖", .warning)
        case .committed, .uncommitted: Span(" ", .gap)
        }
    }

    private static func spans(_ entry: MessageEntry, _ model: Model, _ topicWidth: Int, wide: Bool) -> [Span] {
        let time = { (moment: Moment) in TimeText.clock(moment, offset: model.utcOffset, milliseconds: wide) }
        switch entry.content {
        case .message(let message):
            let color = Role.topic(model.topicColors[message.topic])
            // Messages that are still to be committed by hand are marked.
            let fate = model.commits.fate(of: message)
            let topic = TextWidth.cut(message.topic, to: topicWidth)
            let padding = String(repeating: " ", count: topicWidth - TextWidth.columns(of: topic))
            var spans = [mark(fate), Span(time(message.timestamp) + " ", .quiet)]
            spans.append(Span(topic + padding + " ", color))
            if wide { spans.append(Span("#\(message.sequence) ", .quiet)) }
            if let mark = RedeliveryText.mark(attempt: message.attempt) { spans.append(Span(mark + " ", .warning)) }
            if let key = message.key { spans.append(Span(TextWidth.cut(SafeText.text(key), to: 20) + " ", .strong)) }
            spans.append(Span(PayloadText.line(message.payload, message.format(model.payloadFormat))))
            return spans
        case .gap(let topic, let first, let last, let reason):
            let text = GapText.line(topic: topic, first: first, last: last, reason: reason)
            return [
                Span("▒", .gap), Span(time(entry.time) + " ", .quiet), Span(text, .gap),
            ]
        case .skipped(let count):
            return [Span("┄", .gap), Span(time(entry.time) + " ", .quiet), Span(MessageText.skipped(count), .warning)]
        case .note(let text): return [Span("─", .quiet), Span(time(entry.time) + " ", .quiet), Span(text, .warning)]
        }
    }
}
