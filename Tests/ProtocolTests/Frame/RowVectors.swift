import NIOCore
import ZaichikProtocol

// Frames with rows, to be decoded: a broker sends all figures and settings, these have the first few, so that they stay
// as they are when figures are added.
extension NativeVectors {
    static let basicRows: [(title: String, frame: BrokerFrame, hex: String)] = [
        (
            "TOPICS to request 5, more pages follow: 1 of 12 rows, with 2 settings and 3 figures",
            .topics(request: 5, page: RowPage(rows: [hello], matching: 12), isLast: false),
            "48000000 b1 01 0000 05000000 0c000000 01000000 \(helloRow)"
        ),
        (
            "TOPICS to request 5, only the count",
            .topics(request: 5, page: RowPage(rows: [], matching: 12), isLast: true),
            "10000000 b1 00 0000 05000000 0c000000 00000000"
        ),
        (
            "CLIENTS to request 6, the last page: client 99, falling behind, with 2 figures",
            .clients(request: 6, page: RowPage(rows: [hare], matching: 1), isLast: true),
            "3f000000 b2 00 0000 06000000 01000000 01000000 \(hareRow)"
        ),
        (
            "CLIENT to request 7: client 99 with 2 subscriptions and 1 topic",
            .client(
                request: 7,
                ClientDetail(client: hare, subscriptions: ["orders.>", "hello"], topics: [hareInHello]),
                isLast: true),
            "6b000000 b3 00 0000 07000000 \(hareRow) 02000000 08 6f72646572732e3e 05 68656c6c6f 01000000 \(hareInHelloRow)"
        ),
        (
            "CLIENT to request 7: client 99 without topics, since 5 µs after 1970, stuck on message 42 of `hello`",
            .client(
                request: 7, ClientDetail(client: hare, subscriptions: [], topics: [], evidence: stuck), isLast: true),
            "5d000000 b3 00 0000 07000000 \(hareRow) 00000000 00000000 10 0800 0500000000000000 "
                + "16 0800 2a00000000000000 40 0500 68656c6c6f"
        ),
        (
            "STATISTICS of watch 8: 2 figures of the broker, 1 of 1 clients, 0 of 12 topics",
            .statistics(
                watch: 8,
                StatisticsUpdate(
                    time: 1_700_000_000_000_000, broker: twoFigures, clients: RowPage(rows: [hare], matching: 1),
                    topics: RowPage(rows: [], matching: 12))),
            "61000000 b4 00 0000 08000000 00401e18240a0600 03 02 00401e18240a0600 0100000000000000 "
                + "01000000 01000000 \(hareRow) 0c000000 00000000"
        ),
        (
            "the least STATISTICS, of watch 8: no figures, no clients, no topics",
            .statistics(watch: 8, StatisticsUpdate(time: 1_700_000_000_000_000, broker: FigureRow())),
            "12000000 b4 00 0000 08000000 00401e18240a0600 00 00"
        ),
    ]

    private static let helloRow =
        "3600 07000000 05 68656c6c6f 02 01 8813000000000000 05 0200000000000000 "
        + "03 2a00000000000000 0300000000000000 2800000000000000"
    private static let hareRow =
        "2d00 6300000000000000 02 04 04 68617265 04 64656d6f 00 00 01 37 03 3a3a31 02 e803000000000000 606d000000000000"
    private static let hareInHelloRow = "1b00 07000000 05 68656c6c6f 02 e803000000000000 606d000000000000"

    private static var stuck: Evidence {
        var evidence = Evidence()
        evidence[.since] = 5
        evidence[.sequence] = 42
        evidence[text: .topic] = "hello"
        return evidence
    }

    private static var hello: TopicStatistics {
        var topic = TopicStatistics()
        topic.id = 7
        topic.name = "hello"
        topic.settings.retention = 5000
        topic.settings.overflow = .block
        topic[.headSequence] = 42
        topic[.earliestSequence] = 3
        topic[.retainedMessages] = 40
        return topic
    }

    static var hare: ClientStatistics {
        var client = ClientStatistics()
        client.id = 99
        client.dialect = .native
        client.state = .fallingBehind
        client.name = "hare"
        client.program = "demo"
        client.pid = "7"
        client.address = "::1"
        client[.lagMessages] = 1000
        client[.lagBytes] = 28_000
        return client
    }

    static var hareInHello: ClientTopicStatistics {
        var topic = ClientTopicStatistics()
        topic.topicID = 7
        topic.topic = "hello"
        topic[.lagMessages] = 1000
        topic[.lagBytes] = 28_000
        return topic
    }

    private static var twoFigures: BrokerStatistics {
        var broker = BrokerStatistics()
        broker[.startedAt] = 1_700_000_000_000_000
        broker[.connections] = 1
        return broker
    }
}
