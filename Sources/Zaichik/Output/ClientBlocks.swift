import ZaichikProtocol
import ZaichikWords

/// One client as a person reads it: its name, why it is behind, and its figures in blocks.
struct ClientBlocks {
    var detail: ClientDetail
    /// Of its lag, in messages a second.
    var growth: Double

    private static let queue: [ClientFigure] = [
        .lagMessages, .lagBytes, .oldestAge, .pendingMessages, .inFlightMessages, .window, .windowBytes, .lastCommitAge,
        .unsentBytes, .gapMessages,
    ]
    private static let rates: [ClientFigure] = [.publishRate, .deliverRate, .commitRate]
    private static let topics: [ClientTopicFigure] = [
        .lagMessages, .oldestAge, .pendingMessages, .inFlightMessages, .lagBytes, .committedSequence, .headSequence,
        .nextSequence, .gapMessages,
    ]

    func lines(width: Int?) -> [String] {
        let client = detail.client
        let known = Self.queue + Self.rates
        var lines = ["\(SafeText.escaped(client.name))#\(client.id): \(client.state)"]
        lines.append(SafeText.escaped(ClientVerdict.sentence(detail, growth: growth)))
        lines += Self.block("QUEUE", figures(Self.queue), width)
        lines += Self.block("RATES", figures(Self.rates), width)
        if !detail.topics.isEmpty {
            var table = Table(head: ["topic"] + Self.topics.map(\.name))
            table.rows = detail.topics.map { topic in
                [.text(topic.topic)] + Self.topics.map { .figure(topic[$0], $0) }
            }
            lines += ["", "IN TOPICS"] + table.lines(aligned: true, width: width.map { $0 - 2 }).map { "  " + $0 }
        }
        lines += Self.block("SUBSCRIBED TO", detail.subscriptions.map { [.text($0)] }, width)
        lines += Self.block("SINCE IT CONNECTED", figures(ClientFigure.allCases.filter { !known.contains($0) }), width)
        let texts = [
            ("program", "\(client.program) \(client.version)"), ("pid", client.pid), ("host", client.host),
            ("address", client.address), ("dialect", client.dialect.description),
        ]
        return lines + Self.block("PROGRAM", texts.map { [.text($0), .text($1)] }, width)
    }

    private func figures(_ figures: [ClientFigure]) -> [[Table.Cell]] {
        figures.map { figure in
            [
                .text(Table.short(figure.name)), .figure(detail.client[figure], figure),
                .text(figure.summary),
            ]
        }
    }

    private static func block(_ title: String, _ rows: [[Table.Cell]], _ width: Int?) -> [String] {
        guard let first = rows.first else { return [] }
        var table = Table(head: first.map { _ in "" })
        table.rows = rows
        return ["", title] + table.lines(aligned: true, width: width.map { $0 - 2 }).dropFirst().map { "  " + $0 }
    }
}
