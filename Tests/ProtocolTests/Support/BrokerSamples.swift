import NIOCore
import ZaichikProtocol

extension Samples {
    /// Every frame that the broker sends, with values of every kind.
    static let brokerFrames: [BrokerFrame] =
        greetings + answers
        + messages(timestamps: [1, .max], flags: [[], .headers]).map(BrokerFrame.deliver)
        + notices + pages + brokerQueues + observations

    private static let greetings: [BrokerFrame] = texts.flatMap { text -> [BrokerFrame] in
        [
            .welcome(
                Welcome(connectionID: .max, maximumFrame: .max, window: .max, brokerName: text, version: text)),
            .welcome(
                Welcome(
                    connectionID: 1, maximumFrame: 1, window: 1, brokerName: text, version: text, incarnation: .max,
                    capabilities: ["a", "b-c"])),
            .topic(request: 1, id: 1, name: text, incarnation: 0),
            .goodbye(code: .max, reason: text), .error(code: 0, request: 0, message: text),
            .reject(code: .max, publish: .max, message: text), .topic(request: 0, id: .max, name: text),
        ]
    }

    private static let answers: [BrokerFrame] =
        largest.flatMap { [.ping($0), .ping($0, atOnce: true), .pong($0), .pong($0, atOnce: true), .confirm($0)] }
        + [
            .ok(request: 1, detail: ByteBuffer()),
            .ok(request: .max, detail: TopicCreated(id: .max, outcome: .changed).detail),
            .ok(request: 1, detail: WatchGranted(interval: .max).detail),
        ]

    private static let notices: [BrokerFrame] =
        PublishOutcome.allCases.map { .receipt($0, publish: .max, topicID: 1, sequence: .max, queues: .max) }
        + GapReason.allCases.map { .gap($0, topicID: .max, first: 1, last: .max) }
        + [.blocked(true, topicID: .max, waiting: .max), .blocked(false, topicID: 1, waiting: 0)]

    private static let pages: [BrokerFrame] =
        [true, false].flatMap { isLast -> [BrokerFrame] in
            [
                .topics(request: 1, page: RowPage(rows: [], matching: 0), isLast: isLast),
                .topics(request: .max, page: topicPage, isLast: isLast),
                .clients(request: 1, page: RowPage(rows: [], matching: Int(UInt32.max)), isLast: isLast),
                .clients(request: .max, page: clientPage, isLast: isLast),
                .client(request: 1, ClientDetail(client: client(""), subscriptions: [], topics: []), isLast: isLast),
                .client(request: .max, detail, isLast: isLast),
            ]
        } + [
            .topicDetail(request: .max, topicDetail),
            .statistics(watch: 1, StatisticsUpdate(time: .max, broker: figures())),
            .statistics(watch: 1, StatisticsUpdate(time: 0, broker: figures(), clients: clientPage)),
            .statistics(watch: 1, StatisticsUpdate(time: 0, broker: figures(), topics: topicPage)),
            .statistics(
                watch: .max, StatisticsUpdate(time: 0, broker: figures(), clients: clientPage, topics: topicPage)),
        ]

    /// Figures of which no two are equal, so that none can take another's place unseen.
    static func figures<F: Figure>() -> FigureRow<F> {
        var row = FigureRow<F>()
        for figure in F.allCases { row[figure] = .max - UInt64(figure.rawValue) }
        return row
    }

    static func client(_ text: String) -> ClientStatistics {
        var client = ClientStatistics()
        client.id = .max
        client.name = text
        client.program = text
        client.version = text
        client.host = text
        client.pid = text
        client.address = text
        client.dialect = .classic
        client.state = .notReading
        client.figures = figures()
        return client
    }

    static func topic(_ name: String) -> TopicStatistics {
        var topic = TopicStatistics()
        topic.id = .max
        topic.name = name
        topic.settings.overflow = .block
        topic.settings.deduplicationScope = .topic
        topic.settings.retention = .max
        topic.figures = figures()
        return topic
    }

    static let topicPage = RowPage(rows: ["Зайцы", texts[5]].map(topic), matching: 1_000_000)
    static let clientPage = RowPage(rows: ["🐇", texts[5]].map(client), matching: 2)

    static var topicDetail: TopicDetail {
        var reader = TopicReader(figures: figures())
        reader.id = .max
        reader.name = "🐇"
        reader.state = .losing
        reader.isHolding = true
        var publisher = TopicPublisher(figures: figures())
        publisher.id = 1
        publisher.name = texts[5]
        return TopicDetail(
            topic: topic("Зайцы"), readers: RowPage(rows: [reader, TopicReader()], matching: 1_000_000),
            publishers: RowPage(rows: [publisher], matching: 1))
    }

    static var detail: ClientDetail {
        var topic = ClientTopicStatistics()
        topic.topicID = .max
        topic.topic = "Зайцы"
        topic.figures = figures()
        return ClientDetail(client: client("🐇"), subscriptions: ["orders.>", texts[5]], topics: [topic, topic])
    }

    /// Every field.
    static var evidence: Evidence {
        var evidence = Evidence()
        for field in EvidenceField.allCases {
            if field.isText { evidence[text: field] = "Зайцы" } else { evidence[field] = .max - UInt64(field.rawValue) }
        }
        return evidence
    }
}
