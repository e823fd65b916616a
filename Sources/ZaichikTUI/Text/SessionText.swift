import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// One session in detail: whether anybody is there, its settings, its connections, and its lag topic by topic.
enum SessionText {
    static func lines(_ inspection: SessionInspection, _ model: Model, columns: Int, now: Moment) -> [[Span]] {
        var lines: [[Span]] = []
        if let problem = inspection.problem {
            let text = inspection.detail == nil ? problem : "gone: \(problem)"
            lines += TextWidth.words(text, columns: columns).map { [Span($0, .bad)] } + [[]]
        }
        guard let detail = inspection.detail else {
            return inspection.problem == nil ? [[Span("asking the broker…", .quiet)]] : lines
        }
        let session = detail.session
        let queue = ClientDetail(of: detail)
        let head = { (columns: Int) in lines + verdict(detail, queue, columns: columns, now: now) }
        let state = { (columns: Int) in
            ClientText.chart(
                inspection.facts, model.lagHistories[inspection.id], lag: session[.lagMessages], columns: columns)
                + figures(session, columns: columns) + [[]] + QueueText.times(queue.client, columns: columns)
                + settings(session.settings, columns: columns)
        }
        let places = { (columns: Int) in
            connections(detail.connections, model, columns: columns) + [[]]
                + ClientText.topics(detail.topics, model, columns: columns) + [[]]
                + QueueText.shares(inspection.facts.shares, columns: columns)
                + QueueText.inFlight(inspection.facts, model, columns: columns)
                + origin(detail, columns: columns, now: now)
        }
        return DetailText.columns(columns, [{ head($0) + state($0) + [[]] }, places])
    }

    /// The state, whether anybody is there, why it is so, what follows, and what would help.
    private static func verdict(
        _ detail: SessionDetail, _ queue: ClientDetail, columns: Int, now: Moment
    ) -> [[Span]] {
        let session = detail.session
        var lines: [[Span]] = [[Span(StateText.word(session.state), .state(session.state))]]
        lines += presence(detail, columns: columns, now: now).map { [Span($0, .strong)] }
        if session.state != .absent, session.state != .keepingUp {
            lines += TextWidth.words(ClientVerdict.sentence(detail), columns: columns).map { [Span($0, .strong)] }
        }
        lines += QueueText.forecast(queue, columns: columns)
        if session[.parkedMessages] > 0 {
            lines.append([Span("K", .key), Span(" shows what is parked, to release or drop it", .quiet)])
        }
        let remedies = RemedyText.lines(Remedy.list(detail), columns: columns)
        return lines + [[]] + remedies + (remedies.isEmpty ? [] : [[]])
    }

    private static func presence(_ detail: SessionDetail, columns: Int, now: Moment) -> [String] {
        let session = detail.session
        let lag = session[.lagMessages]
        let waiting = lag == 1 ? "1 message waits" : "\(NarrowFigure.count(lag)) messages wait"
        let parked = session[.parkedMessages]
        let aside = parked == 0 ? "" : "; \(NarrowFigure.count(parked)) parked"
        let count = session[.connections]
        let who =
            AbsenceText.line(since: session[.absentSince], until: session[.expiresAt], now: now)
            ?? (count == 1 ? "1 connection" : "\(NarrowFigure.count(count)) connections")
        return TextWidth.words("\(who.prefix(1).uppercased() + who.dropFirst()). \(waiting)\(aside).", columns: columns)
    }

    private static func figures(_ session: SessionStatistics, columns: Int) -> [[Span]] {
        let count = { (figure: SessionFigure) in NarrowFigure.count(session[figure]) }
        return DetailText.grid(
            [
                [
                    ("lag", count(.lagMessages)), ("bytes", NarrowFigure.bytes(session[.lagBytes])),
                    ("oldest", DetailText.age(session[.oldestAge])), ("lost", count(.gapMessages)),
                ],
                [
                    ("pending", count(.pendingMessages)), ("in flight", count(.inFlightMessages)),
                    ("returned", count(.returnedMessages)), ("parked", count(.parkedMessages)),
                ],
                [
                    ("out/s", count(.deliverRate)), ("commits/s", count(.commitRate)),
                    ("topics", count(.topics)), ("duplicates", count(.duplicateMessages)),
                ],
                [
                    ("delivered", count(.deliveredMessages)), ("committed", count(.committedMessages)),
                    ("redelivered", count(.redeliveredMessages)),
                ],
            ], columns: columns)
    }

    private static func origin(_ detail: SessionDetail, columns: Int, now: Moment) -> [[Span]] {
        let session = detail.session
        let created = session[.createdAt]
        let since = created == 0 || now == 0 ? "" : ", created \(FigureText.age(microseconds: now.since(created))) ago"
        let list = detail.subscriptions.map { subscription in
            let options = SubscribeOptions.names.filter { subscription.options.contains($0.option) }.map(\.name)
            return subscription.pattern + (options.isEmpty ? "" : " (\(options.joined(separator: ", ")))")
        }
        return [
            [Span("session     ", .quiet), Span("#\(session.id) \(session.name)\(since)")],
            [Span("subscribes  ", .quiet), Span(list.isEmpty ? "nothing" : list.joined(separator: ", "))],
        ]
    }

    private static func settings(_ settings: SessionSettings, columns: Int) -> [[Span]] {
        let rows: [[SessionSettings.Tag]] = [
            [.mode, .expiry], [.commitDeadline, .attempts], [.lagMessages, .lagBytes, .lagOverflow],
        ]
        return [[Span("SETTINGS", .columnTitle), Span("  E", .key), Span(" changes them", .quiet)]]
            + DetailText.grid(rows.map { $0.map { ($0.name, settings.text($0)) } }, columns: columns, cell: 32)
    }

    private static func connections(_ clients: [ClientStatistics], _ model: Model, columns: Int) -> [[Span]] {
        guard !clients.isEmpty else { return [[Span("No connection is attached.", .quiet)]] }
        typealias Column = DetailText.Column<ClientStatistics>
        let labels = Dictionary(
            zip(clients.map(\.id), ClientLabel.labels(of: clients)), uniquingKeysWith: { first, _ in first })
        let own = model.broker.connection.ownID
        return DetailText.table(
            "CONNECTION", clients,
            [
                Column(title: "STATE", width: 17, isNumber: false) { Span(StateText.word($0.state), .state($0.state)) },
                Column(title: "FLIGHT", width: 8) { Span(NarrowFigure.count($0[.inFlightMessages]), .strong) },
                Column(title: "WINDOW", width: 8) { Span(NarrowFigure.count($0[.window])) },
                Column(title: "OUT/s", width: 7) { Span(NarrowFigure.count($0[.deliverRate])) },
                Column(title: "COMMITS/s", width: 11) { Span(NarrowFigure.count($0[.commitRate])) },
                Column(title: "LAST COMMIT", width: 13) { Span(DetailText.age($0[.lastCommitAge], none: "never")) },
                Column(title: "ADDRESS", width: 24, isNumber: false) { Span($0.address, .quiet) },
            ], width: columns
        ) { Span((labels[$0.id] ?? "#\($0.id)") + ($0.id == own ? " (you)" : ""), $0.id == own ? .own : .text) }
    }
}
