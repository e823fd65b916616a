import NIOCore
import Testing
import ZaichikProtocol

@Suite("Bytes that are no classic frame, now or later")
struct ClassicErrorTests {
    static let limit = FrameLimits.standard

    static let invalid: [(hex: String, error: ClassicError)] = [
        ("06000000", .unknownKind(6)),
        ("ffffffff", .unknownKind(.max)),
        ("5a414943", .unknownKind(0x4349_415A)),
        ("01000000 0100000000000000 61 02", .badOptionalTag(2)),
        ("01000000 0100000000000000 61 ff", .badOptionalTag(255)),
        ("02000000 0100000000000000 ff", .notUTF8),
        ("03000000 0200000000000000 c328", .notUTF8),
        ("00000000 0100000000000000 80", .notUTF8),
        ("01000000 0300000000000000 eda080", .notUTF8),
        ("01000000 0100000000000000 61 01 0100000000000000 ff", .notUTF8),
        ("02000000 0000000000010000", .tooLong(announced: 1 << 40, limit: limit)),
        ("00000000 0000000000000080", .tooLong(announced: 1 << 63, limit: limit)),
        ("03000000 ffffffffffffffff", .tooLong(announced: .max, limit: limit)),
        ("01000000 0100000000000000 61 01 ffffffffffffffff", .tooLong(announced: .max, limit: limit)),
        ("01000000 0100000000000000 61 00 0000000000000080", .tooLong(announced: 1 << 63, limit: limit)),
    ]

    @Test("an invalid frame is an error, not a wait for more", arguments: invalid)
    func atOnce(hex: String, error: ClassicError) {
        let decoder = ClassicDecoder(limit: Self.limit)
        #expect(throws: error) { try decoder.measure(bytes(hex)) }
    }

    @Test("an invalid frame stays one whatever follows", arguments: invalid)
    func forEver(hex: String, error: ClassicError) {
        let decoder = ClassicDecoder(limit: Self.limit)
        for more in ["00", "0000000000000000", String(repeating: "61", count: 64)] {
            #expect(throws: error) { try decoder.measure(bytes(hex + more)) }
        }
    }

    @Test("a byte less of an invalid frame is not an error yet", arguments: invalid.filter { $0.error != .notUTF8 })
    func notBefore(hex: String, error: ClassicError) throws {
        let buffer = bytes(hex)
        let before = buffer.piece(0, buffer.readableBytes - 1)
        #expect(throws: Never.self) { try ClassicDecoder(limit: Self.limit).measure(before) }
    }

    @Test("a frame of the limit is taken, a byte more is not", arguments: [38, 40, 100, 4096])
    func limit(size: Int) throws {
        let exact = ClassicFrame.publish(
            topic: String(repeating: "a", count: 8), key: bytes(text: "k"),
            payload: ByteBuffer(repeating: 7, count: size - 38)
        ).bytes
        #expect(try ClassicDecoder(limit: size).measure(exact) == .complete(size))
        #expect(throws: ClassicError.self) { try ClassicDecoder(limit: size - 1).measure(exact) }
    }

    @Test("a Publish that is longer as a DELIVER is measured as that", arguments: [28, 33, 100, 4096])
    func nativeLimit(size: Int) throws {
        let exact = ClassicFrame.publish(topic: "", key: nil, payload: ByteBuffer(repeating: 7, count: size - 28)).bytes
        #expect(try ClassicDecoder(limit: size).measure(exact) == .complete(size - 7))
        #expect(throws: ClassicError.tooLong(announced: UInt64(size), limit: size - 1)) {
            try ClassicDecoder(limit: size - 1).measure(exact)
        }
    }

    @Test("a key for which no native frame has room is an error as soon as it is known")
    func longKey() throws {
        var frame = ClassicFrame.publish(
            topic: "a", key: ByteBuffer(repeating: 7, count: 65_535), payload: ByteBuffer())
        #expect(throws: Never.self) { try ClassicDecoder(limit: 1 << 20).measure(frame.bytes) }
        frame = .publish(topic: "a", key: ByteBuffer(repeating: 7, count: 65_536), payload: ByteBuffer())
        for length in [22, frame.bytes.readableBytes] {
            #expect(throws: ClassicError.keyTooLong(bytes: 65_536)) {
                try ClassicDecoder(limit: 1 << 20).measure(frame.bytes.piece(0, length))
            }
        }
    }

    @Test("two fields within the limit that are over it together are an error")
    func sumOfLengths() {
        let frame = ClassicFrame.publish(
            topic: String(repeating: "a", count: 60), key: nil, payload: ByteBuffer(repeating: 7, count: 60))
        #expect(throws: ClassicError.self) { try ClassicDecoder(limit: 100).measure(frame.bytes) }
        let create = ClassicFrame.createTopic(
            name: String(repeating: "a", count: 80), retention: 0, deduplicationWindow: 0)
        #expect(throws: ClassicError.self) { try ClassicDecoder(limit: 100).measure(create.bytes) }
    }
}
