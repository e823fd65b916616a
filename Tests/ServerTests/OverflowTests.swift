import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("The limit on what queues hold back")
struct OverflowTests {
    private static let kibibyte = String(repeating: "m", count: 1024 - MessageLayout.keyOffset)
    private static func settings(_ overflow: TopicSettings.Overflow) -> [TopicSettings.Tag: UInt64] {
        [.limit: 64 << 10, .historyBytes: 0, .overflow: UInt64(overflow.rawValue)]
    }

    @Test("drop: the oldest go, and only the queue that had not got them is told")
    func drop() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings(.drop)).id
            let slow = try broker.client("slow", window: 1)
            let quick = try broker.client("quick", window: 10_000)
            try slow.subscribe("hello")
            try quick.subscribe("hello")
            for _ in 0..<20 {
                let frames = try writer.publishConfirmed(topic, Array(repeating: Self.kibibyte, count: 10))
                #expect(frames.compactMap(\.code) == [])
            }
            let all = try quick.settle()
            #expect(all.messages.map(\.sequence) == Array(1...200))
            #expect(all.allSatisfy { $0.gap == nil })
            try slow.send(.window(10_000))
            let frames = try slow.settle()
            // A second that passes meanwhile tells of what has gone till then.
            let gaps = frames.compactMap(\.gap)
            #expect((1...2).contains(gaps.count) && gaps.allSatisfy { $0.reason == .limit })
            #expect(gaps.map(\.first) == [2] + gaps.dropLast().map { $0.last + 1 })
            let last = try #require(gaps.last?.last)
            #expect(frames.messages.map(\.sequence) == [1] + Array(last + 1...200))
            // As much as the limit allows is left, less what goes at once.
            #expect((48...64).contains(200 - last))
            #expect(try writer.topicRow("hello")[.droppedMessages] >= last - 1)
        }
    }

    @Test("a paused client is told of the gap at the next second")
    func toldWhilePaused() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings(.drop)).id
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("hello")
            for _ in 0..<10 { try writer.publishConfirmed(topic, Array(repeating: Self.kibibyte, count: 10)) }
            #expect(try slow.receive().introduces(topic, "hello"))
            let gap = try #require(try slow.receive().gap)
            #expect(gap.first == 1)
            #expect(gap.reason == .limit)
        }
    }

    @Test("reject: the publish is refused, CONFIRM passes it, and a commit makes room")
    func reject() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings(.reject)).id
            let slow = try broker.client("slow", window: 10_000)
            try slow.subscribe("hello")
            let frames = try writer.publishConfirmed(topic, Array(repeating: Self.kibibyte, count: 70))
            #expect(frames.compactMap(\.rejected) == Array(65...70))
            #expect(frames.compactMap(\.code) == Array(repeating: .topicFull, count: 6))
            #expect(frames.last == .confirm(70))
            #expect(try slow.settle().messages.count == 64)
            #expect(try writer.publishConfirmed(topic, [Self.kibibyte]).map(\.code) == [.topicFull, nil])
            try slow.send(.commit(64))
            try slow.settle()
            #expect(try writer.publishConfirmed(topic, [Self.kibibyte]) == [.confirm(72)])
            #expect(try slow.settle().messages.map(\.sequence) == [65])
            #expect(try writer.topicRow("hello")[.rejectedMessages] == 7)
        }
    }

    @Test("no publish is refused while no queue lags, whatever the limit", arguments: TopicSettings.Overflow.allCases)
    func nobodyBehind(overflow: TopicSettings.Overflow) async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings(overflow)).id
            let quick = try broker.client("quick", window: 10_000)
            try quick.subscribe("hello")
            for round in UInt64(1)...20 {
                let frames = try writer.publishConfirmed(topic, Array(repeating: Self.kibibyte, count: 10))
                #expect(frames.compactMap(\.code) == [])
                #expect(try quick.deliveries(10).allSatisfy { $0.sequence <= round * 10 })
                try quick.send(.commit(round * 10))
                try quick.settle()
            }
        }
    }

    @Test("a limit of a few messages is used again and again, not just once")
    func tinyLimit() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create(
                "hello", [.limit: 400, .historyBytes: 0, .overflow: UInt64(TopicSettings.Overflow.reject.rawValue)]
            ).id
            let reader = try broker.client("reader")
            try reader.subscribe("hello")
            // The newest message still counts as held by the client that has just read it.
            let payload = String(repeating: "m", count: 100 - MessageLayout.keyOffset)
            for round in UInt64(1)...20 {
                let frames = try writer.publishConfirmed(topic, Array(repeating: payload, count: 3))
                #expect(frames.compactMap(\.code) == [])
                try reader.settle()
                try reader.send(.commit(round * 3))
                try reader.settle()
            }
        }
    }

    @Test("memory-full: a publish is refused when the broker's memory is used up and its topic may not drop")
    func memory() async throws {
        try await TestBroker.run(configure: { $0.memoryLimit = 256 << 10 }) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.overflow: UInt64(TopicSettings.Overflow.reject.rawValue)]).id
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("hello")
            let frames = try writer.publishConfirmed(topic, Array(repeating: Self.kibibyte, count: 600))
            let refused = frames.compactMap(\.rejected).count
            #expect(refused > 0)
            #expect(Set(frames.compactMap(\.code)) == [.memoryFull])
            #expect(frames.last == .confirm(600))
            #expect(try writer.topicRow("hello")[.headSequence] == UInt64(600 - refused))
        }
    }

    @Test("under a memory limit a topic that may drop does, and says so")
    func memoryDrop() async throws {
        try await TestBroker.run(configure: { $0.memoryLimit = 512 << 10 }) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("hello")
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("hello")
            for round in UInt64(1)...20 {
                let frames = try writer.publishConfirmed(topic, Array(repeating: Self.kibibyte, count: 100))
                #expect(frames.compactMap(\.code) == [])
                #expect(frames.last == .confirm(round * 100))
            }
            try slow.send(.window(10_000))
            let frames = try slow.settle()
            let gap = try #require(frames.compactMap(\.gap).last)
            #expect(gap.reason == .limit)
            #expect(frames.messages.map(\.sequence) == Array(gap.last + 1...2000))
        }
    }
}
