import NIOCore
import TestSupport
import Testing
import ZaichikBroker
import ZaichikProtocol

@Suite("Classic bytes that the first broker got wrong")
struct ClassicBytesTests {
    private static let session = ClassicClient.bytes([
        .createTopic(name: "Зайцы", retention: 60_000, deduplicationWindow: 1500), .subscribe(topic: "Зайцы"),
        .message("Зайцы", "payload", key: "secret"), .commit, .unsubscribe(topic: "never"),
    ])

    @Test("TCP segments may end at any byte without an effect")
    func splitAnywhere() async throws {
        try await TestBroker.run { broker in
            for cut in 1..<Self.session.count {
                let client = try broker.classic()
                try client.wire.send(Self.session[..<cut])
                // Something that the broker has to read in between, so that the segments do not grow together.
                try broker.settle()
                try client.wire.send(Self.session[cut...])
                #expect(try client.receive()?.payload == "payload", "cut at \(cut)")
                broker.clock.advance(seconds: 2)
            }
        }
    }

    @Test(
        "frames far over 8 KiB come through, also when their payload looks like frames",
        arguments: [8192, 100_000, 3 << 20])
    func large(size: Int) async throws {
        try await TestBroker.run { broker in
            let client = try broker.classic()
            let trap = ClassicClient.bytes([.closeConnection, .unsubscribe(topic: "hello"), .commit])
            let payload = Array((0..<size / trap.count + 1).map { _ in trap }.joined().prefix(size))
            try client.send(
                .subscribe(topic: "hello"),
                .publish(topic: "hello", key: nil, payload: ByteBuffer(bytes: payload)), .message("hello", "next"))
            let first = try client.receive()
            #expect(first.map { Array($0.payload.utf8) } == payload)
            try client.send(.commit)
            #expect(try client.receive()?.payload == "next")
        }
    }

    @Test(
        "a Publish is as long as the DELIVER that it becomes: of just the limit it is taken, of a byte more it ends the connection"
    )
    func exactLimit() async throws {
        try await TestBroker.run(configure: { $0.maximumFrame = 10_000 }) { broker in
            let reader = try broker.client("reader")
            try reader.subscribe("t")
            // 28 bytes as a DELIVER, and 33 in this dialect with a topic of one byte and a key of three.
            for (key, size) in [(nil, 10_000 - 28), ("key", 10_000 - 33)] as [(String?, Int)] {
                let client = try broker.classic()
                try client.send(.message("t", String(repeating: "m", count: size), key: key), .message("t", "next"))
                #expect(try reader.deliveries(2).map(\.payload.readableBytes) == [size, 4])
                try client.send(.message("t", String(repeating: "m", count: size + 1), key: key), .message("t", "no"))
                #expect(try client.receive() == nil)
            }
            #expect(try reader.topicRow("t")[.headSequence] == 4)
        }
    }

    @Test("a key over 65,535 bytes ends the connection, as no native frame can carry it")
    func longKey() async throws {
        try await TestBroker.run { broker in
            let reader = try broker.client("reader")
            try reader.subscribe("t")
            let client = try broker.classic()
            let key = String(repeating: "k", count: 65_535)
            try client.send(.message("t", "m", key: key), .message("t", "no", key: key + "k"))
            #expect(try client.receive() == nil)
            #expect(try reader.deliveries(1).map { $0.key?.readableBytes } == [65_535])
        }
    }

    @Test("a key that is no text reaches a classic client with U+FFFD in place of what is none")
    func keyOfBytes() async throws {
        try await TestBroker.run { broker in
            let native = try broker.client()
            let topic = try native.topic("hello")
            let classic = try broker.classic()
            try classic.send(.subscribe(topic: "hello"))
            try broker.settle()
            for key: [UInt8] in [[0xFF, 0xFE], [0x61, 0xD0], Array("ключ".utf8)] {
                try native.send(.publish(Message(topicID: topic, key: ByteBuffer(bytes: key), payload: ByteBuffer())))
                #expect(try classic.consume(1).map(\.key) == [String(decoding: key, as: UTF8.self)])
            }
        }
    }

    @Test("a frame over the limit ends the connection, at once")
    func overLimit() async throws {
        try await TestBroker.run(configure: { $0.maximumFrame = 100_000 }) { broker in
            let client = try broker.classic()
            try client.wire.send(
                ClassicClient.bytes([.message("hello", "1")]) + [1, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 0x80])
            #expect(try client.receive() == nil)
            #expect(try broker.client().topicRow("hello")[.headSequence] == 1)
        }
    }

    @Test(
        "garbage closes the connection, and publishes before it are kept",
        arguments: [
            [6, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [5, 0, 0, 1], [2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xFF],
            [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x61, 2], Array(Preface.bytes),
        ])
    func garbage(bytes: [UInt8]) async throws {
        try await TestBroker.run { broker in
            let client = try broker.classic()
            try client.wire.send(ClassicClient.bytes([.message("hello", "1")]) + bytes)
            client.wire.trySend(ClassicClient.bytes([.message("hello", "2")]))
            #expect(try client.receive() == nil)
            #expect(try broker.client().topicRow("hello")[.headSequence] == 1)
        }
    }

    @Test(
        "an invalid name ends the session, and other clients are not affected",
        arguments: ["", "a.*", ">", "a..b", "a\n", String(repeating: "n", count: 256)])
    func badNames(name: String) async throws {
        try await TestBroker.run { broker in
            for frame: ClassicFrame in [
                .subscribe(topic: name), .unsubscribe(topic: name), .message(name, "m"),
                .createTopic(name: name, retention: 0, deduplicationWindow: 0),
            ] {
                let client = try broker.classic()
                try client.send(frame)
                #expect(try client.receive() == nil)
            }
            #expect(try broker.client().topics().rows == [])
        }
    }

    @Test("publishing to the broker's own names ends the session")
    func reserved() async throws {
        try await TestBroker.run { broker in
            let client = try broker.classic()
            try client.send(.message("$zaichik.events", "m"))
            #expect(try client.receive() == nil)
        }
    }

    @Test("classic and native clients read each other")
    func mixed() async throws {
        try await TestBroker.run { broker in
            let native = try broker.client()
            let classic = try broker.classic()
            try native.subscribe("hello")
            try classic.send(.subscribe(topic: "hello"), .message("hello", "from classic", key: "k"))
            #expect(try classic.consume(1).map(\.payload) == ["from classic"])
            let delivery = try native.deliveries(1)[0]
            #expect(delivery.text == "from classic")
            #expect(delivery.key == ByteBuffer(string: "k"))
            #expect(delivery.flags == [])
            try native.publish(delivery.topicID, "from native", key: "")
            #expect(try classic.receive() == ClassicClient.Delivery("hello", "from native", key: ""))
        }
    }
}
