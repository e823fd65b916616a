import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Lag, as others see it")
struct LagTests {
    private static let size: UInt64 = 128
    private static let payload = String(repeating: "m", count: Int(size) - MessageLayout.keyOffset)

    private static func expect(
        _ row: ClientStatistics, pending: UInt64, inFlight: UInt64, age: UInt64,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(row[.pendingMessages] == pending, sourceLocation: sourceLocation)
        #expect(row[.inFlightMessages] == inFlight, sourceLocation: sourceLocation)
        #expect(row[.lagMessages] == pending + inFlight, sourceLocation: sourceLocation)
        #expect(row[.lagBytes] == (pending + inFlight) * size, sourceLocation: sourceLocation)
        #expect(row[.oldestAge] == age * 1_000_000, sourceLocation: sourceLocation)
    }

    @Test("messages, frame bytes and age are exact after every commit")
    func exact() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client("reader", window: 4)
            try reader.subscribe("hello")
            Self.expect(try writer.clientRow(reader.id), pending: 0, inFlight: 0, age: 0)
            for _ in 0..<10 {
                try writer.publishConfirmed(topic, [Self.payload])
                broker.clock.advance(seconds: 1)
            }
            try reader.settle()
            Self.expect(try writer.clientRow(reader.id), pending: 6, inFlight: 4, age: 10)
            for (commit, pending, inFlight) in [(1, 5, 4), (4, 2, 4), (6, 0, 4), (7, 0, 3), (10, 0, 0)] {
                try reader.send(.commit(UInt64(commit)))
                try reader.settle()
                let age = UInt64(commit == 10 ? 0 : 10 - commit)
                Self.expect(
                    try writer.clientRow(reader.id), pending: UInt64(pending), inFlight: UInt64(inFlight), age: age)
            }
            let row = try writer.clientRow(reader.id)
            #expect(row[.deliveredMessages] == 10)
            #expect(row[.committedMessages] == 10)
            #expect(row[.deliveredBytes] == 10 * Self.size)
            #expect(row[.window] == 4)
            #expect(row[.subscriptions] == 1)
            #expect(row[.topics] == 1)
            broker.clock.advance(seconds: 3)
            #expect(try writer.clientRow(reader.id)[.lastCommitAge] == 3_000_000)
        }
    }

    @Test("the lag counts all topics, and INSPECT has it for each, with the client's position")
    func perTopic() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let first = try writer.topic("t.first")
            let second = try writer.topic("t.second")
            let reader = try broker.client("reader", window: 3)
            try reader.subscribe("t.*")
            try reader.subscribe("t.second")
            for topic in [first, second, first, second, second] {
                try writer.publishConfirmed(topic, [Self.payload])
                broker.clock.advance(seconds: 1)
            }
            try reader.settle()
            try reader.send(.commit(1))
            try reader.settle()
            // Delivered: first 1, second 1, first 2, second 2; the first of them is committed.
            Self.expect(try writer.clientRow(reader.id), pending: 1, inFlight: 3, age: 4)
            let detail = try writer.detail(reader.id).detail
            #expect(detail.subscriptions == ["t.*", "t.second"])
            #expect(detail.topics.map(\.topic).sorted() == ["t.first", "t.second"])
            let rows = Dictionary(uniqueKeysWithValues: detail.topics.map { ($0.topic, $0) })
            let one = try #require(rows["t.first"])
            #expect(one.topicID == first)
            #expect(one.figures.values.prefix(10) == [1, Self.size, 3_000_000, 0, 1, 3, 1, 2, 0, 0])
            let two = try #require(rows["t.second"])
            #expect(two.figures.values.prefix(10) == [3, 3 * Self.size, 4_000_000, 1, 2, 3, 0, 3, 0, 0])
        }
    }

    @Test("expired messages leave the lag at once, and become a gap")
    func expiry() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.retention: 5000]).id
            let reader = try broker.client("reader", window: 2)
            try reader.subscribe("hello")
            for _ in 0..<4 { try writer.publishConfirmed(topic, [Self.payload]) }
            broker.clock.advance(seconds: 4)
            for _ in 0..<3 { try writer.publishConfirmed(topic, [Self.payload]) }
            try reader.settle()
            #expect(try writer.clientRow(reader.id)[.lagMessages] == 7)
            broker.clock.advance(seconds: 2)
            let row = try writer.clientRow(reader.id)
            #expect(row[.inFlightMessages] == 2)
            #expect(row[.pendingMessages] == 3)
            try reader.send(.commit(2))
            _ = try reader.receive { $0.gap == BrokerFrame.Gap(reason: .expired, first: 3, last: 4) }
            try reader.settle()
            Self.expect(try writer.clientRow(reader.id), pending: 1, inFlight: 2, age: 2)
            #expect(try writer.clientRow(reader.id)[.gapMessages] == 2)
            #expect(try writer.detail(reader.id).detail.topics[0][.gapMessages] == 2)
        }
    }

    @Test("an unsubscribed topic leaves the lag, except for deliveries in flight")
    func unsubscribed() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client("reader", window: 2)
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, Array(repeating: Self.payload, count: 5))
            try reader.settle()
            try reader.unsubscribe("hello")
            Self.expect(try writer.clientRow(reader.id), pending: 0, inFlight: 2, age: 0)
            try reader.send(.commit(2))
            try reader.settle()
            Self.expect(try writer.clientRow(reader.id), pending: 0, inFlight: 0, age: 0)
        }
    }

    @Test("a topic's own figures: head, kept, held, subscribers, age of the newest")
    func topicRow() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, Array(repeating: Self.payload, count: 5))
            broker.clock.advance(seconds: 7)
            let row = try writer.topicRow("hello")
            #expect(row.id == topic)
            #expect(row.settings == TopicSettings())
            #expect(row[.headSequence] == 5)
            #expect(row[.earliestSequence] == 1)
            #expect(row[.retainedMessages] == 5)
            #expect(row[.retainedBytes] == 5 * Self.size)
            #expect(row[.heldBytes] == 5 * Self.size)
            #expect(row[.publishedMessages] == 5)
            #expect(row[.publishedBytes] == 5 * Self.size)
            #expect(row[.subscribers] == 1)
            #expect(row[.lastPublishAge] == 7_000_000)
            let own = try writer.clientRow(writer.id)
            #expect(own[.publishedMessages] == 5)
            #expect(own[.publishedBytes] == 5 * Self.size)
        }
    }
}
