import NIOCore
import ZaichikProtocol
import ZaichikWords

/// The texts of the lists over the panes.
enum ListText {
    static func title(_ list: ListScreen) -> [Span] {
        var spans: [Span]
        switch list.subject {
        case .messages(_, let label): spans = [Span("Queue of \(label)"), Span("looked at; nothing is taken", .quiet)]
        case .parked(let session): spans = [Span("Parked by \(session)")]
        case .closed: spans = [Span("Clients that are gone")]
        case .keys(let topic, let window):
            spans = [
                Span("Keys of \(topic)"),
                Span("remembered for \(FigureText.duration(milliseconds: window))", .quiet),
            ]
        }
        if !list.rows.isEmpty {
            let (seen, all) = (list.rows.count, max(list.matching, list.rows.count))
            spans.append(Span(seen == all ? "\(seen)" : "\(seen) of \(NarrowFigure.count(UInt64(all)))", .quiet))
        }
        if !list.marked.isEmpty { spans.append(Span("\(list.marked.count) marked", .warning)) }
        if list.problem != nil, !list.rows.isEmpty { spans.append(Span("not current", .warning)) }
        return spans
    }

    /// The titles of the columns, then a line for each row.
    static func table(_ list: ListScreen, _ rows: [ListRow], _ model: Model, columns: Int) -> [[Span]] {
        let width = max(columns - 2, 1)
        switch list.subject {
        case .messages:
            return DetailText.table("MESSAGE", rows, PeekText.columns(model, width: width), width: width, least: 20) {
                name($0, model)
            }
        case .parked: return ParkedText.table(rows, model, width: width)
        case .closed: return ClosedText.table(rows, model, width: width)
        case .keys:
            let now = model.broker.time
            return DetailText.table(
                "MESSAGE", rows,
                [
                    PeekText.Column(title: "LEFT", width: 9) { row in
                        guard case .key(let key) = row else { return Span("") }
                        return Span(PeekText.left(key, now))
                    },
                    PeekText.Column(title: "REPEATS", width: 9) { row in
                        guard case .key(let key) = row else { return Span("") }
                        return Span("\(key.repeats)", key.repeats > 0 ? .warning : .quiet)
                    },
                    PeekText.Column(title: "KEY", width: 24, isNumber: false) { PeekText.key($0.message) },
                    PeekText.Column(title: "PAYLOAD", width: max(16, width - 76), isNumber: false) {
                        Span($0.message.map(PeekText.payload) ?? "", .quiet)
                    },
                ], width: width, least: 20
            ) { name($0, model) }
        }
    }

    static func name(_ row: ListRow, _ model: Model) -> Span {
        guard let message = row.message else { return Span("") }
        return Span("\(message.topic) #\(message.sequence)", .topic(model.topicColors[message.topic]))
    }

    /// What is under the cursor.
    static func detail(_ list: ListScreen, _ model: Model, columns: Int) -> [[Span]] {
        guard let row = list.selectedRow else { return [] }
        if case .closed(let client) = row { return ClosedText.lines(client, model, columns: columns) }
        return PeekText.lines(row, list.origins[row.id], model, columns: columns)
    }

    /// What is copied of the row under the cursor: the message's own bytes as far as they are known, or why a client is gone.
    static func copied(_ list: ListScreen) -> String {
        guard let row = list.selectedRow else { return "" }
        if case .closed(let closed) = row { return "\(closed.client.name)#\(closed.client.id): \(closed.reason)" }
        guard let content = row.message.flatMap({ $0.parts(of: $0.payload)?.content }) else { return "" }
        return String(buffer: content)
    }

    /// In place of rows.
    static func empty(_ list: ListScreen) -> [String] {
        if let problem = list.problem { return [problem] }
        if list.isAsked { return ["asking the broker…"] }
        switch list.subject {
        case .messages: return ["nothing is in its queue"]
        case .parked: return ["nothing is parked"]
        case .closed: return ["no client has left yet"]
        case .keys:
            return [
                "no key is remembered",
                "of the newest \(RememberedKey.mostMessages) messages none has a key that counts",
            ]
        }
    }
}

