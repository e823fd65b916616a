import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Signs of life and barriers")
struct SignOfLifeTests {
    private static let block: [TopicSettings.Tag: UInt64] = [
        .limit: 100, .historyBytes: 0, .overflow: UInt64(TopicSettings.Overflow.block.rawValue),
    ]
    private static let payload = String(repeating: "m", count: 60)

    @Test("a sign of life overtakes publishes that wait for room, and barriers; its PONG has the flag")
    func overtakes() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.block).id
            let reader = try broker.client("reader")
            try reader.subscribe("hello")
            try writer.send(.message(topic, Self.payload), .message(topic, Self.payload), .ping(1))
            _ = try writer.receive { $0.blocked == true }
            try writer.send(NativeClient.bytes((2...5000).map { .ping($0, atOnce: true) }))
            var frames = try writer.receive { $0 == .pong(5000, atOnce: true) }
            #expect(frames.filter { $0.opcode == .pong }.count == 4999 && !frames.contains(.pong(1)))
            #expect(frames.compactMap(\.code) == [])
            _ = try reader.deliveries(1)
            try reader.send(.commit(1))
            frames = try writer.receive { $0 == .pong(1) }
            #expect(frames.contains(.confirm(2)))
        }
    }

    @Test("a client that is not read from is pinged every 5 s, and is not given up")
    func held() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", Self.block).id
            let reader = try broker.client("reader", window: 100_000)
            try reader.subscribe("hello")
            let mebibyte = String(repeating: "m", count: 1 << 20)
            try writer.send(.message(topic, Self.payload), .message(topic, mebibyte))
            _ = try writer.receive { $0.blocked == true }
            try writer.send(.ping(7, atOnce: true))
            // One look sees that the client is not read from, a later one that this lasts.
            try broker.secondPasses()
            for _ in 0..<3 {
                broker.clock.advance(seconds: 5)
                guard case .ping(_, atOnce: true) = try writer.receive() else { throw WireError.unexpected("no PING") }
            }
            _ = try reader.deliveries(1)
            try reader.send(.commit(1))
            let frames = try writer.receive { $0 == .pong(7, atOnce: true) }
            #expect(frames.compactMap(\.code) == [])
        }
    }

    @Test("a broker that stops refuses the publishes that wait, under their own numbers, and those that come after")
    func stopping() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer", window: 1)
            let topic = try writer.create("hello", Self.block).id
            let echo = try writer.topic("echo")
            try writer.subscribe("hello")
            try writer.subscribe("echo")
            try writer.send(.message(topic, Self.payload), .message(topic, Self.payload), .message(echo, "x"))
            _ = try writer.receive { $0.blocked == true }
            let stop = Task { await broker.server.shutdown() }
            let frames = try writer.receiveAll()
            #expect(frames.compactMap(\.rejected) == [2, 3])
            #expect(frames.compactMap(\.code) == [.shuttingDown, .shuttingDown, .shuttingDown])
            writer.wire.close()
            await stop.value
        }
    }
}
