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
        var lines: [[Span]] = []
        if let problem = inspection.problem {
            lines += TextWidth.words("gone: \(problem)", columns: columns).map { [Span($0, .bad)] } + [[]]
        }
        let history = model.lagHistories[inspection.id]
        let verdict = ClientVerdict.sentence(detail, growth: history?.growth)
        let client = detail.client
        lines.append([Span(client.state.description, .state(client.state))])
        lines += TextWidth.words(verdict, columns: columns).map { [Span($0, .strong)] }
        lines.append([])
        lines += chart(history?.samples ?? [], columns: columns)
        lines += figures(client)
        lines.append([])
        lines += origin(client, detail, model, now: now)
        lines.append([])
        lines += topics(detail.topics, model, columns: columns)
        return lines
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

    private static func figures(_ client: ClientStatistics) -> [[Span]] {
        let count = { (figure: ClientFigure) in NarrowFigure.count(client[figure]) }
        let age = { (figure: ClientFigure) in client[figure] == 0 ? "-" : FigureText.age(microseconds: client[figure]) }
        return grid([
            [
                ("lag", count(.lagMessages)), ("bytes", NarrowFigure.bytes(client[.lagBytes])),
                ("oldest", age(.oldestAge)),
                (
                    "last commit",
                    client[.lastCommitAge] == 0 ? "never" : FigureText.age(microseconds: client[.lastCommitAge])
                ),
            ],
            [
                ("pending", count(.pendingMessages)), ("in flight", count(.inFlightMessages)),
                ("window", count(.window)), ("unsent", NarrowFigure.bytes(client[.unsentBytes])),
            ],
            [
                ("in/s", count(.publishRate)), ("out/s", count(.deliverRate)), ("commits/s", count(.commitRate)),
                ("round trip", client[.roundTrip] == 0 ? "-" : FigureText.duration(microseconds: client[.roundTrip])),
            ],
            [
                ("published", count(.publishedMessages)), ("delivered", count(.deliveredMessages)),
                ("committed", count(.committedMessages)), ("lost in gaps", count(.gapMessages)),
            ],
        ])
    }

    private static func grid(_ rows: [[(String, String)]]) -> [[Span]] {
        rows.map { row in
            row.flatMap { label, value in
                let gap = String(repeating: " ", count: max(1, 18 - label.count - TextWidth.columns(of: value) - 2))
                return [Span(label + " ", .quiet), Span(value), Span(gap)]
            }
        }
    }

    private static func origin(
        _ client: ClientStatistics, _ detail: ClientDetail, _ model: Model, now: Moment
    ) -> [[Span]] {
        var program = client.program.isEmpty ? "unknown" : client.program
        if !client.version.isEmpty { program += " \(client.version)" }
        if !client.pid.isEmpty { program += ", process \(client.pid)" }
        if !client.host.isEmpty { program += " on \(client.host)" }
        let since = now == 0 ? "" : ", connected \(FigureText.age(microseconds: now.since(client[.connectedAt]))) ago"
        let list = detail.subscriptions.isEmpty ? "nothing" : detail.subscriptions.joined(separator: ", ")
        return [
            [Span("client      ", .quiet), Span("#\(client.id) \(client.name)")],
            [Span("program     ", .quiet), Span(program)],
            [Span("connection  ", .quiet), Span("\(client.address), \(client.dialect)\(since)")],
            [Span("subscribes  ", .quiet), Span(list)],
        ]
    }

    private static func topics(_ topics: [ClientTopicStatistics], _ model: Model, columns: Int) -> [[Span]] {
        guard !topics.isEmpty else { return [[Span("Its queue reads no topic.", .quiet)]] }
        let titles: [(String, Int, (ClientTopicStatistics) -> String)] = [
            ("LAG", 7, { NarrowFigure.count($0[.lagMessages]) }),
            ("BYTES", 7, { NarrowFigure.bytes($0[.lagBytes]) }),
            ("OLDEST", 8, { $0[.oldestAge] == 0 ? "-" : FigureText.age(microseconds: $0[.oldestAge]) }),
            ("PENDING", 9, { NarrowFigure.count($0[.pendingMessages]) }),
            ("FLIGHT", 8, { NarrowFigure.count($0[.inFlightMessages]) }),
            ("COMMITTED", 11, { String($0[.committedSequence]) }),
            ("HEAD", 10, { String($0[.headSequence]) }),
            ("LOST", 7, { NarrowFigure.count($0[.gapMessages]) }),
        ]
        let nameWidth = min(32, max(12, columns - titles.reduce(0) { $0 + $1.1 }))
        let right = { (text: String, width: Int) in
            String(repeating: " ", count: max(1, width - TextWidth.columns(of: text))) + text
        }
        let fitting = titles.reduce(into: [(String, Int, (ClientTopicStatistics) -> String)]()) { chosen, title in
            if nameWidth + chosen.reduce(0, { $0 + $1.1 }) + title.1 <= columns { chosen.append(title) }
        }
        let header =
            "TOPIC" + String(repeating: " ", count: nameWidth - 5) + fitting.map { right($0.0, $0.1) }.joined()
        let sorted = topics.sorted { ($0[.lagMessages], $1.topic) > ($1[.lagMessages], $0.topic) }
        return [[Span(header, .columnTitle)]]
            + sorted.map { topic in
                let name = TextWidth.cut(topic.topic, to: nameWidth - 1)
                let padding = String(repeating: " ", count: nameWidth - TextWidth.columns(of: name))
                let figures = fitting.map { right($0.2(topic), $0.1) }.joined()
                return [Span(name + padding, .topic(model.topicColors[topic.topic])), Span(figures)]
            }
    }
}
