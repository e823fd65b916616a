import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Retention and history")
struct RetentionTests {
    @Test("a message older than the retention is not delivered, and the GAP says which, even to a paused client")
    func expiredWhilePaused() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.retention: 5000]).id
            let reader = try broker.client(window: 0)
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, ["1", "2", "3"])
            broker.clock.advance(milliseconds: 5001)
            #expect(try reader.receive().introduces(topic, "hello"))
            #expect(try reader.receive() == .gap(.expired, topicID: topic, first: 1, last: 3))
            try reader.send(.window(10))
            try writer.publishConfirmed(topic, ["4"])
            #expect(try reader.settle().messages.map(\.sequence) == [4])
        }
    }

    @Test("a message exactly as old as the retention is still delivered")
    func exactly() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.retention: 5000]).id
            let reader = try broker.client(window: 0)
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, ["1"])
            broker.clock.advance(milliseconds: 5000)
            try reader.send(.window(10))
            #expect(try reader.settle().payloads == ["1"])
        }
    }

    @Test("only messages that are too old are dropped: the GAP comes in order, and deliveries stay in flight")
    func partly() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.retention: 5000]).id
            let reader = try broker.client(window: 1)
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, ["1", "2", "3"])
            #expect(try reader.payloads(1) == ["1"])
            broker.clock.advance(milliseconds: 4000)
            try writer.publishConfirmed(topic, ["4", "5"])
            broker.clock.advance(milliseconds: 2000)
            try reader.send(.commit(1))
            var frames: [BrokerFrame] = []
            while frames.messages.isEmpty { frames.append(try reader.receive()) }
            #expect(frames.first == .gap(.expired, topicID: topic, first: 2, last: 3))
            #expect(frames.payloads == ["4"])
            try reader.send(.commit(2))
            #expect(try reader.payloads(1) == ["5"])
        }
    }

    @Test("settings changed are in force at once, for messages already queued too")
    func changed() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let reader = try broker.client(window: 0)
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, ["1", "2"])
            broker.clock.advance(seconds: 60)
            try writer.publishConfirmed(topic, ["3"])
            #expect(try writer.create("hello", [.retention: 30_000]).outcome == .changed)
            try reader.send(.window(10))
            let frames = try reader.settle()
            #expect(frames.contains(.gap(.expired, topicID: topic, first: 1, last: 2)))
            #expect(frames.payloads == ["3"])
        }
    }

    @Test("a retention that is reset in time loses no message")
    func takenBack() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.retention: 5000]).id
            let reader = try broker.client(window: 0)
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, ["1"])
            broker.clock.advance(milliseconds: 4000)
            try writer.create("hello", [.retention: 0])
            broker.clock.advance(seconds: 3600)
            try reader.send(.window(10))
            #expect(try reader.settle().payloads == ["1"])
        }
    }

    @Test("expired messages are gone for later subscribers, and from memory")
    func gone() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.retention: 5000]).id
            try writer.publishConfirmed(topic, ["1", "2", "3"])
            broker.clock.advance(milliseconds: 5001)
            let reader = try broker.client()
            try reader.subscribe("hello", from: .earliest)
            #expect(try reader.settle() == [])
            try eventually("the log to be empty") {
                try writer.topicRow("hello")[.retainedMessages] == 0
            }
            let row = try writer.topicRow("hello")
            #expect(row[.expiredMessages] == 3)
            #expect(row[.retainedBytes] == 0)
            #expect(row[.headSequence] == 3)
            let late = try broker.client()
            try late.subscribe("hello", from: .sequence(1))
            let frames = try late.settle()
            #expect(frames.contains(.gap(.expired, topicID: topic, first: 1, last: 3)))
            try writer.publishConfirmed(topic, ["4"])
            #expect(try late.settle().messages.map(\.sequence) == [4])
            #expect(try reader.settle().messages.map(\.sequence) == [4])
        }
    }

    @Test("history-count keeps the newest so many for subscribers to come")
    func historyCount() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.historyCount: 7]).id
            for number in 1...50 { try writer.publishConfirmed(topic, ["\(number)"]) }
            let reader = try broker.client()
            try reader.subscribe("hello", from: .earliest)
            #expect(try reader.settle().payloads == (44...50).map { "\($0)" })
        }
    }

    @Test("history-bytes keeps so much for subscribers to come, and not much more")
    func historyBytes() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.historyBytes: 256 << 10]).id
            let payload = String(repeating: "m", count: 1024 - MessageLayout.keyOffset)
            for _ in 0..<20 { try writer.publishConfirmed(topic, Array(repeating: payload, count: 50)) }
            let reader = try broker.client()
            try reader.subscribe("hello", from: .earliest)
            let kept = try reader.settle().messages
            #expect(kept.last?.sequence == 1000)
            #expect((256...320).contains(kept.count))
        }
    }

    @Test("messages that a queue needs are kept beyond the history, until they are committed")
    func heldBeyondHistory() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.historyBytes: 16 << 10]).id
            let reader = try broker.client(window: 10)
            try reader.subscribe("hello")
            let payload = String(repeating: "m", count: 1024 - MessageLayout.keyOffset)
            for _ in 0..<20 { try writer.publishConfirmed(topic, Array(repeating: payload, count: 50)) }
            #expect(try writer.topicRow("hello")[.retainedMessages] == 1000)
            var sequences: [UInt64] = []
            while sequences.count < 1000 {
                sequences += try reader.deliveries(10).map(\.sequence)
                try reader.send(.commit(UInt64(sequences.count)))
            }
            #expect(sequences == Array(1...1000))
            try eventually("what is committed to be let go") {
                let row = try writer.topicRow("hello")
                // The log drops whole segments, whose size is an eighth of what was kept when they were created.
                return row[.retainedMessages] < 500 && row[.heldBytes] == 0
            }
        }
    }
}
