import ZaichikProtocol
import ZaichikWords

/// The messages of this program's own subscriptions: several topics in one stream.
enum MessagesPane: PaneContent {
    static let name = "Messages"
    static let slot = PaneSlot.main
    static let keys = [
        Binding(.open, [.enter], [.pane(.messages)], "the whole message", hint: "whole", rank: 20),
        Binding(
            .follow, [.character("f")], [.pane(.messages)], "follow the newest, or stay", hint: "follow", rank: 21),
        Binding(
            .format, [.character("x")], [.pane(.messages), .detail], "payloads as JSON, text or hex", hint: "format",
            rank: 22),
        Binding(
            .search, [.character("/")], [.pane(.messages)],
            "search in topics, keys, headers and payloads, as it is typed",
            hint: "search", rank: 15),
        Binding(
            .nextMatch, [.character("n")], [.pane(.messages)], "the next match, to older ones", hint: "older", rank: 3),
        Binding(
            .previousMatch, [.character("N")], [.pane(.messages)], "the match before, to newer ones", hint: "newer",
            rank: 4),
        Binding(.clear, [.control("k")], [.pane(.messages)], "forget the messages shown"),
        Binding(
            .commitHere, [.character("c")], [.pane(.messages)], "by hand: commit up to the line with the cursor",
            hint: "commit", rank: 5),
        Binding(
            .returnHere, [.character("r")], [.pane(.messages), .detail],
            "by hand: return the message, at once or after a delay, with a reason; it comes again", hint: "return",
            rank: 6),
        Binding(
            .parkHere, [.character("K")], [.pane(.messages), .detail],
            "by hand: park the message, with a reason; it comes only when it is released", hint: "park", rank: 7),
    ]

    static func move(_ model: inout Model, by distance: Int, rows: Int) {
        model.messages.move(by: distance, height: rows)
    }

    static func moveToEnd(_ model: inout Model, rows: Int) { model.messages.follow() }

    static func press(_ model: inout Model, row: Int, in area: PaneArea) {
        let shown = model.messages.shown
        let place = model.messages.firstSeen(height: area.pageHeight) + row
        guard row >= 0, place < shown.count else { return }
        model.messages.select(shown[shown.startIndex + place].id, height: area.pageHeight)
    }

    static func open(_ model: inout Model) -> [Effect] {
        if let entry = model.messages.current {
            model.overlay = .message(MessageInspection(entry: entry, format: model.payloadFormat))
        }
        return []
    }

    static func goBack(_ model: inout Model) -> [Effect] {
        if model.search != nil { model.search = nil } else { model.messages.follow() }
        return []
    }

    static func title(_ model: Model) -> [Span] {
        let log = model.messages
        var spans = model.search.map { [Span("search \($0.text)", .warning)] } ?? []
        if log.messageCount > 0 || log.isCleared { spans.append(Span(NarrowFigure.count(log.messageCount), .quiet)) }
        let skipped = log.unseenSkipped
        let unseen = NarrowFigure.count(log.unseen - skipped)
        let missing = skipped > 0 ? ", \(NarrowFigure.count(skipped)) not kept" : ""
        if log.frozenAt != nil {
            spans.append(Span("display paused, \(unseen) new\(missing)", .paused))
        } else if log.isFollowing {
            if log.messageCount > 0 { spans.append(Span("following", .quiet)) }
        } else {
            spans.append(Span("stopped, \(unseen) below\(missing): G follows", .warning))
        }
        if log.dropped > 0 { spans.append(Span("oldest \(NarrowFigure.count(log.dropped)) not shown", .quiet)) }
        spans.append(Span(model.payloadFormat.rawValue, .quiet))
        if !model.subscriptions.isEmpty {
            spans.append(Span(model.subscriptions.map(\.pattern.string).joined(separator: ", "), .quiet))
        }
        return spans
    }

    static func draw(_ model: Model, in area: PaneArea, isFocused: Bool, _ painter: inout Painter) {
        MessagesView.draw(model, in: area, isFocused: isFocused, &painter)
    }
}

extension Pane {
    static let messages = Pane(MessagesPane.self)
}
