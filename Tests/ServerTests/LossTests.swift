import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Every message of a queue is pending, in flight, done or lost")
struct LossTests {
    @Test("a loss is known when it happens, even while another topic holds the queue up")
    func knownAtOnce() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let quiet = try writer.create("g.a").id
            let busy = try writer.create("g.b", [.limit: 64 << 10]).id
            let slow = try broker.client("slow", window: 2)
            try slow.subscribe("g.*")
            try writer.publishConfirmed(quiet, ["1", "2", "3"])
            let payload = String(repeating: "x", count: 1000)
            for _ in 0..<10 { try writer.publishConfirmed(busy, Array(repeating: payload, count: 100)) }
            let dropped = try writer.topicRow("g.b")[.droppedMessages]
            #expect(dropped > 900)
            let row = try writer.clientRow(slow.id)
            #expect(row[.gapMessages] == dropped)
            #expect(row[.lagMessages] + row[.gapMessages] == 1003)
            let topics = try writer.detail(slow.id).detail.topics
            #expect(topics.first { $0.topic == "g.b" }?[.gapMessages] == dropped)
            // Told when its turn comes, and counted once.
            try slow.send(.window(10_000))
            #expect(try slow.settle().compactMap(\.gap).map(\.last) == [dropped])
            #expect(try writer.clientRow(slow.id)[.gapMessages] == dropped)
        }
    }

    @Test("a message is lost to a paused queue at the moment at which it expires")
    func expired() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.retention: 3000]).id
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("hello")
            try writer.publishConfirmed(topic, ["1", "2"])
            broker.clock.advance(milliseconds: 3001)
            let row = try writer.clientRow(slow.id)
            #expect(row[.lagMessages] == 0)
            #expect(row[.gapMessages] == 2)
        }
    }

    @Test("a client whose queue loses messages is losing: how many a second, where and why")
    func losing() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let quiet = try writer.create("g.a").id
            let busy = try writer.create("g.b", [.limit: 64 << 10]).id
            let slow = try broker.client("slow", window: 1)
            try slow.subscribe("g.*")
            try writer.publishConfirmed(quiet, ["1"])
            try writer.publishConfirmed(busy, Array(repeating: String(repeating: "x", count: 1000), count: 1000))
            try eventually("the client to be losing") { try writer.clientRow(slow.id).state == .losing }
            let row = try writer.clientRow(slow.id)
            #expect((1...1000).contains(row[.lostRate]))
            #expect(row[.severity] == 1 << 52 + row[.lostRate])
            #expect(try writer.clients(ClientQuery(sort: .severity)).rows.first?.id == slow.id)
            let topics = try writer.detail(slow.id).detail.topics
            let losing = try #require(topics.first { $0.topic == "g.b" })
            #expect(losing[.lostRate] > 0)
            #expect(losing[.lossCause] == LossCause.limit.rawValue)
            #expect(losing[.limit] == 64 << 10)
            let other = try #require(topics.first { $0.topic == "g.a" })
            #expect(other[.lostRate] == 0 && other[.lossCause] == LossCause.none.rawValue)
            try eventually("the topic's rate") { try writer.topicRow("g.b")[.dropRate] > 0 }
            let figures = try writer.statistics()
            #expect(figures[.losingClients] == 1)
            #expect(figures[.lostRate] > 0)
            #expect(figures[.gapMessages] == row[.gapMessages], "a loss that was not told yet counts, too")
            #expect(try figures[.droppedMessages] == writer.topicRow("g.b")[.droppedMessages])
        }
    }

    @Test("losses to age are told from losses to a limit")
    func losingByAge() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.retention: 3000]).id
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("hello")
            try writer.publishConfirmed(topic, ["1", "2"])
            broker.clock.advance(milliseconds: 3001)
            try eventually("the client to be losing") { try writer.clientRow(slow.id).state == .losing }
            let row = try #require(try writer.detail(slow.id).detail.topics.first)
            #expect(row[.lossCause] == LossCause.expired.rawValue)
            #expect(row[.retention] == 3000)
        }
    }

    @Test("what was gone when a client subscribed is a gap, and no loss of its queue")
    func goneBefore() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.historyCount: 5]).id
            try writer.publishConfirmed(topic, (1...20).map { "\($0)" })
            let reader = try broker.client("reader", window: 2)
            try reader.subscribe("hello", from: .sequence(1))
            #expect(try reader.settle().messages.map(\.sequence) == [16, 17])
            try reader.send(.commit(2))
            try eventually("a second to pass") { try writer.clientRow(reader.id)[.commitRate] > 0 }
            let row = try writer.clientRow(reader.id)
            #expect(row[.gapMessages] == 15)
            #expect(row[.lostRate] == 0)
            #expect(row.state != .losing)
            #expect(try writer.detail(reader.id).detail.topics.first?[.lostRate] == 0)
        }
    }

    @Test("deliveries in flight keep their age and size after the log has dropped them")
    func inFlightOutlivesTheLog() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.retention: 3000]).id
            let slow = try broker.client("slow", window: 1)
            try slow.subscribe("hello")
            try writer.publishConfirmed(topic, ["held"])
            #expect(try slow.payloads(1) == ["held"])
            broker.clock.advance(milliseconds: 10_000)
            try eventually("the log to be empty") { try writer.topicRow("hello")[.retainedMessages] == 0 }
            let size = UInt64(MessageLayout.keyOffset + 4)
            for row in try [
                writer.clientRow(slow.id), writer.clients(ClientQuery(limit: 9)).rows.first { $0.name == "slow" }!,
            ] {
                #expect(row[.lagMessages] == 1)
                #expect(row[.inFlightMessages] == 1)
                #expect(row[.lagBytes] == size)
                #expect(row[.oldestAge] == 10_000_000)
            }
            try writer.publishConfirmed(topic, ["next"])
            #expect(try writer.clientRow(slow.id)[.oldestAge] == 10_000_000, "the oldest is the one in flight")
            let row = try #require(try writer.detail(slow.id).detail.topics.first)
            #expect(row[.lagMessages] == 2)
            #expect(row[.lagBytes] == 2 * size)
            #expect(row[.oldestAge] == 10_000_000)
        }
    }

    @Test("a topic of which something is in flight is in the details, though its subscription has ended")
    func unsubscribedInFlight() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let slow = try broker.client("slow", window: 10)
            try slow.subscribe("hello")
            try writer.publishConfirmed(topic, ["1", "2", "3", "4", "5"])
            #expect(try slow.deliveries(5).count == 5)
            try slow.unsubscribe("hello")
            let detail = try writer.detail(slow.id).detail
            #expect(detail.subscriptions == [])
            #expect(detail.topics.map { $0[.inFlightMessages] } == [5])
            #expect(detail.client[.lagMessages] == 5)
        }
    }

    @Test("a queue set back to the past keeps the messages it has still to get, whatever earlier deliveries it commits")
    func setBack() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.historyCount: 30]).id
            let reader = try broker.client("reader", window: 10)
            try writer.publishConfirmed(topic, (1...20).map { "\($0)" })
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, (21...30).map { "\($0)" })
            #expect(try reader.deliveries(10).map(\.sequence) == Array(21...30))
            try reader.unsubscribe("hello")
            try reader.subscribe("hello", from: .earliest)
            try reader.send(.commit(5))
            try writer.publishConfirmed(topic, (31...100).map { "\($0)" })
            try reader.send(.window(1000))
            let frames = try reader.settle()
            #expect(frames.compactMap(\.gap) == [])
            #expect(frames.messages.map(\.sequence) == Array(1...100))
        }
    }
}
