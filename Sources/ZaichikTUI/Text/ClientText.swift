import ZaichikProtocol
import ZaichikWords

/// One client in detail: why it is behind, and in which topics.
enum ClientText {
    static func lines(_ inspection: ClientInspection, _ model: Model, columns: Int, now: Moment) -> [[Span]] {
        guard let detail = inspection.detail else {
            if let problem = inspection.problem {
                return TextWidth.words(problem, columns: columns).map { [Span($0, .bad)] }
            }
            return [[Span("asking the broker…", .quiet)]]
        }
        let problem = inspection.problem.map { problem in
            TextWidth.words("gone: \(problem)", columns: columns).map { [Span($0, .bad)] } + [[]]
        }
        let head = { (columns: Int) in (problem ?? []) + verdict(detail, columns: columns, now: now) }
        let queue = { (columns: Int) in
            chart(
                inspection.facts, model.lagHistories[inspection.id], lag: detail.client[.lagMessages], columns: columns)
                + figures(detail.client, columns: columns) + [[]] + QueueText.times(detail.client, columns: columns)
        }
        let places = { (columns: Int) in
            topics(detail.topics, model, columns: columns) + [[]]
                + QueueText.shares(inspection.facts.shares, columns: columns)
                + QueueText.inFlight(inspection.facts, model, columns: columns)
                + origin(detail.client, detail, model, now: now)
        }
        return DetailText.columns(columns, [{ head($0) + queue($0) }, places])
    }

    /// The state, why it is so, what follows, and what would help.
    private static func verdict(_ detail: ClientDetail, columns: Int, now: Moment) -> [[Span]] {
        let client = detail.client
        var lines: [[Span]] = [[Span(StateText.word(client.state), .state(client.state))]]
        if let absence = AbsenceText.line(since: client[.absentSince], until: client[.expiresAt], now: now) {
            lines.append([Span(absence)])
        }
        lines += TextWidth.words(ClientVerdict.sentence(detail), columns: columns).map { [Span($0, .strong)] }
        lines += QueueText.forecast(detail, columns: columns)
        let remedies = RemedyText.lines(Remedy.list(detail), columns: columns)
        return lines + [[]] + remedies + (remedies.isEmpty ? [] : [[]])
    }

    /// The last ten minutes of the queue as the broker noted them; until those are here, what this program has seen.
    static func chart(_ facts: DrawerFacts, _ seen: LagHistory?, lag: UInt64, columns: Int) -> [[Span]] {
        guard let history = facts.history, history.time > 0 else { return chart(seen?.samples ?? [], columns: columns) }
        let chart = HistoryChart.lines(.lagMessages, "LAG", of: history, present: lag, columns: columns)
        let strips = [(HistoryFigure.deliverRate, "out/s"), (.commitRate, "commits/s")].compactMap {
            HistoryChart.strip($0.0, $0.1, of: history, columns: columns)
        }
        return chart + strips + (chart.isEmpty && strips.isEmpty ? [] : [[]])
    }

    private static func chart(_ samples: [UInt64], columns: Int) -> [[Span]] {
        guard samples.contains(where: { $0 > 0 }) else { return [] }
        let width = min(columns - 8, LagHistory.capacity)
        guard width > 0 else { return [] }
        let scale = [NarrowFigure.count(samples.suffix(width).max() ?? 0), "", "", "0"]
        let rows = Sparkline.chart(samples, columns: width, rows: 4)
        return zip(scale, rows).map { label, row in
            [Span(String(repeating: " ", count: max(0, 6 - label.count)) + label + " ", .quiet), Span(row, .sparkline)]
        } + [[]]
    }

    static func figures(_ client: ClientStatistics, columns: Int) -> [[Span]] {
        let count = { (figure: ClientFigure) in NarrowFigure.count(client[figure]) }
        return DetailText.grid(
            [
                [
                    ("lag", count(.lagMessages)), ("bytes", NarrowFigure.bytes(client[.lagBytes])),
                    ("oldest", DetailText.age(client[.oldestAge])),
                    ("last commit", DetailText.age(client[.lastCommitAge], none: "never")),
                ],
                [
                    ("pending", count(.pendingMessages)), ("in flight", count(.inFlightMessages)),
                    ("window", count(.window)), ("unsent", NarrowFigure.bytes(client[.unsentBytes])),
                ],
                [
                    ("in/s", count(.publishRate)), ("out/s", count(.deliverRate)), ("commits/s", count(.commitRate)),
                    (
                        "round trip",
                        client[.roundTrip] == 0 ? "-" : FigureText.duration(microseconds: client[.roundTrip])
                    ),
                ],
                [
                    ("published", count(.publishedMessages)), ("delivered", count(.deliveredMessages)),
                    ("committed", count(.committedMessages)), ("lost", count(.gapMessages)),
                ],
            ] + again(client), columns: columns)
    }

