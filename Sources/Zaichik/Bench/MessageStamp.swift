/// What the payload of a measured message begins with: when it was published or due, by whom, and its number in the
/// flow. Little-endian, as everything in the protocol.
struct MessageStamp: Equatable, Sendable {
    /// Bytes of a stamp, and so of the shortest payload.
    static let size = 16
    /// A publisher's index has 16 bits, a number 48.
    static let mostPublishers = 1 << 16
    private static let numberBits: UInt64 = 48

    /// In ns, by this machine's monotonic clock.
    var time: UInt64
    /// Publisher and number in one.
    var origin: UInt64

    init(time: UInt64, publisher: Int, number: UInt64) {
        self.time = time
        origin = UInt64(publisher) << Self.numberBits | number
    }

    /// - Precondition: The bytes have a stamp at this offset.
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        time = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        origin = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
    }

    var publisher: Int { Int(origin >> Self.numberBits) }
    var number: UInt64 { origin & (1 << Self.numberBits - 1) }

    func write(to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        bytes.storeBytes(of: time.littleEndian, toByteOffset: offset, as: UInt64.self)
        bytes.storeBytes(of: origin.littleEndian, toByteOffset: offset + 8, as: UInt64.self)
    }

    /// The origin as hexadecimal digits: a key that no other message of the topic has.
    func writeKey(to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        let digits: StaticString = "0123456789abcdef"
        for place in 0..<Self.keySize {
            bytes[offset + place] = digits.utf8Start[Int(origin >> UInt64(60 - place * 4) & 0xF)]
        }
    }

    static let keySize = 16
}
