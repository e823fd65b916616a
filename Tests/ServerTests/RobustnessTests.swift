import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Whatever comes, the others are served", .serialized)
struct RobustnessTests {
    /// A client that behaves, and sees at once when it is not served any more.
    private final class Neighbour {
        private let client: NativeClient
        private let topic: UInt32
        private var count: UInt64 = 0

        init(_ broker: TestBroker) throws {
            client = try broker.client("neighbour")
            topic = try client.topic("neighbour")
            try client.subscribe("neighbour")
        }

        func check() throws {
            count += 1
            try client.publish(topic, "\(count)")
            let text = try client.payloads(1)
            try client.send(.commit(count))
            guard text == ["\(count)"] else { throw WireError.unexpected("the neighbour got \(text)") }
        }
    }

    private static let limit = 64 << 20

    @Test("random bytes, raw and after a valid greeting", arguments: [UInt64](1...6))
    func randomBytes(seed: UInt64) async throws {
        try await TestBroker.run { broker in
            let neighbour = try Neighbour(broker)
            var random = SplitMix(seed: seed)
            for beginning in [[], Preface.bytes, GreetingTests.greeting, [1, 0, 0, 0]] {
                for _ in 0..<3 {
                    let wire = try broker.connect()
                    wire.trySend(beginning + random.bytes(64 << 10))
                    try neighbour.check()
                }
            }
        }
    }

    @Test("random frames with valid headers after a valid greeting", arguments: [UInt64](1...4))
    func randomFrames(seed: UInt64) async throws {
        try await TestBroker.run { broker in
            let neighbour = try Neighbour(broker)
            var random = SplitMix(seed: seed)
            let types = ClientOpcode.allCases.map(\.rawValue) + [0x5F]
            for _ in 0..<60 {
                let wire = try broker.connect()
                var bytes = GreetingTests.greeting
                for _ in 0..<20 {
                    let body = random.bytes(Int.random(in: 0...80, using: &random))
                    let short = UInt8.random(in: 0...20, using: &random)
                    bytes += [UInt8(body.count + 4), 0, 0, 0, types.randomElement(using: &random)!]
                    bytes += [UInt8.random(in: 0...255, using: &random), short, 0] + body
                }
                wire.trySend(bytes)
            }
            try neighbour.check()
        }
    }

    static let frames: [[UInt8]] = [
        ClientFrame.ping(1), .message(1, "payload", key: "key"), .message(1, "payload", flags: .receipt),
        .topic(request: 1, name: "some.topic"), .subscribe(request: 1, pattern: "some.>", from: .earliest),
        .unsubscribe(request: 1, pattern: "some.>"), .commit(0), .window(7), .close,
        .createTopic(request: 1, name: "some.topic", settings: TopicSettingsChange(TopicSettings())),
        .listTopics(request: 1, query: TopicQuery(filter: "s")), .listClients(request: 1, query: ClientQuery()),
        .inspectClient(request: 1, id: 1), .watch(request: 1, WatchRequest(clients: ClientQuery(filter: "s"))),
        .unwatch(request: 1, watch: 1), .inspectTopic(request: 1, name: "some.topic", limit: 9),
        .settle(request: 1, Settlement(.return, [7...9], delay: 5, reason: "no")),
        .transaction(
            request: 1,
            Transaction(commits: [7...9], publishes: [Message(topicID: 1, payload: ByteBuffer(string: "p"))])),
        .createSession(request: 1, name: "some session", settings: SessionSettingsChange(SessionSettings())),
        .listSessions(request: 1, query: SessionQuery(filter: "s")),
        .inspectSession(request: 1, name: "no session", limit: 9), .deleteSession(request: 1, name: "no session"),
        .seek(request: 1, Seek("none.*", to: .last(3))),
        .listParked(request: 1, session: "no session", limit: 9, after: 0),
        .settleParked(request: 1, ParkedSettlement(.drop, [1...2], session: "no session")),
        .deleteTopic(request: 1, name: "no.topic", incarnation: 5),
        .inspectMessage(request: 1, topic: "no.topic", sequence: 9),
        .peek(request: 1, PeekRequest(session: "no session", limit: 9)),
        .peek(request: 1, PeekRequest(topic: "no.topic", from: .last(3), limit: 9)),
        .act(request: 1, ActRequest(.resume, name: "no session", values: ActValues(reason: "why"))),
    ].map { NativeClient.bytes([$0]) }

    @Test("every prefix of every frame, and then the connection is gone")
    func prefixes() async throws {
        try await TestBroker.run { broker in
            let neighbour = try Neighbour(broker)
            for frame in Self.frames {
                for length in 0..<frame.count {
                    let wire = try broker.connect()
                    try wire.send(GreetingTests.greeting + frame.prefix(length))
                    wire.close()
                }
                try neighbour.check()
            }
            try eventually("all of them to be gone") {
                try broker.client("observer").clients(ClientQuery(filter: "hare")).matching == 0
            }
        }
    }

    @Test("a session that is cut at any byte is the same session")
    func cuts() async throws {
        try await TestBroker.run { broker in
            let session = GreetingTests.greeting + Self.frames.filter { $0[4] != 3 && $0[4] != 0x34 }.joined()
            // Lists come when all loops have answered, so the order of the answers may differ.
            func answers(cut: Int) throws -> [UInt8] {
                let client = NativeClient(try broker.connect())
                try client.send(Array(session[..<cut]))
                try broker.settle()
                try client.send(Array(session[cut...]) + NativeClient.bytes([.ping(2)]))
                let frames = try client.receive { $0 == .pong(2) }
                return frames.filter { $0.message == nil && $0.confirmed == nil && $0.request != 0 }
                    .map(\.opcode.rawValue).sorted()
            }
            _ = try answers(cut: 0)
            let whole = try answers(cut: 0)
            for cut in stride(from: 1, to: session.count, by: 3) {
                #expect(try answers(cut: cut) == whole, "cut at \(cut)")
            }
        }
    }

    @Test("a length is believed only as far as its bytes have come")
    func promisedLengths() async throws {
        try await TestBroker.run(alone: true) { broker in
            let neighbour = try Neighbour(broker)
            let before = try residentMemory()
            var wires: [Wire] = []
            for _ in 0..<100 {
                let native = try broker.connect()
                try native.send(GreetingTests.greeting + [0xF0, 0xFF, 0x7F, 0, 0x10, 0, 0, 0, 1, 0])
                let classic = try broker.connect()
                try classic.send([1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x61, 0, 0xF0, 0xFF, 0x7F, 0, 0, 0, 0, 0, 1])
                wires += [native, classic]
            }
            try neighbour.check()
            #expect(try residentMemory() - before < Self.limit)
        }
    }

    @Test("1,000 connections without a byte and 200 with half a preface")
    func manySilent() async throws {
        try await TestBroker.run(alone: true) { broker in
            let neighbour = try Neighbour(broker)
            let before = try residentMemory()
            let silent = try (0..<1000).map { _ in try broker.connect() }
            let half = try (0..<200).map { _ in try broker.connect() }
            for wire in half { try wire.send(Preface.bytes.prefix(4)) }
            try broker.settle()
            try neighbour.check()
            #expect(try broker.client("observer").clients(ClientQuery(limit: 0)).matching == 1202)
            #expect(try residentMemory() - before < Self.limit)
            broker.clock.advance(seconds: 10)
            try neighbour.check()
            for wire in half { #expect(try wire.receiveAll() == []) }
            for wire in half { wire.close() }
            try broker.until(connections: 1001)
            withExtendedLifetime(silent) {}
        }
    }
}
