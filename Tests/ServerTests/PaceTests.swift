import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Thousands of requests at once")
struct PaceTests {
    private static let count: UInt32 = 10_000

    /// Frames of a client that sends all at once, while a thread of the test reads what comes: neither side waits for
    /// the other to read.
    private static func answers(
        of client: NativeClient, to frames: [ClientFrame], halfCloses: Bool = false
    ) throws -> [BrokerFrame] {
        let wire = Sending(client.wire)
        let bytes = NativeClient.bytes(frames + (halfCloses ? [] : [.ping(1)]))
        let sender = Worker { try wire.send(bytes, halfCloses: halfCloses) }
        let answers = halfCloses ? try client.receiveAll() : try client.receive { $0 == .pong(1) }.dropLast()
        try sender.join()
        return answers
    }

    /// The sending side of a connection, on another thread than the receiving one.
    private final class Sending: @unchecked Sendable {
        private let wire: Wire

        init(_ wire: Wire) { self.wire = wire }

        func send(_ bytes: [UInt8], halfCloses: Bool) throws {
            try wire.send(bytes)
            if halfCloses { wire.halfClose() }
        }
    }

    /// Whether each request has its answer, in order.
    private static func areInOrder(_ answers: [BrokerFrame]) -> Bool {
        answers.compactMap(\.request).filter { $0 > 0 } == Array(1...count)
    }

    @Test("TOPICs, SUBSCRIBEs and UNSUBSCRIBEs in one write are all answered, in order", arguments: [1, 2])
    func inOrder(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let client = try broker.client()
            let frames: [ClientFrame] = (1...Self.count).map { number in
                // Every third name is subscribed to and given up again.
                switch number % 3 {
                case 1: .topic(request: number, name: "topic.\(number)")
                case 2: .subscribe(request: number, pattern: "read.\(number)", from: .new)
                default: .unsubscribe(request: number, pattern: "read.\(number - 1)")
                }
            }
            let answers = try Self.answers(of: client, to: frames)
            #expect(Self.areInOrder(answers))
            #expect(answers.compactMap(\.code) == [])
            #expect(try client.clientRow(client.id)[.subscriptions] == 0)
        }
    }

    @Test("publishes between them keep their place: each reader gets what came after its subscription")
    func publishesBetween() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client(window: FrameLimits.window)
            let topic = try client.topic("hello")
            var frames: [ClientFrame] = []
            var expected: [String] = []
            for number in 1...Self.count {
                // Read for ten requests, and then not for ten.
                let isReading = number / 10 % 2 == 0
                frames.append(
                    isReading
                        ? .subscribe(request: number, pattern: "hello", from: .new)
                        : .unsubscribe(request: number, pattern: "hello"))
                frames.append(.message(topic, "m\(number)"))
                if isReading { expected.append("m\(number)") }
            }
            let answers = try Self.answers(of: client, to: frames)
            #expect(Self.areInOrder(answers))
            #expect(answers.compactMap(\.code) == [])
            #expect(answers.compactMap(\.confirmed).last == UInt64(Self.count))
            // Messages that were visible but not delivered when a subscription ended do not come; no others are
            // missing.
            let payloads = (answers + (try client.settle())).payloads
            #expect(Set(payloads).isSubset(of: Set(expected)))
            #expect(payloads == expected.filter(Set(payloads).contains), "what comes is in order")
            #expect(payloads.last == "m\(Self.count)")
            #expect(try client.topicRow("hello")[.headSequence] == UInt64(Self.count))
        }
    }

    @Test("a reader on another connection gets all of the publishes between requests, in order")
    func readElsewhere() async throws {
        try await TestBroker.run { broker in
            let reader = try broker.client("reader", window: FrameLimits.window)
            try reader.subscribe("hello")
            let client = try broker.client("writer")
            let topic = try client.topic("hello")
            let frames: [ClientFrame] = (1...Self.count).flatMap { number -> [ClientFrame] in
                [.topic(request: number, name: "topic.\(number)"), .message(topic, "m\(number)")]
            }
            let answers = try Self.answers(of: client, to: frames)
            #expect(Self.areInOrder(answers))
            #expect(answers.compactMap(\.confirmed).last == UInt64(Self.count))
            #expect(try reader.payloads(Int(Self.count)) == (1...Self.count).map { "m\($0)" })
        }
    }

    @Test("a half-close behind them is honoured when all of them are answered")
    func halfClose() async throws {
        try await TestBroker.run { broker in
            let reader = try broker.client("reader")
            try reader.subscribe("last")
            let client = try broker.client()
            let last = try client.topic("last")
            let frames: [ClientFrame] = (1...Self.count).map { number in
                number % 2 == 0
                    ? .topic(request: number, name: "topic.\(number)")
                    : .subscribe(request: number, pattern: "read.\(number)", from: .new)
            }
            let answers = try Self.answers(
                of: client, to: frames + [.message(last, "end")], halfCloses: true)
            #expect(Self.areInOrder(answers))
            #expect(answers.compactMap(\.code) == [])
            #expect(answers.last == .confirm(1))
            #expect(try reader.payloads(1) == ["end"])
        }
    }

    @Test(
        "publishes behind a SUBSCRIBE that takes several steps are confirmed, and a half-close behind them is honoured",
        arguments: [false, true])
    func behindPattern(halfCloses: Bool) async throws {
        try await TestBroker.run { broker in
            let other = try broker.client("other")
            try other.send(NativeClient.bytes((1...500).map { .topic(request: $0, name: "topic.\($0)") }))
            try other.settle()
            let client = try broker.client()
            let topic = try client.topic("hello")
            var frames: [ClientFrame] = [.subscribe(request: 1, pattern: "topic.*", from: .new)]
            frames += (1...Self.count).map { .message(topic, "m\($0)") }
            try client.send(NativeClient.bytes(frames))
            if halfCloses { client.wire.halfClose() }
            let isLast = { (frame: BrokerFrame) in frame == .confirm(UInt64(Self.count)) }
            let answers = try client.receive(until: isLast) + (halfCloses ? client.receiveAll() : [])
            #expect(answers.first == .ok(request: 1, detail: ByteBuffer()))
            #expect(answers.compactMap(\.code) == [])
            #expect(try other.topicRow("hello")[.headSequence] == UInt64(Self.count))
        }
    }
}
