import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Named producers")
struct ProducerTests {
    private static func connect(_ broker: TestBroker, _ name: String = "import") throws -> NativeClient {
        try NativeClient(broker.connect(), hello: try hello(name))
    }

    private static func hello(_ name: String, client: String = "writer") throws -> Hello {
        Hello(window: 1000, name: client, producer: try SessionName(name))
    }

    /// All that a topic has, read from the first message on.
    private static func kept(_ broker: TestBroker, _ topic: String, _ count: Int) throws -> [String] {
        let reader = try broker.client("reader", window: 100_000)
        try reader.subscribe(topic, from: .earliest)
        return try reader.payloads(count)
    }

    @Test(
        "WELCOME tells a new producer that nothing is answered, and a client without a name nothing", arguments: [1, 4])
    func first(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try Self.connect(broker)
            #expect(writer.welcome.producer == ProducerRecord(began: writer.id))
            #expect(try broker.client().welcome.producer == nil)
        }
    }

    @Test("accepted, duplicate and refused publishes all count as answered", arguments: [1, 4])
    func outcomes(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try Self.connect(broker)
            let topic = try writer.create("hello", [.deduplicationWindow: 60_000, .deduplicationScope: 0]).id
            try writer.publish(topic, "one", key: "k")
            try writer.publish(topic, "two", key: "k")
            try writer.publish(topic + 77, "three")
            try writer.publish(topic, "four")
            try writer.barrier()
            writer.wire.close()
            let again = try Self.connect(broker)
            let record = try #require(again.welcome.producer)
            #expect(record.answered == 4)
            #expect(record.lastConnection == writer.id && record.lastAnswered == 4)
            #expect(record.refusals.verdict(on: 3) == .refused(ErrorCode.unknownTopic.rawValue))
            #expect(record.refusals.ranges.count == 1)
        }
    }

    @Test(
        "a newer connection takes the name: the older one is told by whom, and its publishes count", arguments: [1, 4])
    func takeover(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            for round in 1...20 {
                let name = "import \(round)"
                let older = try Self.connect(broker, name)
                let topic = try older.topic("hello")
                try older.send(NativeClient.bytes((1...100).map { .message(topic, "\($0)") }))
                let newer = try Self.connect(broker, name)
                let frames = try older.receiveAll()
                #expect(frames.last?.code == .producerTakenOver)
                guard case .goodbye(_, let reason)? = frames.last else { return }
                #expect(reason.contains("client \(newer.id) ('writer', 127.0.0.1:\(newer.wire.localPort))"))
                let answered = try #require(newer.welcome.producer).answered
                #expect(frames.compactMap(\.confirmed).last ?? 0 == answered, "no CONFIRM tells more or less")
                try newer.publish(topic, "after")
                try newer.barrier()
            }
        }
    }

    @Test(
        "publishes of the older one that wait for room are not answered, and are not stored later", arguments: [1, 4])
    func parked(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let older = try Self.connect(broker)
            let topic = try older.create("full", [.limit: 4096, .overflow: 2, .historyBytes: 1 << 20]).id
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("full")
            let long = String(repeating: "x", count: 972)
            try older.send(NativeClient.bytes((1...10).map { .message(topic, "\($0) \(long)") }))
            _ = try older.receive { $0.blocked == true }
            let newer = try Self.connect(broker)
            #expect(newer.welcome.producer?.answered == 4)
            #expect(try older.receiveAll().last?.code == .producerTakenOver)
            try reader.send(.window(100))
            #expect(try reader.payloads(4).map { $0.prefix { $0 != " " } } == ["1", "2", "3", "4"])
            try reader.send(.commit(4))
            try newer.send(.message(topic, "5"))
            #expect(try reader.payloads(1) == ["5"])
        }
    }

    @Test("what the newcomer sends behind its HELLO waits for WELCOME and is taken then", arguments: [1, 4])
    func pipelined(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let older = try Self.connect(broker)
            let topic = try older.topic("hello")
            let wire = try broker.connect()
            try wire.send(
                Preface.bytes
                    + NativeClient.bytes([.hello(try Self.hello("import")), .message(topic, "new"), .ping(1)]))
            let newer = NativeClient(wire)
            guard case .welcome = try newer.receive() else {
                Issue.record("the first frame is no WELCOME")
                return
            }
            _ = try newer.receive { $0 == .pong(1) }
            #expect(try Self.kept(broker, "hello", 1) == ["new"])
        }
    }

    @Test("of many that claim a name at once one has it, and each of the others is told", arguments: [1, 4])
    func storm(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let clients = try (0..<50).map { number in
                let wire = try broker.connect()
                let hello = try Self.hello("import", client: "\(number)")
                wire.trySend(Preface.bytes + NativeClient.bytes([.hello(hello), .ping(1)]))
                return NativeClient(wire)
            }
            try broker.until(connections: 1)
            let holder = try #require(try broker.client("observer").clients().rows.first { $0.name != "observer" })
            for (number, client) in clients.enumerated() {
                if "\(number)" == holder.name {
                    _ = try client.receive { $0 == .pong(1) }
                } else {
                    let code = try client.receiveAll().last?.code
                    #expect(code == .producerTakenOver || code == .producerContended)
                }
            }
        }
    }

    @Test(
        "clients that fight for a name do not go on: after four takeovers the newcomer is refused", arguments: [1, 4])
    func contended(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            var clients: [NativeClient] = []
            for number in 0..<5 { clients.append(try Self.client(broker, "\(number)")) }
            for session in [nil, "burrow"] {
                let refused = NativeClient(try broker.connect())
                var hello = try Self.hello("import", client: "late")
                hello.session = try session.map { try SessionName($0) }
                try refused.send(Preface.bytes + NativeClient.bytes([.hello(hello)]))
                guard case .goodbye(ErrorCode.producerContended.rawValue, let reason)? = try refused.receiveAll().last
                else { throw WireError.unexpected("it was not refused") }
                #expect(reason.contains("client \(clients[4].id) has it"))
            }
            // Nothing was taken from a session for a name that cannot be had.
            #expect(try broker.client("observer").sessions().matching == 0)
            #expect(try clients[4].barrier() == [])
            broker.clock.advance(seconds: 10)
            _ = try Self.client(broker, "patient")
            #expect(try clients[4].receiveAll().last?.code == .producerTakenOver)
        }
    }

    @Test("a client whose connection is cut again and again does not fight with itself", arguments: [1, 4])
    func flapping(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let topic = try broker.client("maker").topic("hello")
            for number in 0..<30 {
                let client = try Self.client(broker, "\(number)")
                try client.send(.message(topic, "\(number)"))
                client.wire.close()
            }
        }
    }

    private static func client(_ broker: TestBroker, _ name: String) throws -> NativeClient {
        try NativeClient(broker.connect(), hello: try hello("import", client: name))
    }

    @Test("a name that is none is bad-name, and HELLO is still awaited")
    func badName() async throws {
        try await TestBroker.run { broker in
            let wire = try broker.connect()
            var hello = ByteBuffer()
            ClientFrame.hello(Hello(window: 1, name: "")).write(to: &hello)
            var bytes = Array(hello.readableBytesView)
            bytes += [7, 2, 0, 0x61, 0x0A]
            bytes[0] += 5
            try wire.send(Preface.bytes + bytes)
            let client = NativeClient(wire)
            #expect(try client.receive().code == .badName)
            try client.send(.hello(try Self.hello("import")))
            guard case .welcome = try client.receive() else {
                Issue.record("no WELCOME came")
                return
            }
        }
    }

    @Test("a producer is forgotten at its time, and the next connection begins anew")
    func expires() async throws {
        try await TestBroker.run(configure: { $0.producerTime = 60 }) { broker in
            let writer = try Self.connect(broker)
            let topic = try writer.topic("hello")
            try writer.publishConfirmed(topic, ["one"])
            writer.wire.close()
            try broker.until(connections: 0)
            broker.clock.advance(seconds: 59)
            let kept = try Self.connect(broker)
            #expect(kept.welcome.producer?.answered == 1)
            kept.wire.close()
            try broker.until(connections: 0)
            broker.clock.advance(seconds: 61)
            let anew = try Self.connect(broker)
            #expect(anew.welcome.producer == ProducerRecord(began: anew.id))
        }
    }

    @Test(
        "a connection cut at any byte of any publish: each publish is counted and stored, or neither",
        arguments: [1, 4])
    func everyByte(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let observer = try broker.client("observer")
            let topic = try observer.topic("hello")
            let frames = NativeClient.bytes((1...3).map { .message(topic, "message \($0)") })
            var stored: UInt64 = 0
            for length in 0...frames.count {
                let writer = try Self.connect(broker, "cut \(length)")
                try writer.send(Array(frames[..<length]))
                if length % 2 == 0 { writer.wire.halfClose() }
                writer.wire.close()
                let again = try Self.connect(broker, "cut \(length)")
                stored += try #require(again.welcome.producer).answered
                #expect(try observer.topicRow("hello")[.headSequence] == stored)
                again.wire.close()
            }
        }
    }
}
