import NIOCore
import Testing
import ZaichikProtocol

/// Frames as the original clients send them, byte for byte. docs/PROTOCOL.md prints the same table.
enum ClassicVectors {
    static let hello = "050000000000000068656c6c6f"
    static let hares = "0a00000000000000d097d0b0d0b9d186d18b"

    static let all: [(frame: ClassicFrame, hex: String)] = [
        (
            .createTopic(name: "hello", retention: 0, deduplicationWindow: 0),
            "00000000 \(hello) 0000000000000000 0000000000000000"
        ),
        (
            .createTopic(name: "hello", retention: 5000, deduplicationWindow: 0),
            "00000000 \(hello) 8813000000000000 0000000000000000"
        ),
        (
            .createTopic(name: "hello", retention: 0, deduplicationWindow: 10000),
            "00000000 \(hello) 0000000000000000 1027000000000000"
        ),
        (
            .createTopic(name: "Зайцы", retention: 60000, deduplicationWindow: 1500),
            "00000000 \(hares) 60ea000000000000 dc05000000000000"
        ),
        (
            .createTopic(name: "", retention: .max, deduplicationWindow: .max),
            "00000000 0000000000000000 ffffffffffffffff ffffffffffffffff"
        ),
        (publish("hello", nil, "message"), "01000000 \(hello) 00 07000000000000006d657373616765"),
        (
            publish("hello", "secret", "message"),
            "01000000 \(hello) 01 0600000000000000736563726574 07000000000000006d657373616765"
        ),
        (publish("hello", nil, ""), "01000000 \(hello) 00 0000000000000000"),
        (publish("hello", "secret", ""), "01000000 \(hello) 01 0600000000000000736563726574 0000000000000000"),
        (publish("hello", "", "m"), "01000000 \(hello) 01 0000000000000000 01000000000000006d"),
        (
            publish("Зайцы", "secret", "\u{1}\u{2}\u{3}\u{4}\u{5}"),
            "01000000 \(hares) 01 0600000000000000736563726574 05000000000000000102030405"
        ),
        (
            .publish(topic: "Зайцы", key: nil, payload: ByteBuffer(bytes: [0x00, 0xFF])),
            "01000000 \(hares) 00 020000000000000000ff"
        ),
        (publish("", nil, ""), "01000000 0000000000000000 00 0000000000000000"),
        (.subscribe(topic: "hello"), "02000000 \(hello)"),
        (.subscribe(topic: "Зайцы"), "02000000 \(hares)"),
        (.unsubscribe(topic: "hello"), "03000000 \(hello)"),
        (.unsubscribe(topic: "Зайцы"), "03000000 \(hares)"),
        (.closeConnection, "04000000"),
        (.commit, "05000000"),
    ]

    private static func publish(_ topic: String, _ key: String?, _ payload: String) -> ClassicFrame {
        .publish(topic: topic, key: key.map { ByteBuffer(string: $0) }, payload: ByteBuffer(string: payload))
    }
}

@Suite("Classic frames, byte for byte")
struct ClassicVectorTests {
    private let decoder = ClassicDecoder(limit: FrameLimits.standard)

    @Test("a frame encodes to its vector", arguments: ClassicVectors.all)
    func encode(frame: ClassicFrame, hex: String) {
        #expect(frame.bytes.hex == bytes(hex).hex)
    }

    @Test("a vector decodes to its frame and takes every byte", arguments: ClassicVectors.all)
    func decode(frame: ClassicFrame, hex: String) throws {
        var buffer = bytes(hex)
        #expect(try decoder.measure(buffer) == .complete(buffer.readableBytes))
        #expect(try decoder.decode(&buffer) == frame)
        #expect(buffer.readableBytes == 0)
    }

    @Test("a frame comes back as it went", arguments: Samples.classicFrames)
    func roundTrip(frame: ClassicFrame) throws {
        var buffer = frame.bytes
        #expect(try decoder.decode(&buffer) == frame)
    }

    @Test("an empty key is not the same as none")
    func emptyKey() {
        let none = ClassicFrame.publish(topic: "a", key: nil, payload: ByteBuffer())
        let empty = ClassicFrame.publish(topic: "a", key: ByteBuffer(), payload: ByteBuffer())
        #expect(none != empty)
        #expect(none.bytes != empty.bytes)
    }
}
