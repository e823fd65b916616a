import ZaichikProtocol
import ZaichikWords

/// The messages of this program's own subscriptions: several topics in one stream.
enum MessagesPane: PaneContent {
    static let name = "Messages"
    static let slot = PaneSlot.main
    private static let here: Set<Focus> = [.pane(.messages)]
    private static let both: Set<Focus> = [.pane(.messages), .message]

    static let keys = reading + choosing + settling
    static let commands = PaletteCommand.messages

    private static let reading = [
        Binding(.open, [.enter], here, "the whole message", hint: "whole", rank: 20),
        Binding(.follow, [.character("f")], here, "follow the newest, or stay", hint: "follow", rank: 21),
        Binding(
            .format, [.character("x")], both,
            "payloads as JSON (and MessagePack, where it is that), text or hex", hint: "format", rank: 22),
        Binding(
            .search, [.character("/")], here, "search in topics, keys, headers and payloads, as it is typed",
            hint: "search", rank: 15),
        Binding(.nextMatch, [.character("n")], here, "the next match, to older ones", hint: "older", rank: 3),
        Binding(.previousMatch, [.character("N")], here, "the match before, to newer ones", hint: "newer", rank: 4),
        Binding(
            .filterMessages, [.character("\\")], here,
            "only messages with a text, as it is typed; !text those without it, ~txt its letters in that order",
            hint: "filter", rank: 16),
        Binding(
            .switchTopic, [.character("i")], here, "hide a topic, or show it again", hint: "hide topic", rank: 24),
        Binding(.clear, [.control("k")], here, "forget the messages shown"),
        Binding(
            .newerMessage, [.right, .character("n")], [.message], "the next message", hint: "next", rank: 3),
        Binding(
            .olderMessage, [.left, .character("N")], [.message], "the message before", hint: "before", rank: 4),
        Binding(
            .difference, [.character("d")], [.message],
            "the difference to the message before it with the same topic and key, or the message again",
            hint: "difference", rank: 9),
        Binding(.foldMore, [.character("-")], [.message], "fold one level of JSON more", hint: "fold", rank: 10),
        Binding(.foldLess, [.character("+"), .character("=")], [.message], "fold one level less"),
    ]

    private static let choosing = [
        Binding(
            .mark, [.character(" ")], here,
            "mark the message, or no longer: c, r, K, y and e are about all that are marked", hint: "mark", rank: 23),
        Binding(
            .copyMessage, [.character("y")], both,
            "copy the payload; of several marked messages JSON lines (OSC 52: the terminal must allow it)",
            hint: "copy", rank: 26),
        Binding(
            .export, [.character("e")], both,
            "write the marked messages, or all that are shown, to a file: JSON lines, or CSV if its name ends in .csv",
            hint: "export", rank: 27),
        Binding(
            .editMessage, [.character("E")], both, "send the message again, edited or as it is: fills in Publish",
            hint: "send again", rank: 25),
        Binding(
            .browse, [.character("B")], both.union([.pane(.topics), .drawer]),
            "browse what a topic keeps, from a sequence or a time on, without subscribing", hint: "browse", rank: 13),
    ]

    private static let settling = [
        Binding(
            .commitHere, [.character("c")], both,
            "by hand: commit up to the line with the cursor; with marks those and no others", hint: "commit", rank: 5),
        Binding(
            .returnHere, [.character("r")], both,
            "by hand: return the message, at once or after a delay, with a reason; it comes again", hint: "return",
            rank: 6),
        Binding(
            .parkHere, [.character("K")], both,
            "by hand: park the message, with a reason; it comes only when it is released", hint: "park", rank: 7),
    ]

    static func move(_ model: inout Model, by distance: Int, rows: Int) {
        model.shownLog.move(by: distance, height: rows)
    }

    static func moveToEnd(_ model: inout Model, rows: Int) { if model.browse == nil { model.messages.follow() } }

    static func topic(_ model: Model) -> String? {
        model.shownLog.current?.message?.topic ?? model.browse?.topic.string
    }

    static func press(_ model: inout Model, row: Int, in area: PaneArea) {
        let shown = model.shownLog.shown
        let place = model.shownLog.firstSeen(height: area.pageHeight) + row
        guard row >= 0, place < shown.count else { return }
        model.shownLog.select(shown[place].id, height: area.pageHeight)
    }

