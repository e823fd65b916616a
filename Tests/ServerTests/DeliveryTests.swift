import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Publishing and delivering")
struct DeliveryTests {
    @Test("a client gets its own messages: TOPIC once, then the deliveries in order", arguments: [1, 2])
    func echo(loops: Int) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            try client.publish(topic, "one", "two", "three")
            let frames = try client.receive { $0.message?.text == "three" } + client.barrier()
            #expect(frames.payloads == ["one", "two", "three"])
            #expect(frames.messages.map(\.sequence) == [1, 2, 3])
            #expect(frames.count { $0.introduces(topic, "hello") } == 1)
            #expect(frames.prefix { $0.message == nil }.contains { $0.introduces(topic, "hello") })
            #expect(frames.contains(.confirm(3)))
        }
    }

    @Test("a DELIVER is the PUBLISH, byte for byte, with type, flags, sequence and timestamp filled in")
    func bytes() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let reader = try broker.client("reader")
            let topic = try client.topic("hello")
            try reader.subscribe("hello")
            let messages: [Message] = [
                Message(topicID: topic, payload: ByteBuffer()),
                Message(topicID: topic, key: ByteBuffer(string: "key"), payload: ByteBuffer(string: "keyed")),
                Message(topicID: topic, key: ByteBuffer(), payload: ByteBuffer(string: "empty key")),
                Message(topicID: topic, flags: .headers, payload: ByteBuffer(bytes: Self.headers)),
                Message(
                    topicID: topic, flags: [.headers, .receipt, .unconfirmed], key: ByteBuffer(string: "k"),
                    payload: ByteBuffer(bytes: Self.headers)),
            ]
            for (index, message) in messages.enumerated() {
                var published = NativeClient.bytes([.publish(message)])
                // Fields that the broker fills in are ignored in a publish, and so are unknown flags.
                for offset in MessageLayout.sequenceOffset..<MessageLayout.keyOffset { published[offset] = 0xEE }
                published[MessageLayout.flagsOffset] |= 0xF0
                try client.send(published)
                try client.barrier()
                var expected = published
                expected[MessageLayout.typeOffset] = 0xA0
                expected[MessageLayout.flagsOffset] &= 0b110
                Self.put(UInt64(index + 1), into: &expected, at: MessageLayout.sequenceOffset)
                Self.put(broker.clock.now, into: &expected, at: MessageLayout.timestampOffset)
                if index == 0 { #expect(try reader.receive().introduces(topic, "hello")) }
                #expect(try reader.receiveBytes() == ByteBuffer(bytes: expected))
                broker.clock.advance(milliseconds: 17)
            }
        }
    }

    /// One header `a` with the value `bc`, followed by `rest`.
    private static let headers: [UInt8] = [1, 0, 1, 0, 0x61, 2, 0, 0, 0, 0x62, 0x63] + Array("rest".utf8)

    private static func put(_ value: UInt64, into bytes: inout [UInt8], at offset: Int) {
        for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
    }

    @Test(
        "headers that do not parse are refused, with and without a receipt wanted",
        arguments: [[UInt8](), [1], [1, 0], [1, 0, 5, 0, 0x61], [1, 0, 1, 0, 0xFF, 0, 0, 0, 0], [0, 1, 0, 0]])
    func malformedHeaders(payload: [UInt8]) async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            for flags: MessageFlags in [.headers, [.headers, .receipt]] {
                let message = Message(topicID: topic, flags: flags, payload: ByteBuffer(bytes: payload))
                try client.send(.publish(message))
            }
            let frames = try client.barrier()
            #expect(frames.compactMap(\.code) == [.malformedHeaders, .malformedHeaders])
            #expect(frames.last == .confirm(2))
        }
    }

    @Test("timestamps never decrease within a topic, though the clock does")
    func timestamps() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.subscribe("hello")
            try client.publishConfirmed(topic, ["one"])
            broker.clock.retreat(seconds: 60)
            try client.publishConfirmed(topic, ["two"])
            broker.clock.advance(seconds: 61)
            try client.publishConfirmed(topic, ["three"])
            let reader = try broker.client()
            try reader.subscribe("hello", from: .earliest)
            let times = try reader.deliveries(3).map(\.timestamp)
            #expect(times == times.sorted())
            #expect(times[2] == broker.clock.now)
        }
    }

    @Test("a RECEIPT says the publish's number, its sequence and how many queues it is in, before its CONFIRM")
    func receipt() async throws {
        try await TestBroker.run { broker in
            let readers = try (0..<3).map { _ in try broker.client() }
            for reader in readers { try reader.subscribe("hello") }
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.send(
                .message(topic, "one"), .message(topic, "two", flags: .receipt), .message(topic, "three"),
                .message(topic, "four", flags: [.receipt, .unconfirmed]))
            let frames = try client.barrier()
            #expect(
                frames == [
                    .receipt(.accepted, publish: 2, topicID: topic, sequence: 2, queues: 3),
                    .receipt(.accepted, publish: 4, topicID: topic, sequence: 4, queues: 3),
                    .confirm(4),
                ])
        }
    }

    @Test("a RECEIPT counts readers by pattern from a topic's first message on")
    func receiptOfFirst() async throws {
        try await TestBroker.run { broker in
            let reader = try broker.client("reader")
            try reader.subscribe("orders.>")
            let client = try broker.client()
            let topic = try client.topic("orders.eu")
            try client.publish(topic, "one", flags: .receipt)
            #expect(
                try client.barrier() == [
                    .receipt(.accepted, publish: 1, topicID: topic, sequence: 1, queues: 1), .confirm(1),
                ])
        }
    }

    @Test("no CONFIRM comes for publishes that want none; a later one covers them")
    func unconfirmed() async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.publish(topic, "one", "two", flags: .unconfirmed)
            #expect(try client.barrier() == [])
            try client.publish(topic, "three")
            #expect(try client.barrier() == [.confirm(3)])
        }
    }

    @Test(
        "an unknown topic id is a REJECT, and CONFIRM passes it", arguments: [MessageFlags(), .unconfirmed, .receipt])
    func unknownTopic(flags: MessageFlags) async throws {
        try await TestBroker.run { broker in
            let client = try broker.client()
            let topic = try client.topic("hello")
            try client.send(
                .message(topic, "one"), .message(topic + 1, "lost", flags: flags), .message(.max, "lost", flags: flags),
                .message(0, "lost", flags: flags), .message(topic, "two"))
            let frames = try client.barrier()
            #expect(frames.compactMap(\.code) == [.unknownTopic, .unknownTopic, .unknownTopic])
            #expect(frames.compactMap(\.rejected) == [2, 3, 4])
            #expect(frames.last == .confirm(5))
        }
    }

    @Test("a topic's id is the same for all connections")
    func sameID() async throws {
        try await TestBroker.run { broker in
            let first = try broker.client()
            let second = try broker.client()
            let ids = try ["a", "b", "Зайцы"].map { name in (try first.topic(name), try second.topic(name)) }
            #expect(ids.allSatisfy { $0 == $1 })
            #expect(Set(ids.map(\.0)).count == 3)
        }
    }
}
