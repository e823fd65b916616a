import ZaichikProtocol

@testable import ZaichikTUI

/// Models that look like a broker at work.
enum Samples {
    static let now: Moment = 1_700_000_000_000_000

    static func client(
        _ id: UInt64, _ name: String, _ state: ClientState, lag: UInt64 = 0, in published: UInt64 = 0,
        out delivered: UInt64 = 0, flight: UInt64 = 0, window: UInt64 = 256, subscriptions: UInt64 = 1,
        lost: UInt64 = 0
    ) -> ClientStatistics {
        var row = ClientStatistics()
        row.id = id
        row.name = name
        row.program = "sample"
        row.version = "1.0"
        row.host = "node-1"
        row.pid = "4242"
        row.address = "127.0.0.1:5\(id)"
        row.state = state
        row[.lagMessages] = lag
        row[.gapMessages] = lost
        row[.lostRate] = state == .losing ? 480 : 0
        row[.severity] = state == .losing ? (1 << 52) + 480 : lag
        row[.lagBytes] = lag * 120
        row[.oldestAge] = lag * 20_000
        row[.pendingMessages] = lag - flight
        row[.inFlightMessages] = flight
        row[.window] = window
        row[.publishRate] = published
        row[.deliverRate] = delivered
        row[.commitRate] = delivered
        row[.subscriptions] = subscriptions
        row[.topics] = subscriptions * 2
        row[.connectedAt] = now - 3_600 * Moment.second
        row[.lastCommitAge] = 2 * Moment.second
        return row
    }

    static func topic(_ id: UInt32, _ name: String, rate: UInt64, kept: UInt64, subscribers: UInt64) -> TopicStatistics
    {
        var row = TopicStatistics()
        row.id = id
        row.name = name
        row[.publishRate] = rate
        row[.retainedMessages] = kept
        row[.retainedBytes] = kept * 120
        row[.subscribers] = subscribers
        row[.heldBytes] = kept * 12
        row[.lastPublishAge] = 400_000
        row[.headSequence] = kept
        return row
    }

    static var statistics: StatisticsUpdate {
        var broker = BrokerStatistics()
        broker[.startedAt] = now - 11_520 * Moment.second
        broker[.connections] = 7
        broker[.topics] = 4
        broker[.publishRate] = 1234
        broker[.deliverRate] = 1187
        broker[.lagMessages] = 18_412
        broker[.retainedBytes] = 12 << 20
        let clients = [
            client(2, "alice", .fallingBehind, lag: 12_841, out: 120, flight: 8, window: 8, subscriptions: 3),
            client(3, "bob", .draining, lag: 5_112, in: 90, out: 260, flight: 16, window: 16),
            client(4, "carol", .commitsStopped, lag: 412, flight: 1, window: 1),
            client(5, "почтальон", .keepingUp, lag: 3, out: 55),
            client(6, "東京-client-with-a-very-long-name-indeed", .paused, lag: 40, window: 0),
            client(1, "zaichik-tui", .keepingUp, out: 55, subscriptions: 2),
            client(7, "shop", .publishing, in: 1144, subscriptions: 0),
        ]
        let topics = [
            topic(1, "chat.東京", rate: 1, kept: 88, subscribers: 3),
            topic(2, "metrics.cpu", rate: 812, kept: 40_211, subscribers: 2),
            topic(3, "orders.eu", rate: 310, kept: 12_950, subscribers: 4),
            topic(4, "письма.входящие", rate: 0, kept: 7, subscribers: 1),
        ]
        return StatisticsUpdate(
            time: now, broker: broker, clients: RowPage(rows: clients, matching: 7),
            topics: RowPage(rows: topics, matching: 4))
    }

    static let welcome = Welcome(
        connectionID: 1, maximumFrame: 1 << 20, window: 256, brokerName: "broker", version: "0.1.0")

    static func message(
        _ number: UInt64, _ topic: String, _ payload: String, key: String? = nil, connection: UInt64 = 1
    ) -> LinkArrival {
        .message(
            ReceivedMessage(
                topic: topic, sequence: 100 + number, timestamp: now + number * 137_000,
                key: key.map { Array($0.utf8) },
                payload: Array(payload.utf8), length: payload.utf8.count, number: number, connection: connection))
    }

    static let arrivals: [LinkArrival] = [
        message(1, "orders.eu", #"{ "id": 17, "sum": 4 }"#, key: "k17"),
        message(2, "metrics.cpu", "load=0.31 host=node-3"),
        .gap(topic: "metrics.cpu", first: 40, last: 1239, reason: .limit),
        message(3, "письма.входящие", "Письмо №4: спасибо! 👍"),
        message(4, "chat.東京", "こんにちは 🐇", key: "太郎"),
        message(5, "orders.eu", "evil \u{1B}[2J\u{202E} bytes\r\n"),
        message(
            6, "orders.eu", #"{"id":18,"text":"a text that is long enough to be cut at the right edge of any pane"}"#),
    ]

    /// Connected, subscribed, with figures, messages and an earlier publish.
    static func model(_ size: Size, at time: Moment = now) -> Model {
        var model = Model(size: size, address: "127.0.0.1:8889")
        let events: [LinkEvent] = [
            .connected(welcome), .roundTrip(.microseconds(410)),
            .subscribed(Subscription(pattern: try! TopicPattern("orders.>"), start: .new)),
            .subscribed(Subscription(pattern: try! TopicPattern("chat.東京"), start: .earliest)),
        ]
        for event in events { _ = update(&model, .link(event), now: time) }
        for step in 0..<40 {
            var figures = Self.statistics
            figures.time = time - UInt64(40 - step) * 500_000
            for index in figures.clients!.rows.indices {
                let lag = figures.clients!.rows[index][.lagMessages]
                figures.clients!.rows[index][.lagMessages] =
                    index == 1 ? lag + UInt64(40 - step) * 90 : lag * UInt64(step) / 40
            }
            _ = update(&model, .link(.statistics(figures)), now: time)
        }
        _ = update(&model, .link(.statistics(Self.statistics)), now: time)
        _ = update(&model, .link(.arrived(arrivals)), now: time)
        _ = update(
            &model,
            .link(
                .published(
                    PublishResult(
                        topic: "orders.eu", key: "", length: 3, outcome: .accepted(sequence: 107, queues: 4), time: now)
                )),
            now: time)
        model.notice = nil
        return model
    }

    /// A topic that drops messages, since two of its readers are slow.
    static var topicDetail: TopicDetail {
        var row = topic(2, "metrics.cpu", rate: 812, kept: 40_211, subscribers: 2)
        row.settings.limit = 1 << 20
        row.settings.retention = 3_600_000
        row[.heldBytes] = 1 << 20
        row[.droppedMessages] = 18_211
        row[.dropRate] = 480
        row[.publishedMessages] = 99_000
        var slow = TopicReader()
        (slow.id, slow.name, slow.state, slow.isHolding) = (2, "alice", .losing, true)
        slow[.lagMessages] = 12_841
        slow[.lagBytes] = 1 << 20
        slow[.oldestAge] = 200 * Moment.second
        slow[.gapMessages] = 18_211
        slow[.lostRate] = 480
        var quick = TopicReader()
        (quick.id, quick.name, quick.state) = (5, "почтальон", .keepingUp)
        var publisher = TopicPublisher()
        (publisher.id, publisher.name) = (7, "shop")
        publisher[.publishedMessages] = 99_000
        publisher[.lastPublishAge] = 1200
        return TopicDetail(
            topic: row, readers: RowPage(rows: [slow, quick], matching: 2),
            publishers: RowPage(rows: [publisher], matching: 1))
    }
}
