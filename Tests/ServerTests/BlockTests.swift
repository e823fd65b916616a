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

    @Test("the publisher gets BLOCKED, its publishes wait, and are accepted in order when commits have made room")
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

    @Test("a queue with no more messages to deliver makes room when it commits")
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

    @Test("commits and requests of a blocked publisher overtake its publishes, so that it can free itself")
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

    @Test("later publishes of a blocked publisher wait too, whatever their topic, so that their order is kept")
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

    @Test("publishes that wait for too long are refused, and a BLOCKED ends the waiting")
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

    @Test("however many publishes wait, none is refused as long as the reader makes progress")
    func progress() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings).id
            let reader = try broker.client("reader", window: 64)
            try reader.subscribe("hello")
            let count = 4000
            let sender = Worker {
                let sender = try broker.client("sender")
                try sender.send(Self.numbered(topic, 1...count))
                let frames = try sender.receive { $0 == .confirm(UInt64(count)) }
                #expect(frames.compactMap(\.rejected) == [])
            }
            var got: [Int] = []
            while got.count < count {
                got += Self.numbers(try reader.deliveries(1))
                if got.count % 32 == 0 {
                    try reader.send(.commit(UInt64(got.count)))
                    // Slower than any patience, by the broker's clock.
                    broker.clock.advance(milliseconds: 2000)
                }
            }
            #expect(got == Array(1...count))
            try sender.join()
            #expect(try writer.topicRow("hello")[.rejectedMessages] == 0)
        }
    }

    @Test("one message over a MiB waits like any other")
    func longMessage() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings).id
            let reader = try broker.client("reader", window: 1000)
            try reader.subscribe("hello")
            try writer.send(Self.numbered(topic, 1...64))
            let long = String(repeating: "l", count: 3 << 20)
            let sender = Worker {
                let sender = try broker.client("sender")
                try sender.send(.message(topic, long))
                _ = try sender.receive { $0 == .confirm(1) }
            }
            #expect(Self.numbers(try reader.deliveries(64)) == Array(1...64))
            try reader.send(.commit(64))
            #expect(try reader.deliveries(1).first?.payload.readableBytes == 3 << 20)
            try sender.join()
        }
    }

    @Test("BLOCKED and its end name the same topic, and another topic that blocks gets a pair of its own")
    func pairs() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let first = try writer.create("first", Self.settings).id
            let second = try writer.create("second", Self.settings).id
            let reader = try broker.client("reader", window: 1000)
            try reader.subscribe("first")
            try reader.subscribe("second")
            try writer.send(Self.numbered(first, 1...65) + Self.numbered(second, 66...130))
            var frames = try writer.receive { $0.blocked == true }
            _ = try reader.deliveries(64)
            try reader.send(.commit(64))
            frames += try writer.receive { $0 == .blocked(true, topicID: second, waiting: 1) }
            _ = try reader.deliveries(65)
            try reader.send(.commit(129))
            frames += try writer.receive { $0 == .confirm(130) }
            let told = frames.compactMap { frame -> [UInt32]? in
                guard case .blocked(let isBlocked, let topic, _) = frame else { return nil }
                return [isBlocked ? 1 : 0, topic]
            }
            #expect(told == [[1, first], [0, first], [1, second], [0, second]])
        }
    }

    @Test("publishes that waited too long count as rejected at their topic, too")
    func rejectedAtTopic() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings).id
            let other = try writer.topic("other")
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("hello")
            try writer.send(Self.numbered(topic, 1...70))
            try writer.send(.message(other, "behind it"))
            _ = try writer.receive { $0.blocked == true }
            broker.clock.advance(milliseconds: 30_000)
            _ = try writer.receive { $0 == .confirm(71) }
            #expect(try writer.topicRow("hello")[.rejectedMessages] == 6)
            #expect(try writer.topicRow("other")[.rejectedMessages] == 1)
        }
    }

    @Test("a blocked publisher gets no second CONFIRM for the same publishes")
    func confirmOnce() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings).id
            let reader = try broker.client("reader", window: 1000)
            try reader.subscribe("hello")
            try writer.send(Self.numbered(topic, 1...64))
            _ = try writer.receive { $0 == .confirm(64) }
            _ = try reader.deliveries(64)
            try writer.send(Self.numbered(topic, 65...70))
            var frames = try writer.receive { $0.blocked == true }
            try reader.send(.commit(1))
            frames += try writer.receive { $0.confirmed != nil }
            try broker.secondPasses()
            try reader.send(.commit(64))
            frames += try writer.receive { $0 == .confirm(70) }
            let confirmed = frames.compactMap(\.confirmed)
            #expect(confirmed == Array(Set(confirmed)).sorted() && confirmed.allSatisfy { $0 > 64 })
        }
    }

    @Test("PINGs after waiting publishes are bounded in number, and those accepted are answered in order")
    func pings() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.settings).id
            let reader = try broker.client("reader", window: 1000)
            try reader.subscribe("hello")
            try writer.send(Self.numbered(topic, 1...65))
            _ = try writer.receive { $0.blocked == true }
            try writer.send(NativeClient.bytes((1...3000).map { .ping($0) } + [.topic(request: 9, name: "mark")]))
            let refused = try writer.receive { $0.request == 9 }
            #expect(refused.compactMap(\.code) == Array(repeating: .tooManyRequests, count: 3000 - 1024))
            _ = try reader.deliveries(64)
            try reader.send(.commit(64))
            let frames = try writer.receive { $0 == .pong(1024) }
            let pongs = frames.compactMap { frame -> UInt64? in
                if case .pong(let token, _) = frame { token } else { nil }
            }
            #expect(pongs == Array(1...1024))
        }
    }

    @Test("publishers that wait get room in the order in which they came, and none is left out")
    func fair() async throws {
        try await TestBroker.run { broker in
            let reader = try broker.client("reader", window: 1000)
            let topic = try reader.create("hello", Self.settings).id
            try reader.subscribe("hello")
            let filler = try broker.client("filler")
            try filler.send(Self.numbered(topic, 1...64))
            _ = try filler.receive { $0 == .confirm(64) }
            var writers: [NativeClient] = []
            for number in 1...10 {
                let writer = try broker.client("writer")
                try writer.send(Self.numbered(topic, 100 * number + 1...100 * number + 2))
                _ = try writer.receive { $0.blocked == true }
                writers.append(writer)
            }
            _ = try reader.deliveries(64)
            for count in stride(from: UInt64(4), through: 64, by: 4) { try reader.send(.commit(count)) }
            let numbers = Self.numbers(try reader.deliveries(20))
            var expected: Set<Int> = []
            for number in 1...10 { expected.formUnion([100 * number + 1, 100 * number + 2]) }
            #expect(Set(numbers) == expected)
            for writer in writers { _ = try writer.receive { $0 == .confirm(2) } }
        }
    }

    @Test("raising the limit accepts the waiting publishes at once")
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

    @Test("a reader that leaves makes room for waiting publishes")
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
