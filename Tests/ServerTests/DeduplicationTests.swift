import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Deduplication")
struct DeduplicationTests {
    private static let atPublish: [TopicSettings.Tag: UInt64] = [
        .deduplicationWindow: 10_000, .deduplicationScope: UInt64(TopicSettings.DeduplicationScope.topic.rawValue),
    ]
    private static let atDelivery: [TopicSettings.Tag: UInt64] = [.deduplicationWindow: 10_000]

    @Test("scope topic: a duplicate is not stored, and its RECEIPT has the first one's sequence")
    func topicScope() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.create("hello", Self.atPublish).id
            try client.subscribe("hello")
            try client.send(
                .message(topic, "1", key: "a"), .message(topic, "2", key: "b"), .message(topic, "no", key: "a"),
                .message(topic, "no", key: "a", flags: [.receipt, .unconfirmed]), .message(topic, "3"),
                .message(topic, "4"), .message(topic, "5", key: ""), .message(topic, "no", key: ""))
            let frames = try client.settle()
            #expect(frames.payloads == ["1", "2", "3", "4", "5"])
            #expect(frames.messages.map(\.sequence) == [1, 2, 3, 4, 5])
            let receipts = frames.filter { $0.opcode == .receipt }
            #expect(
                receipts == [
                    .receipt(.duplicate, publish: 3, topicID: topic, sequence: 1, queues: 1),
                    .receipt(.duplicate, publish: 4, topicID: topic, sequence: 1, queues: 1),
                    .receipt(.duplicate, publish: 8, topicID: topic, sequence: 5, queues: 1),
                ])
            #expect(frames.contains(.confirm(8)))
            let row = try client.topicRow("hello")
            #expect(row[.duplicateMessages] == 3)
            #expect(row[.headSequence] == 5)
            #expect(row[.deduplicationKeys] == 3)
        }
    }

    @Test("scope topic: the window runs from the first, a duplicate does not prolong it")
    func topicWindow() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.create("hello", Self.atPublish).id
            try client.publishConfirmed(topic, ["1"], key: "a")
            broker.clock.advance(milliseconds: 9999)
            #expect(try client.publishConfirmed(topic, ["no"], key: "a").count == 2)
            broker.clock.advance(milliseconds: 1)
            #expect(try client.publishConfirmed(topic, ["2"], key: "a") == [.confirm(3)])
            #expect(
                try client.publishConfirmed(topic, ["no"], key: "a").first
                    == .receipt(.duplicate, publish: 4, topicID: topic, sequence: 2, queues: 0))
        }
    }

    @Test("scope consumer: each consumer is judged for itself, when its turn comes")
    func consumerScope() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.atDelivery).id
            let early = try broker.client("early")
            try early.subscribe("hello")
            try writer.publishConfirmed(topic, ["1"], key: "a")
            #expect(try early.settle().payloads == ["1"])
            broker.clock.advance(milliseconds: 6000)
            let late = try broker.client("late")
            try late.subscribe("hello")
            try writer.publishConfirmed(topic, ["2"], key: "a")
            try writer.publishConfirmed(topic, ["3"], key: "b")
            // No key is never a duplicate; the empty key is a key.
            try writer.publishConfirmed(topic, ["4", "5"])
            try writer.publishConfirmed(topic, ["6", "7"], key: "")
            #expect(try early.settle().payloads == ["3", "4", "5", "6"])
            #expect(try late.settle().payloads == ["2", "3", "4", "5", "6"])
            broker.clock.advance(milliseconds: 5000)
            try writer.publishConfirmed(topic, ["8"], key: "a")
            // For the early one the window has run out, for the late one not.
            #expect(try early.settle().payloads == ["8"])
            #expect(try late.settle().payloads == [])
            #expect(try writer.clientRow(early.id)[.duplicateMessages] == 2)
        }
    }

    @Test("scope consumer: a withheld duplicate takes no window, is no gap, and leaves the lag")
    func withheld() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.atDelivery).id
            let reader = try broker.client(window: 1)
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, ["1", "2", "3", "4"], key: "a")
            try writer.publishConfirmed(topic, ["5"], key: "b")
            #expect(try reader.settle().payloads == ["1"])
            try reader.send(.commit(1))
            let frames = try reader.settle()
            #expect(frames.payloads == ["5"])
            #expect(frames.compactMap(\.gap) == [])
            try reader.send(.commit(2))
            _ = try reader.settle()
            let row = try writer.clientRow(reader.id)
            #expect(row[.lagMessages] == 0)
            #expect(row[.duplicateMessages] == 3)
            #expect(row[.gapMessages] == 0)
        }
    }

    @Test("scope consumer: the messages' timestamps decide, however late a client reads, and in every replay")
    func timestamps() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.deduplicationWindow: 500]).id
            let fast = try broker.client("fast")
            let slow = try broker.client("slow", window: 0)
            let classic = try broker.classic()
            try fast.subscribe("hello")
            try slow.subscribe("hello")
            try classic.send(.subscribe(topic: "hello"))
            try broker.settle()
            var payloads: [String] = []
            for (pause, text) in [(0, "1"), (100, "no"), (399, "no"), (1, "2"), (700, "3"), (499, "no")] {
                broker.clock.advance(milliseconds: UInt64(pause))
                try writer.publishConfirmed(topic, [text], key: "k")
                payloads += try fast.settle().payloads
            }
            #expect(payloads == ["1", "2", "3"])
            broker.clock.advance(seconds: 60)
            try slow.send(.window(1))
            for (number, text) in payloads.enumerated() {
                #expect(try slow.payloads(1) == [text])
                broker.clock.advance(milliseconds: 900)
                try slow.send(.commit(UInt64(number + 1)))
            }
            #expect(try slow.settle().payloads == [])
            for text in payloads {
                #expect(try classic.receive()?.payload == text)
                broker.clock.advance(milliseconds: 900)
                try classic.send(.commit)
            }
            try broker.settle()
            #expect(classic.hasNothing)
            for _ in 0..<2 {
                try fast.unsubscribe("hello")
                try fast.subscribe("hello", from: .earliest)
                #expect(try fast.settle().payloads == payloads)
            }
        }
    }

    @Test("duplicates are counted by the broker too, in either scope, each time that one is withheld")
    func counted() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let watcher = try broker.client("watcher")
            try watcher.send(.watch(request: 50, WatchRequest(interval: 100)))
            func duplicates() throws -> UInt64 {
                while true {
                    guard case .statistics(_, let update) = try watcher.receive() else { continue }
                    return update.broker[.duplicateMessages]
                }
            }
            let readers = try (0..<2).map { _ in try broker.client() }
            let classic = try broker.classic()
            for reader in readers { try reader.subscribe("hello") }
            try classic.send(.subscribe(topic: "hello"))
            try broker.settle()
            let topic = try writer.create("hello", Self.atDelivery).id
            try writer.publishConfirmed(topic, ["1", "no", "no"], key: "a")
            for reader in readers { try reader.settle() }
            #expect(try classic.consume(1).map(\.payload) == ["1"])
            try eventually("the duplicates to be withheld") { try duplicates() == 6 }
            let atPublish = try writer.create("at publish", Self.atPublish).id
            try writer.publishConfirmed(atPublish, ["1", "no"], key: "a")
            try eventually("the duplicate to be counted") { try duplicates() == 7 }
        }
    }

    @Test("scope consumer: an expired message does not record its key")
    func expiredFirst() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.deduplicationWindow: 60_000, .retention: 5000]).id
            let reader = try broker.client(window: 0)
            try reader.subscribe("hello")
            try writer.publishConfirmed(topic, ["old"], key: "a")
            broker.clock.advance(milliseconds: 5001)
            try writer.publishConfirmed(topic, ["young"], key: "a")
            try reader.send(.window(10))
            var frames: [BrokerFrame] = []
            while frames.messages.isEmpty { frames.append(try reader.receive()) }
            #expect(frames.payloads == ["young"])
        }
    }

    @Test("a window that is set while messages are queued holds for them, and equal keys of other topics do not count")
    func setLater() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let other = try writer.create("other", Self.atDelivery).id
            let reader = try broker.client(window: 0)
            try reader.subscribe("hello")
            try reader.subscribe("other")
            try writer.publishConfirmed(topic, ["1", "2"], key: "a")
            try writer.publishConfirmed(other, ["3", "4"], key: "a")
            try writer.create("hello", Self.atDelivery)
            try reader.send(.window(10))
            #expect(try reader.settle().payloads == ["1", "3"])
        }
    }
}