    /// What was delivered before and is to come again, if there was any.
    private static func again(_ client: ClientStatistics) -> [[(label: String, value: String)]] {
        let figures: [(String, ClientFigure)] = [
            ("returned", .returnedMessages), ("parked", .parkedMessages), ("redelivered", .redeliveredMessages),
        ]
        guard !client.session.isEmpty || figures.contains(where: { client[$1] > 0 }) else { return [] }
        return [figures.map { ($0, NarrowFigure.count(client[$1])) }]
    }

    /// What a client runs, and where.
    static func program(_ client: ClientStatistics) -> String {
        var program = client.program.isEmpty ? "unknown" : client.program
        if !client.version.isEmpty { program += " \(client.version)" }
        if !client.pid.isEmpty { program += ", process \(client.pid)" }
        if !client.host.isEmpty { program += " on \(client.host)" }
        return program
    }

    private static func origin(
        _ client: ClientStatistics, _ detail: ClientDetail, _ model: Model, now: Moment
    ) -> [[Span]] {
        let since = now == 0 ? "" : ", connected \(FigureText.age(microseconds: now.since(client[.connectedAt]))) ago"
        let list = detail.subscriptions.isEmpty ? "nothing" : detail.subscriptions.joined(separator: ", ")
        let session: [[Span]] =
            client.session.isEmpty ? [] : [[Span("session     ", .quiet), Span(client.session)]]
        return [[Span("client      ", .quiet), Span("#\(client.id) \(client.name)")]] + session + [
            [Span("program     ", .quiet), Span(program(client))],
            [Span("connection  ", .quiet), Span("\(client.address), \(client.dialect)\(since)")],
            [Span("subscribes  ", .quiet), Span(list)],
        ]
    }

    static func topics(_ topics: [ClientTopicStatistics], _ model: Model, columns: Int) -> [[Span]] {
        guard !topics.isEmpty else { return [[Span("Its queue reads no topic.", .quiet)]] }
        typealias Column = DetailText.Column<ClientTopicStatistics>
        let count = { (title: String, width: Int, figure: ClientTopicFigure) in
            Column(title: title, width: width) { Span(NarrowFigure.count($0[figure])) }
        }
        let sorted = topics.sorted { ($0[.lagMessages], $1.topic) > ($1[.lagMessages], $0.topic) }
        return DetailText.table(
            "TOPIC", sorted,
            [
                count("LAG", 7, .lagMessages),
                Column(title: "LOST", width: 7) {
                    Span(
                        NarrowFigure.count($0[.gapMessages]),
                        $0[.lostRate] > 0 ? .losing : $0[.gapMessages] > 0 ? .warning : .text)
                },
                Column(title: "BYTES", width: 7) { Span(NarrowFigure.bytes($0[.lagBytes])) },
                Column(title: "OLDEST", width: 8) { Span(DetailText.age($0[.oldestAge])) },
                count("PENDING", 9, .pendingMessages), count("FLIGHT", 8, .inFlightMessages),
            ] + again(topics, count) + [
                Column(title: "COMMITTED", width: 11) { Span(String($0[.committedSequence])) },
                Column(title: "HEAD", width: 10) { Span(String($0[.headSequence])) },
            ], width: columns
        ) { Span($0.topic, .topic(model.topicColors[$0.topic])) }
    }

    /// The columns for what was delivered before, if there is any.
    private static func again(
        _ topics: [ClientTopicStatistics],
        _ column: (String, Int, ClientTopicFigure) -> DetailText.Column<ClientTopicStatistics>
    ) -> [DetailText.Column<ClientTopicStatistics>] {
        let columns: [(String, Int, ClientTopicFigure)] = [
            ("RETURNED", 10, .returnedMessages), ("PARKED", 8, .parkedMessages),
        ]
        return columns.filter { column in topics.contains { $0[column.2] > 0 } }.map { column($0.0, $0.1, $0.2) }
    }
}
