import ZaichikProtocol
import ZaichikWords

/// One topic in detail: what it is set to, what it holds, and for whom.
enum TopicText {
    static func lines(_ inspection: TopicInspection, _ model: Model, columns: Int) -> [[Span]] {
        let topic = inspection.row
        var lines: [[Span]] = []
        if let problem = inspection.problem {
            lines += TextWidth.words(problem, columns: columns).map { [Span($0, .bad)] } + [[]]
        }
        let head = { (columns: Int) in
            lines + verdict(inspection, columns: columns)
                + TopicSafety.lines(inspection, columns: columns) + [subscription(inspection.name, model), []]
                + chart(inspection.facts, columns: columns) + figures(topic, columns: columns) + [[]]
                + settings(topic, columns: columns)
        }
        let places = { (columns: Int) in
            inspection.detail.map {
                readers($0.readers, columns: columns) + [[]] + publishers($0.publishers, columns: columns)
            } ?? []
        }
        return DetailText.columns(columns, [{ head($0) + [[]] }, places])
    }

    /// The last ten minutes of the topic as the broker noted them.
    private static func chart(_ facts: DrawerFacts, columns: Int) -> [[Span]] {
        guard let history = facts.history, history.time > 0 else { return [] }
        let published = HistoryChart.lines(.publishRate, "IN/s", of: history, columns: columns)
        let strips = [(HistoryFigure.deliverRate, "out/s"), (.retainedMessages, "kept")].compactMap {
            HistoryChart.strip($0.0, $0.1, of: history, columns: columns)
        }
        return published + strips + (published.isEmpty && strips.isEmpty ? [] : [[]])
    }

    /// How many readers and publishers are asked for.
    static let mostRows: UInt32 = 200

    private static func readers(_ page: RowPage<TopicReader>, columns: Int) -> [[Span]] {
        guard !page.rows.isEmpty else { return [] }
        typealias Column = DetailText.Column<TopicReader>
        let names = labels(page.rows.map { ($0.name, $0.id) })
        return DetailText.table(
            "READ BY", page.rows,
            [
                Column(title: "STATE", width: 17, isNumber: false) { Span(StateText.word($0.state), .state($0.state)) },
                Column(title: "LAG", width: 7) { Span(NarrowFigure.count($0[.lagMessages]), .strong) },
                Column(title: "LOST", width: 7) {
                    Span(NarrowFigure.count($0[.gapMessages]), $0[.lostRate] > 0 ? .losing : .text)
                },
                Column(title: "OLDEST", width: 8) { Span(DetailText.age($0[.oldestAge])) },
                Column(title: "HOLDS", width: 7) {
                    Span(NarrowFigure.bytes($0[.lagBytes]), $0.isHolding ? .warning : .text)
                },
                Column(title: "FLIGHT", width: 8) { Span(NarrowFigure.count($0[.inFlightMessages])) },
            ], width: columns
        ) { Span(names[$0.id] ?? "", .text) } + more(page)
    }

    private static func publishers(_ page: RowPage<TopicPublisher>, columns: Int) -> [[Span]] {
        guard !page.rows.isEmpty else { return [] }
        typealias Column = DetailText.Column<TopicPublisher>
        let names = labels(page.rows.map { ($0.name, $0.id) })
        return DetailText.table(
            "PUBLISHED BY", page.rows,
            [
                Column(title: "MESSAGES", width: 10) { Span(NarrowFigure.count($0[.publishedMessages])) },
                Column(title: "LAST", width: 8) { Span(DetailText.age($0[.lastPublishAge])) },
            ], width: columns
        ) { Span(names[$0.id] ?? "", .text) } + more(page)
    }

    private static func more<Row>(_ page: RowPage<Row>) -> [[Span]] {
        page.matching > page.rows.count ? [[Span("and \(page.matching - page.rows.count) more", .quiet)]] : []
    }

    /// Names by ids, with the id where a name occurs more than once.
    private static func labels(_ clients: [(name: String, id: UInt64)]) -> [UInt64: String] {
        let count = Dictionary(grouping: clients, by: \.name).mapValues(\.count)
        return clients.reduce(into: [:]) { labels, client in
            labels[client.id] =
                client.name.isEmpty
                ? "#\(client.id)" : count[client.name, default: 0] > 1 ? "\(client.name)#\(client.id)" : client.name
        }
    }

    private static func verdict(_ inspection: TopicInspection, columns: Int) -> [[Span]] {
        guard let detail = inspection.detail else {
            return inspection.problem == nil ? [[Span("asking the broker…", .quiet)]] : []
        }
        return TopicVerdict.sentences(detail).flatMap { sentence in
            TextWidth.words(sentence.text, columns: columns).map { [Span($0, sentence.isLoud ? .bad : .strong)] }
        }
    }

    private static func subscription(_ name: String, _ model: Model) -> [Span] {
        guard let own = model.subscriptions(matching: name).first else {
            return [Span("This program does not read it: ", .quiet), Span("t", .key), Span(" subscribes", .quiet)]
        }
        return own.pattern.string == name
            ? [Span("This program reads it: ", .quiet), Span("t", .key), Span(" unsubscribes", .quiet)]
            : [Span("This program reads it by the pattern '\(own.pattern)'", .quiet)]
    }

    private static func figures(_ topic: TopicStatistics, columns: Int) -> [[Span]] {
        let count = { (figure: TopicFigure) in NarrowFigure.count(topic[figure]) }
        // What most topics never have is shown of those that have it.
        let rare = [("delayed", TopicFigure.delayedMessages), ("outlived", .outlivedMessages)]
            .filter { topic[$0.1] > 0 }.map { ($0.0, count($0.1)) }
        return DetailText.grid(
            [
                [
                    ("in/s", count(.publishRate)), ("published", count(.publishedMessages)),
                    ("last", DetailText.age(topic[.lastPublishAge])), ("readers", count(.subscribers)),
                ],
                [
                    ("kept", count(.retainedMessages)), ("bytes", NarrowFigure.bytes(topic[.retainedBytes])),
                    ("held", NarrowFigure.bytes(topic[.heldBytes])), ("dropped", count(.droppedMessages)),
                ],
                [
                    ("expired", count(.expiredMessages)), ("refused", count(.rejectedMessages)),
                    ("duplicates", count(.duplicateMessages)),
                ],
                rare,
                [("earliest", "#\(topic[.earliestSequence])"), ("newest", "#\(topic[.headSequence])")],
            ].filter { !$0.isEmpty }, columns: columns)
    }

    private static func settings(_ topic: TopicStatistics, columns: Int) -> [[Span]] {
        let settings = topic.settings
        let rows: [[TopicSettings.Tag]] = [
            [.retention, .limit, .overflow], [.historyBytes, .historyCount],
            [.deduplicationWindow, .deduplicationScope],
        ]
        let keys =
            settings.deduplicationWindow == 0
            ? [] : [Span("  D", .key), Span(" shows the keys that it remembers", .quiet)]
        return [[Span("SETTINGS", .columnTitle), Span("  E", .key), Span(" changes them", .quiet)] + keys]
            + DetailText.grid(rows.map { $0.map { ($0.name, settings.text($0)) } }, columns: columns, cell: 26)
    }
}
