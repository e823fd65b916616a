import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Memory that one has used up does not keep others from publishing")
struct MemoryFairnessTests {
    private static let limit = 4 << 20
    private static let kibibyte = String(repeating: "m", count: 1024 - MessageLayout.keyOffset)
    private static let batch = Array(repeating: kibibyte, count: 64)

    private static func run(_ body: @Sendable (TestBroker) async throws -> Void) async throws {
        try await TestBroker.run(configure: { $0.memoryLimit = limit }, body)
    }

    /// A new topic of another client takes a few publishes, and its reader gets them.
    private static func expectSmallTopicWorks(_ broker: TestBroker, _ name: String = "small") throws {
        let small = try broker.client(name)
        try small.subscribe(name)
        let topic = try small.topic(name)
        for round in 1...UInt64(20) {
            let frames = try small.publishConfirmed(topic, ["m\(round)"])
            #expect(frames.compactMap(\.code) == [])
            #expect(frames.compactMap(\.confirmed) == [round])
            #expect(frames.payloads == ["m\(round)"])
            try small.send(.commit(round))
        }
        let row = try small.topicRow(name)
        #expect(row[.headSequence] == 20)
        #expect(row[.rejectedMessages] == 0)
        #expect(row[.droppedMessages] == 0)
    }

    @Test("a busy topic gives way to a small one, and its reader is told of all that it lost")
    func busyTopic() async throws {
        try await Self.run { broker in
            let writer = try broker.client("writer")
            let busy = try writer.topic("busy")
            // It is paused, and commits nothing.
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("busy")
            for _ in 0..<160 {
                #expect(try writer.publishConfirmed(busy, Self.batch).compactMap(\.code) == [])
            }
            try Self.expectSmallTopicWorks(broker)
            #expect(try writer.publishConfirmed(busy, Self.batch).compactMap(\.code) == [])
            try slow.send(.window(FrameLimits.window))
            let published = UInt64(161 * Self.batch.count)
            let frames = try Self.frames(of: slow, covering: published)
            let gaps = frames.compactMap(\.gap)
            #expect(!gaps.isEmpty && gaps.allSatisfy { $0.reason == .limit })
            let lost = gaps.reduce(0) { $0 + $1.last + 1 - $1.first }
            #expect(lost + UInt64(frames.messages.count) == published)
            #expect(Self.covered(frames) == Array(1...published), "each message is delivered or in a gap, in order")
            let row = try writer.topicRow("busy")
            #expect(row[.headSequence] == published)
            #expect(row[.droppedMessages] == lost)
            #expect(row[.rejectedMessages] == 0)
        }
    }

    /// The frames up to a number of messages delivered or in gaps.
    private static func frames(of client: NativeClient, covering count: UInt64) throws -> [BrokerFrame] {
        var left = Int(count)
        return try client.receive { frame in
            left -= covered([frame]).count
            return left <= 0
        }
    }

    /// The sequences of deliveries and gaps, in the order in which they came.
    private static func covered(_ frames: [BrokerFrame]) -> [UInt64] {
        frames.flatMap { frame -> [UInt64] in
            if let gap = frame.gap { return Array(gap.first...gap.last) }
            return frame.message.map { [$0.sequence] } ?? []
        }
    }

    @Test("many busy topics give way to a small one, though none of them takes much alone")
    func manyTopics() async throws {
        try await Self.run { broker in
            let writer = try broker.client("writer")
            let topics = try (0..<64).map { try writer.topic("busy.\($0)") }
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("busy.*")
            var refused = 0
            for _ in 0..<4 {
                for topic in topics {
                    refused += try writer.publishConfirmed(topic, Self.batch).compactMap(\.rejected).count
                }
            }
            #expect(refused == 0, "a topic that may drop always has room for its own")
            try Self.expectSmallTopicWorks(broker)
            try slow.send(.window(FrameLimits.window))
            let published = UInt64(64 * 4 * Self.batch.count)
            let frames = try Self.frames(of: slow, covering: published)
            let rows = try writer.topics(TopicQuery(limit: .max)).rows.filter { $0.name.hasPrefix("busy.") }
            let lost = frames.compactMap(\.gap).reduce(0) { $0 + $1.last + 1 - $1.first }
            #expect(lost + UInt64(frames.messages.count) == published)
            #expect(rows.reduce(0) { $0 + $1[.droppedMessages] } == lost)
        }
    }

    @Test("a busy topic that may not drop is refused, and a small one is not")
    func reject() async throws {
        try await Self.run { broker in
            let writer = try broker.client("writer")
            let busy = try writer.create("busy", [.overflow: UInt64(TopicSettings.Overflow.reject.rawValue)]).id
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("busy")
            var rejected = 0
            for _ in 0..<160 {
                let frames = try writer.publishConfirmed(busy, Self.batch)
                rejected += frames.compactMap(\.rejected).count
                #expect(frames.compactMap(\.code).allSatisfy { $0 == .memoryFull })
            }
            #expect(rejected > 0)
            try Self.expectSmallTopicWorks(broker)
            let last = try writer.publishConfirmed(busy, Self.batch)
            #expect(last.compactMap(\.code) == Array(repeating: .memoryFull, count: Self.batch.count))
            rejected += Self.batch.count
            let row = try writer.topicRow("busy")
            #expect(row[.rejectedMessages] == UInt64(rejected))
            #expect(row[.headSequence] == UInt64(161 * Self.batch.count - rejected))
            #expect(row[.droppedMessages] == 0)
        }
    }

    @Test("block waits when memory has run out, refuses nothing, and goes on when there is memory again")
    func block() async throws {
        try await Self.run { broker in
            let writer = try broker.client("writer")
            let busy = try writer.create(
                "busy", [.overflow: UInt64(TopicSettings.Overflow.block.rawValue), .historyBytes: 0]
            ).id
            let slow = try broker.client("slow", window: 0)
            try slow.subscribe("busy")
            var published: UInt64 = 0
            var isBlocked = false
            while !isBlocked {
                try writer.send(NativeClient.bytes(Self.batch.map { .message(busy, $0) }))
                published += UInt64(Self.batch.count)
                let frames = try writer.receive { $0.blocked == true || $0 == .confirm(published) }
                #expect(frames.compactMap(\.code) == [])
                isBlocked = frames.last?.blocked == true
                try #require(published < 8192, "memory ran out and nothing waits")
            }
            try Self.expectSmallTopicWorks(broker)
            // Its queue takes and commits: what waited is accepted, and nothing of it is lost.
            try slow.send(.window(64))
            var sequences: [UInt64] = []
            while sequences.count < Int(published) {
                sequences += try slow.deliveries(1).map(\.sequence)
                try slow.send(.commit(UInt64(sequences.count)))
            }
            #expect(sequences == Array(1...published))
            let rest = try writer.settle()
            #expect(rest.compactMap(\.code) == [])
            #expect(rest.compactMap(\.blocked).last == false)
            #expect(rest.compactMap(\.confirmed).last == published)
            #expect(try writer.topicRow("busy")[.rejectedMessages] == 0)
        }
    }
}
