import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Native frames that break a rule")
struct FrameErrorTests {
    private static func length(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

    @Test(
        "before WELCOME a frame has at most 64 KiB, the length field counted", arguments: [UInt32(1 << 16) - 3, .max])
    func tooLongBeforeWelcome(announced: UInt32) async throws {
        try await TestBroker.run { broker in
            let client = NativeClient(try broker.connect())
            try client.send(Preface.bytes + Self.length(announced))
            #expect(try client.receiveAll().map(\.code) == [.frameTooLong])
        }
    }

    @Test("a HELLO of just 64 KiB is welcome")
    func longestHello() async throws {
        try await TestBroker.run { broker in
            let client = NativeClient(try broker.connect())
            let name = [UInt8](repeating: 0x61, count: (1 << 16) - 16)
            let head = Self.length((1 << 16) - 4) + [1, 0, UInt8(name.count & 0xFF), UInt8(name.count >> 8)]
            try client.send(Preface.bytes + head + [UInt8](repeating: 0, count: 8) + name)
            guard case .welcome = try client.receive() else { throw WireError.unexpected("no WELCOME") }
        }
    }

    @Test("a length over the limit ends the connection as soon as it is there", arguments: [UInt32(10_000) - 3, .max])
    func tooLong(announced: UInt32) async throws {
        try await TestBroker.run(configure: { $0.maximumFrame = 10_000 }) { broker in
            let client = try broker.client()
            #expect(client.welcome.maximumFrame == 10_000)
            try client.send(Self.length(announced))
            #expect(try client.receiveAll().map(\.code) == [.frameTooLong])
        }
    }

    @Test("a frame of just the limit is taken, and delivered as it is")
    func longest() async throws {
        try await TestBroker.run(configure: { $0.maximumFrame = 10_000 }) { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            let payload = String(repeating: "m", count: 10_000 - MessageLayout.keyOffset)
            try client.publish(topic, payload)
            #expect(try client.payloads(1) == [payload])
        }
    }

    @Test("a length below 4 ends the connection", arguments: [UInt32(0), 1, 3])
    func tooShort(announced: UInt32) async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send(Self.length(announced))
            #expect(try client.receiveAll().map(\.code) == [.frameTooShort])
        }
    }

    @Test("a body shorter than its type needs ends the connection", arguments: ClientOpcode.allCases.dropFirst())
    func shortBody(opcode: ClientOpcode) async throws {
        guard opcode.minimumBody > 0 else { return }
        try await TestBroker.run { broker in
            let client = try broker.client()
            let body = [UInt8](repeating: 1, count: opcode.minimumBody - 1)
            try client.send(Self.length(UInt32(4 + body.count)) + [opcode.rawValue, 0, 0, 0] + body)
            #expect(try client.receiveAll().map(\.code) == [.frameTooShort])
        }
    }

    @Test("a `short` past the body ends the connection", arguments: [ClientOpcode.publish, .topic, .subscribe])
    func shortPastBody(opcode: ClientOpcode) async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let body = [UInt8](repeating: 1, count: opcode.minimumBody + 2)
            try client.send(Self.length(UInt32(4 + body.count)) + [opcode.rawValue, 0, 3, 0] + body)
            #expect(try client.receiveAll().map(\.code) == [.shortReachesPastBody])
        }
    }

    @Test("publishes before the frame that ends the connection are confirmed")
    func confirmedBefore() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.send(NativeClient.bytes([.message(topic, "one"), .message(topic, "two")]) + [0, 0, 0, 0])
            let frames = try client.receiveAll()
            #expect(frames.first == .confirm(2))
            #expect(frames.last?.code == .frameTooShort)
        }
    }

    @Test("the reason of the end is not lost, however much the client still sends")
    func reasonArrives() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            client.wire.trySend([0, 0, 0, 0] + [UInt8](repeating: 7, count: 4 << 20))
            #expect(try client.receiveAll().map(\.code) == [.frameTooShort])
        }
    }

    @Test("an unknown type is answered with ERROR, and the connection continues", arguments: [UInt8(0x13), 0x5F, 0xFF])
    func unknownType(type: UInt8) async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send([6, 0, 0, 0, type, 0, 9, 0, 1, 2])
            #expect(try client.barrier().map(\.code) == [.unknownType])
        }
    }

    @Test("unknown flags of other frames than PUBLISH, and bytes after a body, are ignored")
    func growth() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send([20, 0, 0, 0, 2, 0xFE, 9, 9] + [5, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 1, count: 8))
            #expect(try client.receive() == .pong(5))
        }
    }

    @Test("request id 0 is an error of the request only")
    func requestZero() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send(
                .topic(request: 0, name: "a"), .subscribe(request: 0, pattern: "a", from: .new),
                .unsubscribe(request: 0, pattern: "a"), .listTopics(request: 0, query: TopicQuery()),
                .watch(request: 0, WatchRequest()))
            #expect(try client.barrier().map(\.code) == Array(repeating: .badRequestID, count: 5))
            try client.send(.listTopics(request: 1, query: TopicQuery()))
            guard case .topics(_, let page, _) = try client.receive() else { throw WireError.unexpected("no rows") }
            #expect(page.rows == [])
        }
    }

    @Test(
        "a name that breaks the rules is an error of the request only",
        arguments: ["", "a..b", ".a", "a.", "a.*", ">", "a\u{0}b", "a\u{9B}b", String(repeating: "n", count: 256)])
    func badNames(name: String) async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send(
                .topic(request: 1, name: name), .createTopic(request: 2, name: name, settings: TopicSettingsChange()))
            let errors = try client.barrier()
            #expect(errors.map(\.code) == [.badName, .badName])
            #expect(errors.map(\.request) == [1, 2])
        }
    }

    @Test("a bad pattern is an error of the request only", arguments: ["", "a..b", ">.a", "a.>.b", "a\u{7F}"])
    func badPatterns(pattern: String) async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send(
                .subscribe(request: 3, pattern: pattern, from: .new), .unsubscribe(request: 4, pattern: pattern))
            let errors = try client.barrier()
            #expect(errors.map(\.code) == [.badName, .badName])
            #expect(errors.map(\.request) == [3, 4])
        }
    }

    @Test("a start that the wire does not have, and start 3 for a pattern, are bad arguments")
    func badStarts() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            var frame = NativeClient.bytes([.subscribe(request: 1, pattern: "a", from: .new)])
            frame[12] = 8
            try client.send(frame)
            try client.send(.subscribe(request: 2, pattern: "a.>", from: .sequence(1)))
            #expect(try client.barrier().map(\.code) == [.badArgument, .badArgument])
        }
    }

    @Test("start 5 without a session is an error")
    func noSession() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send(.subscribe(request: 1, pattern: "a", from: .session))
            #expect(try client.barrier().map(\.code) == [.noSession])
        }
    }
}
