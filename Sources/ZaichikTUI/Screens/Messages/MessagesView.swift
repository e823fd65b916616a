import ZaichikProtocol
import ZaichikWords

/// Draws the lines of the Messages pane: messages, gaps and notes.
enum MessagesView {
    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        let inside = area.rows
        let log = model.shownLog
        let shown = log.shown
        let first = log.firstSeen(height: inside.height)
        let seen = shown.dropFirst(first).prefix(inside.height)
        let columns = MessageColumns(seen.compactMap(\.message), width: inside.width, hasMarks: !log.marked.isEmpty)
        for (line, entry) in seen.enumerated() {
            let row = inside.row(line)
            let spans = spans(entry, model, columns, isMarked: log.marked.contains(entry.id))
            painter.line(model.search?.marked(spans) ?? spans, in: row)
            if first + line == log.cursor, isFocused || !log.isFollowing {
                painter.highlight(row, isFocused ? .selectionFocused : .selection)
            }
        }
        if shown.isEmpty { EmptyNotice.draw(emptyText(model), in: inside, &painter) }
        ScrollMark.draw(
            in: area.frame, first: first, seen: inside.height, of: shown.count, focused: isFocused, &painter)
    }

    private static func emptyText(_ model: Model) -> [String] {
        if model.screens.travel != nil { return ["no message had come here by then"] }
        if !model.shownLog.entries.isEmpty { return ["no message here passes the filter", "Esc shows all"] }
        if let browse = model.browse {
            let text = browse.problem ?? (browse.asked == nil ? "'\(browse.topic)' keeps no messages there" : "asking")
            return [text, "B goes to another place, Esc ends browsing"]
        }
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
        case .committed, .uncommitted, .kept: Span(" ", .gap)
        }
    }

    private static func spans(
        _ entry: MessageEntry, _ model: Model, _ columns: MessageColumns, isMarked: Bool
    ) -> [Span] {
        let time = { (moment: Moment) in
            TimeText.clock(moment, offset: model.utcOffset, milliseconds: columns.isWide)
        }
        switch entry.content {
        case .message(let message):
            let color = Role.topic(model.topicColors[message.topic])
            // Messages that are still to be committed by hand are marked.
            var spans = [mark(model.commits.fate(of: message))]
            if columns.hasMarks { spans.append(Span(isMarked ? "✓" : " ", .warning)) }
            spans.append(Span(time(message.timestamp) + " ", .quiet))
            spans.append(Span(columns.cell(message.topic, columns.topic), color))
            if columns.sequence > 0 {
                spans.append(Span(columns.cell("#\(message.sequence)", columns.sequence), .quiet))
            }
            if columns.key > 0 {
                let key = message.key.map { SafeText.text($0) }
                spans.append(Span(columns.cell(key ?? "", columns.key), .strong))
            }
            if let mark = RedeliveryText.mark(attempt: message.attempt) { spans.append(Span(mark + " ", .warning)) }
            let format = message.format(model.payloadFormat)
            return spans + PayloadText.lineSpans(message.payload, format, columns: columns.width)
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

/// The columns before the payloads of the messages that are seen.
struct MessageColumns {
    /// Of the whole line.
    let width: Int
    let hasMarks: Bool
    /// The widths, with a blank behind each; 0: the column is left out.
    let topic, sequence, key: Int

    init(_ messages: [ReceivedMessage], width: Int, hasMarks: Bool) {
        self.width = width
        self.hasMarks = hasMarks
        let widest = { (texts: [String], most: Int) in
            min(most, texts.reduce(0) { max($0, TextWidth.columns(of: $1)) })
        }
        topic = 1 + widest(messages.map(\.topic), max(6, width / 4))
        sequence = width >= 72 ? 1 + widest(messages.map { "#\($0.sequence)" }, 21) : 0
        let keys = messages.compactMap(\.key).filter { !$0.isEmpty }.map { SafeText.text($0.prefix(80)) }
        key = keys.isEmpty ? 0 : 1 + widest(keys, min(32, max(5, width / 6)))
    }

    var isWide: Bool { width >= 72 }

    func cell(_ text: String, _ width: Int) -> String {
        TextWidth.padded(TextWidth.cut(text, to: width - 1), to: width)
    }
}