/// Messages that a session has put aside, as rows.
enum ParkedText {
    static func table(_ rows: [ListRow], _ model: Model, width: Int) -> [[Span]] {
        let now = model.broker.time
        return DetailText.table(
            "MESSAGE", rows,
            [
                PeekText.Column(title: "NO.", width: 6) { row in
                    guard case .parked(let message) = row else { return Span("") }
                    return Span("\(message.number)")
                },
                PeekText.Column(title: "PARKED", width: 9) {
                    Span(DetailText.age(now.since($0.message?.parkedAt ?? now)))
                },
                PeekText.Column(title: "TRIES", width: 7) { Span("\($0.message?.attempts ?? 0)") },
                PeekText.Column(title: "REASON", width: 22, isNumber: false) {
                    Span($0.message?.reason ?? "", .warning)
                },
                PeekText.Column(title: "KEY", width: 14, isNumber: false) { PeekText.key($0.message) },
                PeekText.Column(title: "PAYLOAD", width: max(16, width - 92), isNumber: false) {
                    Span($0.message.map(PeekText.payload) ?? "", .quiet)
                },
            ], width: width, least: 20
        ) { ListText.name($0, model) }
    }
}

/// Clients that were connected: the last minute of each, and why it is gone.
enum ClosedText {
    static func table(_ rows: [ListRow], _ model: Model, width: Int) -> [[Span]] {
        let now = model.broker.time
        let cell = { (row: ListRow, text: (ClosedClient) -> Span) -> Span in
            guard case .closed(let client) = row else { return Span("") }
            return text(client)
        }
        return DetailText.table(
            "CLIENT", rows,
            [
                PeekText.Column(title: "GONE", width: 8) { cell($0) { Span(DetailText.age(now.since($0.closedAt))) } },
                PeekText.Column(title: "LAG", width: 7) {
                    cell($0) { Span(NarrowFigure.count($0.client[.lagMessages]), .strong) }
                },
                PeekText.Column(title: "LOST", width: 7) {
                    cell($0) { client in
                        let lost = client.client[.gapMessages]
                        return Span(NarrowFigure.count(lost), lost > 0 ? .warning : .quiet)
                    }
                },
                PeekText.Column(title: "WAS", width: 18, isNumber: false) {
                    cell($0) { Span(StateText.word($0.client.state), .state($0.client.state)) }
                },
                PeekText.Column(title: "REASON", width: max(24, width - 73), isNumber: false) {
                    cell($0) { Span($0.reason, $0.code == 0 ? .quiet : .warning) }
                },
            ], width: width, least: 20
        ) { cell($0) { Span($0.client.name.isEmpty ? "#\($0.client.id)" : "\($0.client.name)#\($0.client.id)") } }
    }

    static func lines(_ closed: ClosedClient, _ model: Model, columns: Int) -> [[Span]] {
        let client = closed.client
        let ago = FigureText.age(microseconds: model.broker.time.since(closed.closedAt))
        let at = TimeText.clock(closed.closedAt, offset: model.utcOffset, milliseconds: false)
        var lines = TextWidth.words("Gone since \(at), \(ago) ago: \(closed.reason).", columns: columns).map {
            [Span($0, closed.code == 0 ? .strong : .bad)]
        }
        lines.append([Span("It was "), Span(StateText.word(client.state), .state(client.state)), Span(" before.")])
        lines.append([])
        let history = closed.history
        let chart = HistoryChart.lines(.lagMessages, "ITS LAST MINUTE: LAG", of: history, columns: columns)
        let strips = [(HistoryFigure.deliverRate, "out/s"), (.commitRate, "commits/s")].compactMap {
            HistoryChart.strip($0.0, $0.1, of: history, columns: columns)
        }
        lines += chart + strips + (chart.isEmpty && strips.isEmpty ? [] : [[]])
        lines += ClientText.figures(client, columns: columns) + [[]]
        lines.append([Span("program   ", .quiet), Span(ClientText.program(client))])
        let session = client.session.isEmpty ? "" : ", session \(client.session)"
        lines.append([Span("address   ", .quiet), Span("\(client.address), \(client.dialect)\(session)")])
        return lines
    }
}
