import ZaichikProtocol
import ZaichikWords

/// The lines of the Broker pane besides its charts.
enum BrokerText {
    // MARK: What goes wrong

    /// What it drops and refuses now, the worst first, with the reason.
    static func troubles(_ model: Model, _ broker: BrokerStatistics, columns: Int) -> [[Span]] {
        let dropping = model.topics.rows.filter { $0[.dropRate] > 0 }.sorted { $0[.dropRate] > $1[.dropRate] }
        let rejecting = model.topics.rows.filter { $0[.rejectRate] > 0 }.sorted { $0[.rejectRate] > $1[.rejectRate] }
        var lines = BrokerTrouble.all(broker).flatMap { trouble -> [[Span]] in
            let sentence = trouble.sentence(
                broker, dropping: Array(dropping.prefix(3)), rejecting: Array(rejecting.prefix(3)))
            let isLoss = trouble == .dropping || trouble == .losing
            return labelled(isLoss ? " LOSS " : " TROUBLE ", isLoss ? .losing : .bad, sentence, columns: columns)
        }
        if broker[.blockedClients] > 0 {
            let count = broker[.blockedClients]
            let text =
                "the publishes of \(count) \(count == 1 ? "client wait" : "clients wait") for room in a full topic"
            lines += labelled(" BLOCKED ", .bad, text, columns: columns)
        }
        if broker[.drainTime] > 0 {
            let age = FigureText.age(microseconds: broker[.drainTime])
            lines += labelled(
                " DRAINING ", .bad, "publishes are refused for \(age), while queues run empty", columns: columns)
        }
        if lines.isEmpty { lines = [[Span(" fine ", .good), Span(" it drops nothing and refuses nothing")]] }
        return lines + [[]]
    }

    private static func labelled(_ label: String, _ role: Role, _ text: String, columns: Int) -> [[Span]] {
        let width = label.utf8.count
        return TextWidth.words(SafeText.escaped(text), columns: max(columns - width - 1, 12)).enumerated().map {
            index, part in
            index == 0
                ? [Span(label, role), Span(" " + part, .strong)]
                : [Span(String(repeating: " ", count: width + 1)), Span(part, .strong)]
        }
    }

    /// What is kept of an instant.
    static func then(_ broker: BrokerStatistics, columns: Int) -> [[Span]] {
        DetailText.grid(
            [
                [
                    ("in/s", NarrowFigure.count(broker[.publishRate])),
                    ("out/s", NarrowFigure.count(broker[.deliverRate])),
                    ("commits/s", NarrowFigure.count(broker[.commitRate])),
                    ("lag", NarrowFigure.count(broker[.lagMessages])),
                    ("connections", NarrowFigure.count(broker[.connections])),
                ]
            ], columns: columns) + [[]]
    }

    // MARK: How full it is

    private struct Limit {
        var name: String
        var used: UInt64
        var limit: UInt64
        var isBytes = false
        /// What happens at the limit.
        var consequence: String
    }

    static func limits(_ broker: BrokerStatistics, columns: Int) -> [[Span]] {
        let limits = [
            Limit(
                name: "memory", used: broker[.retainedBytes], limit: broker[.memoryLimit], isBytes: true,
                consequence: "topics drop their oldest, or refuse"),
            Limit(
                name: "clients", used: broker[.connections], limit: broker[.connectionLimit],
                consequence: "connections are turned away"),
            Limit(name: "topics", used: broker[.topics], limit: broker[.topicLimit], consequence: "none is created"),
            Limit(
                name: "sessions", used: broker[.sessions], limit: broker[.sessionLimit], consequence: "none is created"),
        ]
        return [[Span("LIMIT", .columnTitle)]] + limits.filter { $0.limit > 0 }.map { line($0, columns: columns) }
    }

    private static func line(_ limit: Limit, columns: Int) -> [Span] {
        let share = Percent.of(limit.used, limit.limit)
        let role: Role = share >= 95 ? .bad : share >= 80 ? .warning : .text
        let figure = { (value: UInt64) in limit.isBytes ? FigureText.bytes(value) : NarrowFigure.count(value) }
        let width = columns >= 100 ? 40 : columns >= 60 ? 20 : 10
        let full = min(width, (share * width + 99) / 100)
        var spans = [
            Span(TextWidth.padded(limit.name, to: 9), .quiet),
            Span(String(repeating: "█", count: full), role == .text ? .sparkline : role),
            Span(String(repeating: "░", count: width - full), .quiet),
            Span(TextWidth.padded("\(share) %", to: 6, isNumber: true), role),
            Span("  \(figure(limit.used)) of \(figure(limit.limit))"),
        ]
        if columns >= 80 { spans.append(Span("; when full, \(limit.consequence)", .quiet)) }
        return spans
    }

    // MARK: Since it started

    static func totals(_ broker: BrokerStatistics, columns: Int) -> [[Span]] {
        let count = { (figure: BrokerFigure) in NarrowFigure.count(broker[figure]) }
        return [[Span("SINCE IT STARTED", .columnTitle)]]
            + DetailText.grid(
                [
                    [
                        ("published", count(.publishedMessages)), ("delivered", count(.deliveredMessages)),
                        ("committed", count(.committedMessages)), ("redelivered", count(.redeliveredMessages)),
                    ],
                    [
                        ("lost", count(.gapMessages)), ("dropped", count(.droppedMessages)),
                        ("refused", count(.rejectedMessages)), ("duplicates", count(.duplicateMessages)),
                    ],
                    [
                        ("parked now", count(.parkedMessages)), ("absent now", count(.absentSessions)),
                        ("blocked now", count(.blockedClients)), ("producers", count(.producers)),
                    ],
                    [
                        ("connections", count(.connectionsOpened)), ("turned away", count(.connectionsRefused)),
                        ("requests refused", count(.requestsRefused)), ("broken", count(.protocolErrors)),
                    ],
                    [
                        ("in, 1 min", count(.publishRate60) + "/s"), ("out, 1 min", count(.deliverRate60) + "/s"),
                        ("commits, 1 min", count(.commitRate60) + "/s"), ("loops", count(.loops)),
                    ],
                ], columns: columns, cell: 24)
    }
}
