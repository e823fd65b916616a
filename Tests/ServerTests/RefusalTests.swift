import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("What the broker does not know is refused where it matters")
struct RefusalTests {
    /// One header.
    private static func header(_ name: String, _ value: String = "v") -> [UInt8] {
        [1, 0, UInt8(name.utf8.count), 0] + Array(name.utf8) + [UInt8(value.utf8.count), 0, 0, 0] + Array(value.utf8)
    }

    private static func publish(_ topic: UInt32, headers: [UInt8], flags: MessageFlags = []) -> ClientFrame {
        .publish(Message(topicID: topic, flags: flags.union(.headers), payload: ByteBuffer(bytes: headers)))
    }

    @Test("an unknown flag of PUBLISH is a REJECT, whatever the other flags are, and those around it are accepted")
    func flags() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            for bit in 5..<8 {
                let flag = MessageFlags(rawValue: 1 << UInt8(bit))
                let (before, after) = ("before \(bit)", "after \(bit)")
                try client.send(
                    .message(topic, before), .message(topic, "no", flags: flag),
                    .message(topic, "no", key: "", flags: flag.union([.unconfirmed, .receipt])), .message(topic, after))
                let frames = try client.settle()
                #expect(frames.compactMap(\.code) == [.unknownFlag, .unknownFlag])
                #expect(frames.compactMap(\.rejected) == [2, 3].map { UInt64((bit - 5) * 4 + $0) })
                #expect(frames.payloads == [before, after])
                #expect(frames.filter { $0.opcode == .receipt } == [])
                #expect(frames.compactMap(\.confirmed).last == UInt64((bit - 4) * 4))
            }
            #expect(try client.topicRow("hello")[.rejectedMessages] == 6)
            #expect(try client.clientRow(client.id)[.rejectedMessages] == 6)
        }
    }

    @Test("a header whose name begins with `$` is a REJECT that names it; others are the publisher's own")
    func headers() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            try client.send(
                Self.publish(topic, headers: Self.header("$later", "5")),
                Self.publish(topic, headers: Self.header("a$")), Self.publish(topic, headers: Self.header("")),
                Self.publish(topic, headers: [2] + Self.header("a").dropFirst() + Self.header("$").dropFirst(2)))
            let frames = try client.settle()
            #expect(frames.compactMap(\.rejected) == [1, 4])
            #expect(frames.compactMap(\.code) == [.unknownHeader, .unknownHeader])
            guard case .reject(_, _, let message)? = frames.first(where: { $0.rejected == 1 }) else { return }
            #expect(message.contains("'$later'"))
            #expect(frames.messages.map(\.sequence) == [1, 2])
            #expect(try client.topicRow("hello")[.rejectedMessages] == 2)
        }
    }

    @Test("a payload may begin like a header as long as flag bit 1 is not set")
    func noHeaders() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            let payload = ByteBuffer(bytes: Self.header("$delay"))
            try client.send(.publish(Message(topicID: topic, payload: payload)))
            #expect(try client.barrier() == [.confirm(1)])
        }
    }

    @Test("of several reasons the first counts: flags, the form of headers, their names, the topic's id")
    func order() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let bit7 = MessageFlags(rawValue: 1 << 7)
            try client.send(
                Self.publish(99, headers: [1], flags: bit7), Self.publish(99, headers: [1]),
                Self.publish(99, headers: [2] + Self.header("$a").dropFirst() + [9]),
                Self.publish(99, headers: Self.header("$a")), Self.publish(99, headers: Self.header("a")))
            #expect(
                try client.barrier().compactMap(\.code) == [
                    .unknownFlag, .malformedHeaders, .malformedHeaders, .unknownHeader, .unknownTopic,
                ])
        }
    }

    @Test(
        "a refused publish that wants no CONFIRM is followed by one all the same, and one that wants a RECEIPT gets none"
    )
    func refusedFlags() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send(.message(99, "no", flags: .unconfirmed))
            var frames = try client.barrier()
            #expect(frames.compactMap(\.rejected) == [1] && frames.last == .confirm(1))
            try client.send(.message(99, "no", flags: [.unconfirmed, .receipt]))
            frames = try client.barrier()
            #expect(frames.map(\.opcode) == [.reject, .confirm])
        }
    }

    @Test("a refusal waits for the publishes before it that wait for room")
    func afterBlocked() async throws {
        try await TestBroker.run { broker in
            let writer = try broker.client("writer")
            let block = UInt64(TopicSettings.Overflow.block.rawValue)
            let topic = try writer.create("hello", [.limit: 100, .historyBytes: 0, .overflow: block]).id
            let reader = try broker.client("reader")
            try reader.subscribe("hello")
            let payload = String(repeating: "m", count: 60)
            try writer.send(
                .message(topic, payload), .message(topic, payload),
                .message(topic, payload, flags: MessageFlags(rawValue: 32)),
                Self.publish(topic, headers: Self.header("$a")))
            #expect(try writer.receive { $0.blocked == true }.compactMap(\.code) == [])
            _ = try reader.deliveries(1)
            try reader.send(.commit(1))
            let frames = try writer.receive { $0 == .confirm(4) }
            #expect(frames.compactMap(\.rejected) == [3, 4])
            #expect(frames.compactMap(\.code) == [.unknownFlag, .unknownHeader])
        }
    }

    @Test(
        "an unknown request is answered under its own id, and the connection continues", arguments: [UInt8(0x4F), 0x5F])
    func request(type: UInt8) async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            try client.send([8, 0, 0, 0, type, 0, 0, 0] + [7, 1, 0, 0])
            try client.send([7, 0, 0, 0, type, 0, 0, 0] + [7, 1, 0])
            let errors = try client.barrier()
            #expect(errors.map(\.code) == [.unknownType, .unknownType])
            #expect(errors.map(\.request) == [0x0107, 0])
        }
    }
}
