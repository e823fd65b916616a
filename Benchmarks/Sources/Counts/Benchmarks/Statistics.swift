import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

// What those who watch cost: a row of figures for a client that is behind in each of its topics.
extension Benchmark {
    static let statistics =
        [1, 100].map(row) + [1, 100].map(lag) + [1, 100].map(topicRows) + [encodedRow]

    private static func row(_ topics: Int) -> Benchmark {
        client(topics, "row", unit: "row") { connection, now in
            precondition(connection.row(now: now)[.lagMessages] == 64 * UInt64(topics), "wrong lag")
        }
    }

    private static func lag(_ topics: Int) -> Benchmark {
        client(topics, "lag", unit: "topic", messages: topics) { connection, now in
            precondition(connection.reader.lag(now: now).messages == 64 * UInt64(topics), "wrong lag")
        }
    }

    private static func topicRows(_ topics: Int) -> Benchmark {
        client(topics, "topic-rows", unit: "row", messages: topics) { connection, now in
            precondition(connection.reader.topics(now: now).count == topics, "wrong topics")
        }
    }

    private static func client(
        _ topics: Int, _ name: String, unit: String, messages: Int = 1,
        _ step: @escaping @Sendable (Connection, UInt64) -> Void
    ) -> Benchmark {
        Benchmark(name: "statistics-\(name)-of-\(topics)", unit: unit, messages: messages) {
            let client = try clientBehind(topics)
            return { step(client.connection, 1_700_000_001_000_000) }
        }
    }

    private static let encodedRow = Benchmark(name: "statistics-encoded-row", unit: "row", messages: 1) {
        let client = try clientBehind(1)
        let page = RowPage(rows: [client.connection.row(now: 1_700_000_001_000_000)], matching: 1)
        var buffer = ByteBuffer()
        return {
            buffer.clear()
            BrokerFrame.clients(request: 1, page: page, isLast: true).write(to: &buffer)
        }
    }

    private static func clientBehind(_ topics: Int) throws -> EmbeddedClient {
        let broker = EmbeddedBroker()
        let all = try (0..<topics).map { try broker.topic("topic.\($0)") }
        let publisher = try broker.connect()
        let client = try broker.connect(window: 10)
        client.subscribe(all.map(\.name.string))
        for topic in all { publisher.send(Frames.publishes(64, topic: topic.id)) }
        return client
    }
}

extension Connection {
    /// The row of this client in lists.
    fileprivate func row(now: UInt64) -> ClientStatistics {
        snapshot(reader.tally(now: now)).statistics(now: now)
    }
}
