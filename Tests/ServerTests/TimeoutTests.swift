import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Time limits and the limit of connections")
struct TimeoutTests {
    @Test(
        "a preface or HELLO that has begun must be complete within 10 s",
        arguments: [Array(Preface.bytes.prefix(3)), Preface.bytes, Preface.bytes + [12, 0, 0, 0, 1], [1, 0]])
    func handshake(bytes: [UInt8]) async throws {
        try await TestBroker.run { broker in
            let client = NativeClient(try broker.connect())
            try client.send(bytes)
            try broker.settle()
            broker.clock.advance(milliseconds: 9999)
            try broker.secondPasses()
            try broker.until(connections: 1)
            broker.clock.advance(milliseconds: 1)
            // Only clients known to be native are told the reason.
            let isNative = bytes.starts(with: Preface.bytes)
            #expect(try client.receiveAll().map(\.code) == (isNative ? [.handshakeTooSlow] : []))
        }
    }

    @Test("a connection that has sent no byte may stay")
    func silentFromTheStart() async throws {
        try await TestBroker.run { broker in
            let client = NativeClient(try broker.connect())
            try broker.settle()
            broker.clock.advance(seconds: 3600)
            try broker.secondPasses()
            try client.send(GreetingTests.greeting)
            guard case .welcome = try client.receive() else { throw WireError.unexpected("no WELCOME") }
        }
    }

    @Test("a silent native client is pinged at 30 s, and given up after two pings unanswered")
    func idle() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            broker.clock.advance(milliseconds: 29_999)
            try broker.secondPasses()
            try client.send(.window(5))
            #expect(try client.settle() == [])
            broker.clock.advance(seconds: 30)
            #expect(try client.receive().opcode == .ping)
            broker.clock.advance(seconds: 30)
            #expect(try client.receive().opcode == .ping)
            broker.clock.advance(seconds: 30)
            #expect(try client.receiveAll().map(\.code) == [.idleTooLong])
        }
    }

    @Test("any frame is a sign of life, and the answer to a ping measures the way there and back")
    func answered() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            broker.clock.advance(seconds: 30)
            guard case .ping(let token, atOnce: true) = try client.receive() else {
                throw WireError.unexpected("no PING")
            }
            broker.clock.advance(milliseconds: 250)
            try client.send(.pong(token))
            try client.settle()
            #expect(try client.clientRow(client.id)[.roundTrip] == 250_000)
            for _ in 0..<2 {
                broker.clock.advance(seconds: 30)
                guard case .ping(let token, atOnce: true) = try client.receive() else {
                    throw WireError.unexpected("no PING")
                }
                try client.send(.pong(token))
                try client.settle()
            }
        }
    }

    @Test("a silent classic client is neither pinged nor given up")
    func classicIsSilent() async throws {
        try await TestBroker.run { broker in
            let client = try broker.classic()
            try client.send(.subscribe(topic: "hello"))
            try broker.settle()
            for _ in 0..<3 {
                broker.clock.advance(seconds: 60)
                try broker.secondPasses()
            }
            try client.send(.message("hello", "still here"))
            #expect(try client.receive()?.payload == "still here")
        }
    }

    @Test("a frame that has begun and gets no further for 30 s ends the connection, in both dialects")
    func unfinishedFrame() async throws {
        try await TestBroker.run { broker in
            let native = try broker.client()
            let bytes = NativeClient.bytes([.topic(request: 1, name: "hello")])
            try native.send(Array(bytes.dropLast()))
            let classic = try broker.classic()
            try classic.send(.subscribe(topic: "hello"))
            try classic.wire.send(ClassicClient.bytes([.message("hello", "never")]).dropLast())
            let patient = try broker.classic()
            try patient.send(.subscribe(topic: "hello"))
            try broker.settle()
            broker.clock.advance(milliseconds: 29_999)
            for _ in 0..<2 { try broker.secondPasses() }
            try broker.until(connections: 3)
            broker.clock.advance(milliseconds: 1)
            // The ping that a silent client gets comes before the second look.
            #expect(try native.receiveAll().filter { $0.opcode != .ping }.map(\.code) == [.frameTooSlow])
            #expect(try classic.receive() == nil)
            try broker.until(connections: 1)
        }
    }

    @Test("a frame of which another byte comes in time may take as long as it takes")
    func slowFrame() async throws {
        try await TestBroker.run { broker in
            let client = try broker.classic()
            try client.send(.subscribe(topic: "hello"))
            let bytes = ClassicClient.bytes([.message("hello", "slow")])
            try client.wire.send(bytes.dropLast(3))
            for byte in bytes.suffix(3) {
                try broker.settle()
                broker.clock.advance(seconds: 20)
                for _ in 0..<2 { try broker.secondPasses() }
                try client.wire.send([byte])
            }
            #expect(try client.receive()?.payload == "slow")
        }
    }

    @Test("at the limit of connections a client is told so, and is let in when another has left")
    func connectionLimit() async throws {
        try await TestBroker.run(configure: { $0.maximumConnections = 3 }) { broker in
            var clients = try (0..<3).map { _ in try broker.client() }
            let refused = NativeClient(try broker.connect())
            try refused.send(GreetingTests.greeting)
            let frames = try refused.receiveAll()
            #expect(frames.map(\.code) == [.tooManyConnections])
            #expect(frames.map(\.opcode) == [.goodbye])
            let classic = try broker.classic()
            try classic.send(.subscribe(topic: "hello"))
            #expect(try classic.receive() == nil)
            refused.wire.close()
            classic.wire.close()
            clients.removeLast().wire.close()
            try eventually("a place to be free") {
                let late = NativeClient(try broker.connect())
                try late.send(GreetingTests.greeting)
                guard case .welcome = try late.receive() else { return false }
                return true
            }
        }
    }

    @Test("at the limit of topics no more are created, and existing ones keep working")
    func topicLimit() async throws {
        try await TestBroker.run(configure: { $0.maximumTopics = 2 }) { broker in
            let client = try broker.client()
            let topic = try client.topic("a")
            _ = try client.topic("b")
            try client.send(.topic(request: 90, name: "c"), .subscribe(request: 91, pattern: "d", from: .new))
            let errors = try client.barrier()
            #expect(errors.map(\.code) == [.tooManyTopics, .tooManyTopics])
            #expect(errors.map(\.request) == [90, 91])
            try client.subscribe("a")
            try client.publish(topic, "one")
            #expect(try client.payloads(1) == ["one"])
            let classic = try broker.classic()
            try classic.send(.message("c", "m"))
            #expect(try classic.receive() == nil)
        }
    }
}
