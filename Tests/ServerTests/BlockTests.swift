import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Publishers that wait for room")
struct BlockTests {
    private static let kibibyte = String(repeating: "m", count: 1024 - MessageLayout.keyOffset)
    private static let settings: [TopicSettings.Tag: UInt64] = [
        .limit: 64 << 10, .historyBytes: 0, .overflow: UInt64(TopicSettings.Overflow.block.rawValue),
    ]

    /// Numbered messages of one KiB each.
    private static func numbered(_ topic: UInt32, _ numbers: ClosedRange<Int>) -> [UInt8] {
        NativeClient.bytes(
            numbers.map { number in
                let digits = "\(number) "
                return .message(topic, digits + kibibyte.dropFirst(digits.utf8.count))
            })
    }

    private static func numbers(_ messages: [Message]) -> [Int] {
        messages.compactMap { Int($0.text.prefix { $0 != " " }) }
    }

    @Test("the publisher is told, what it publishes waits, and comes in order when commits have made room")
    func blocked() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings).id
            let reader = try broker.client("reader", window: 32)
            try reader.subscribe("hello")
            try writer.send(Self.numbered(topic, 1...100))
            try writer.send(.ping(9))
            var frames = try writer.receive { $0.blocked == true }
            #expect(frames.compactMap(\.code) == [])
            var got: [Int] = []
            while got.count < 100 {
                got += Self.numbers(try reader.deliveries(1))
                if got.count % 16 == 0 { try reader.send(.commit(UInt64(got.count))) }
            }
            #expect(got == Array(1...100))
            frames += try writer.receive { $0 == .pong(9) }
            #expect(frames.compactMap(\.blocked) == [true, false])
            #expect(frames.last { $0.confirmed != nil } == .confirm(100))
            // A PONG follows the answers to what came before its PING, those that waited too.
            #expect(frames.firstIndex(of: .confirm(100))! < frames.firstIndex(of: .pong(9))!)
        }
    }

    @Test("a queue that has everything and commits it makes room, though there is nothing to deliver to it")
    func committedByTheLast() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings).id
            let reader = try broker.client("reader", window: 1000)
            try reader.subscribe("hello")
            try writer.send(Self.numbered(topic, 1...80))
            _ = try writer.receive { $0.blocked == true }
            #expect(Self.numbers(try reader.deliveries(64)) == Array(1...64))
            try reader.send(.commit(64))
            #expect(Self.numbers(try reader.deliveries(16)) == Array(65...80))
            _ = try writer.receive { $0.blocked == false }
            _ = try writer.receive { $0 == .confirm(80) }
        }
    }

    @Test("commits and requests of the blocked publisher overtake what waits, so that it can free itself")
    func overtake() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(window: 1000)
            let topic = try client.create("hello", Self.settings).id
            try client.subscribe("hello")
            try client.send(Self.numbered(topic, 1...80))
            var frames = try client.receive { $0.blocked == true }
            try client.send(.topic(request: 77, name: "other"))
            frames += try client.receive { $0.request == 77 }
            while frames.messages.count < 64 { frames.append(try client.receive()) }
            try client.send(.commit(64))
            while frames.messages.count < 80 { frames.append(try client.receive()) }
            #expect(Self.numbers(frames.messages) == Array(1...80))
            #expect(frames.compactMap(\.blocked).first == true)
        }
    }

    @Test("what is published behind what waits waits too, whatever its topic: a publisher's order is kept")
    func otherTopics() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings).id
            let other = try writer.topic("other")
            let reader = try broker.client("reader", window: 1000)
            try reader.subscribe("hello")
            try reader.subscribe("other")
            try writer.send(Self.numbered(topic, 1...65))
            try writer.send(.message(other, "66 "), .message(99, "lost"), .message(other, "68 ", flags: .receipt))
            _ = try writer.receive { $0.blocked == true }
            #expect(Self.numbers(try reader.deliveries(64)) == Array(1...64))
            #expect(try reader.settle().messages == [])
            try reader.send(.commit(64))
            #expect(Self.numbers(try reader.deliveries(3)) == [65, 66, 68])
            let frames = try writer.receive { $0 == .confirm(68) }
            #expect(frames.compactMap(\.rejected) == [67])
            #expect(frames.contains(.receipt(.accepted, publish: 68, topicID: other, sequence: 2, queues: 1)))
        }
    }

    @Test("what waits for too long is refused, and the client told that nothing waits any more")
    func tooLong() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings).id
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("hello")
            try writer.send(Self.numbered(topic, 1...70))
            _ = try writer.receive { $0.blocked == true }
            broker.clock.advance(milliseconds: 29_000)
            try eventually("a second to have passed") { try writer.clientRow(writer.id).state == .blocked }
            #expect(try writer.clientRow(writer.id)[.rejectedMessages] == 0)
            broker.clock.advance(milliseconds: 1000)
            let frames = try writer.receive { $0 == .confirm(70) }
            #expect(frames.compactMap(\.rejected) == Array(65...70))
            #expect(frames.compactMap(\.code).allSatisfy { $0 == .blockedTooLong })
            #expect(frames.compactMap(\.blocked) == [false])
        }
    }

    @Test("more than a MiB of what waits is refused")
    func tooMuch() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings).id
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("hello")
            try writer.send(Self.numbered(topic, 1...1500))
            try writer.send(.ping(5))
            // How much more waits when it becomes too much depends on how the bytes come; this one does in any case.
            let frames = try writer.receive { $0.rejected == 1000 }
            #expect(frames.compactMap(\.code).allSatisfy { $0 == .blockedTooLong })
            #expect(try writer.topicRow("hello")[.headSequence] == 64)
        }
    }

    @Test("raising the limit lets go of what waits at once")
    func settingsChanged() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings).id
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("hello")
            try writer.send(Self.numbered(topic, 1...100))
            _ = try writer.receive { $0.blocked == true }
            let other = try broker.client("operator")
            try other.create("hello", [.limit: 1 << 20])
            let frames = try writer.receive { $0 == .confirm(100) }
            #expect(frames.compactMap(\.code) == [])
        }
    }

    @Test("a reader that goes away makes room for what waits")
    func readerGone() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings).id
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("hello")
            try writer.send(Self.numbered(topic, 1...100))
            _ = try writer.receive { $0.blocked == true }
            reader.wire.close()
            let frames = try writer.receive { $0 == .confirm(100) }
            #expect(frames.compactMap(\.code) == [])
        }
    }
}