    static func drawerSubject(_ model: Model) -> DrawerSubject? { model.shownLog.current.map { .message($0.id) } }

    /// The line stays under the cursor while it is looked at, whatever comes.
    static func open(_ model: inout Model) -> [Effect] {
        guard let current = model.shownLog.current else { return [] }
        if case .message(let shown) = model.overlay {
            return model.look(at: current, format: shown.format, showsDifference: shown.earlier != nil)
        }
        model.shownLog.select(current.id, height: model.area(of: .messages).pageHeight)
        return model.look(at: current, format: model.payloadFormat)
    }

    // MARK: Going back

    /// What Esc undoes; nil if nothing.
    static func undoes(_ model: Model) -> String? {
        if !model.shownLog.marked.isEmpty { return "unmark" }
        if model.search != nil { return "end search" }
        if !model.shownLog.filter.isEmpty { return "show all" }
        return model.browse != nil ? "end browsing" : nil
    }

    static func goBack(_ model: inout Model) -> [Effect] {
        if !model.shownLog.marked.isEmpty {
            model.shownLog.unmarkAll()
        } else if model.search != nil {
            model.search = nil
        } else if !model.shownLog.filter.isEmpty {
            model.shownLog.setFilter(MessageFilter())
        } else if model.browse != nil {
            model.browse = nil
        } else {
            model.messages.follow()
        }
        return []
    }

    // MARK: Title

    static func title(_ model: Model) -> [Span] {
        let log = model.shownLog
        // What is hidden comes first: it must be seen on any screen.
        var spans = model.browse.map { browsing($0) } ?? []
        if !log.filter.text.isEmpty { spans.append(Span("filter \(log.filter.text)", .warning)) }
        if !log.filter.hidden.isEmpty {
            let count = log.filter.hidden.count
            spans.append(Span("\(count) \(count == 1 ? "topic" : "topics") hidden", .warning))
        }
        if !log.marked.isEmpty { spans.append(Span("\(log.marked.count) marked", .warning)) }
        if let search = model.search { spans.append(Span("search \(search.text)", .warning)) }
        if model.browse == nil { spans += streaming(log) }
        spans.append(Span(model.payloadFormat.rawValue, .quiet))
        if model.browse == nil, !model.subscriptions.isEmpty {
            spans.append(Span(model.subscriptions.map(\.pattern.string).joined(separator: ", "), .quiet))
        }
        return spans
    }

    private static func browsing(_ browse: Browse) -> [Span] {
        let topic = Span("browsing \(browse.topic)", .warning)
        if let problem = browse.problem { return [topic, Span(problem, .bad)] }
        guard let first = browse.log.entries.first?.id else {
            return [topic, Span(browse.asked == nil ? "it keeps no messages there" : "asking", .quiet)]
        }
        let place = "#\(first) to #\(browse.log.lastID)"
        return [topic, Span(browse.asked == nil ? place : place + ", asking for more", .quiet)]
    }

    private static func streaming(_ log: MessageLog) -> [Span] {
        var spans: [Span] = []
        if log.messageCount > 0 || log.isCleared { spans.append(Span(NarrowFigure.count(log.messageCount), .quiet)) }
        let skipped = log.unseenSkipped
        let unseen = NarrowFigure.count(log.unseenKept)
        let missing = skipped > 0 ? ", \(NarrowFigure.count(skipped)) not kept" : ""
        if log.frozenAt != nil {
            spans.append(Span("display paused, \(unseen) new\(missing)", .paused))
        } else if log.isFollowing {
            if log.messageCount > 0 { spans.append(Span("following", .quiet)) }
        } else {
            spans.append(Span("stopped, \(unseen) below\(missing): G follows", .warning))
        }
        if log.dropped > 0 { spans.append(Span("oldest \(NarrowFigure.count(log.dropped)) not shown", .quiet)) }
        return spans
    }

    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        MessagesView.draw(model, in: area, isFocused: isFocused, &painter)
    }
}

extension Pane {
    static let messages = Pane(MessagesPane.self)
}
