/// Walks frames in place, by address. Decoding each message into a value would cost some 20 times as much. The broker
/// walks publishes, a load generator walks deliveries.
public enum FrameScan {
    /// A run of publishes that can be appended to a log as they are.
    public struct Run: Equatable, Sendable {
        public var topicID: UInt32
        /// Whole frames from the start.
        public var bytes: Int
        public var count: Int
        /// Whether at least one of the publishes asks for a CONFIRM.
        public var wantsConfirm: Bool

        public init(topicID: UInt32, bytes: Int, count: Int, wantsConfirm: Bool) {
            self.topicID = topicID
            self.bytes = bytes
            self.count = count
            self.wantsConfirm = wantsConfirm
        }
    }

    /// The longest run of PUBLISH frames at the start that name one topic, are well-formed, and have no flag that
    /// concerns them alone (a receipt, headers to be checked, an unknown flag to be refused).
    ///
    /// - Returns: nil if the first frame is not such a PUBLISH.
    public static func run(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Run? {
        guard bytes.count >= MessageLayout.keyOffset, let start = bytes.baseAddress else { return nil }
        let expected = FrameWord(type: ClientOpcode.publish.rawValue, flags: 0).bits
        let looked = FrameWord(type: .max, flags: MessageFlags.individual.rawValue).bits
        let unconfirmed = FrameWord(type: 0, flags: MessageFlags.unconfirmed.rawValue).bits
        let topic = start.loadUnaligned(fromByteOffset: MessageLayout.topicOffset, as: UInt32.self)
        var run = Run(topicID: UInt32(littleEndian: topic), bytes: 0, count: 0, wantsConfirm: false)
        var allUnconfirmed = unconfirmed
        while bytes.count - run.bytes >= MessageLayout.keyOffset {
            let frame = start + run.bytes
            let word = FrameWord(at: frame)
            let length = word.frameLength
            guard word.bits & looked == expected, length <= min(bytes.count - run.bytes, limit),
                length >= MessageLayout.keyOffset + word.short,
                frame.loadUnaligned(fromByteOffset: MessageLayout.topicOffset, as: UInt32.self) == topic
            else { break }
            allUnconfirmed &= word.bits
            run.bytes += length
            run.count += 1
        }
        run.wantsConfirm = allUnconfirmed == 0
        return run.count > 0 ? run : nil
    }

    /// Bytes of a COMMIT in this version.
    public static let commitLength = FrameHeader.size + 8

    /// The count of a COMMIT at the start, the other frame that comes as often as messages.
    ///
    /// - Returns: nil if it is another frame, or a COMMIT with fields of a later version.
    public static func commit(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
        guard bytes.count >= commitLength, let frame = bytes.baseAddress else { return nil }
        let word = FrameWord(at: frame)
        guard word.frameLength == commitLength, word.type == ClientOpcode.commit.rawValue else { return nil }
        return UInt64(littleEndian: frame.loadUnaligned(fromByteOffset: FrameHeader.size, as: UInt64.self))
    }

    /// Calls `body` with each whole DELIVER frame at the start: its topic and its payload.
    ///
    /// - Returns: Bytes of those frames.
    @inlinable @inline(__always)
    public static func deliveries(
        _ bytes: UnsafeRawBufferPointer, _ body: (UInt32, UnsafeRawBufferPointer) -> Void
    ) -> Int {
        var offset = 0
        while bytes.count - offset >= MessageLayout.keyOffset {
            let word = FrameWord(at: bytes.baseAddress! + offset)
            let payload = MessageLayout.keyOffset + word.short
            guard word.type == BrokerOpcode.deliver.rawValue, word.frameLength <= bytes.count - offset,
                payload <= word.frameLength
            else { break }
            let topic = bytes.loadUnaligned(fromByteOffset: offset + MessageLayout.topicOffset, as: UInt32.self)
            body(
                UInt32(littleEndian: topic),
                UnsafeRawBufferPointer(rebasing: bytes[offset + payload..<offset + word.frameLength]))
            offset += word.frameLength
        }
        return offset
    }

    /// Bytes of the frame at the start.
    ///
    /// - Precondition: At least four bytes.
    @inlinable @inline(__always)
    public static func frameLength(_ frame: UnsafeRawBufferPointer) -> Int {
        Int(UInt32(littleEndian: frame.loadUnaligned(as: UInt32.self))) + FrameHeader.lengthSize
    }

    /// Whether a PUBLISH or DELIVER is that of a traced message.
    public static func isTraced(_ frame: UnsafeRawBufferPointer) -> Bool {
        MessageFlags(rawValue: frame[MessageLayout.flagsOffset]).contains(.trace)
    }

    /// The topic that a PUBLISH or DELIVER names.
    public static func topicID(_ frame: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(littleEndian: frame.loadUnaligned(fromByteOffset: MessageLayout.topicOffset, as: UInt32.self))
    }

    /// Bytes of the whole frames at the start that fit into `space`.
    public static func prefix(of frames: UnsafeRawBufferPointer, fitting space: Int) -> Int {
        guard frames.count > space else { return frames.count }
        var fitting = 0
        while true {
            let next = fitting + frameLength(UnsafeRawBufferPointer(rebasing: frames[fitting...]))
            guard next <= space else { return fitting }
            fitting = next
        }
    }

    /// The number of whole frames.
    public static func count(_ frames: UnsafeRawBufferPointer) -> Int {
        var count = 0
        var offset = 0
        while offset < frames.count {
            offset += frameLength(UnsafeRawBufferPointer(rebasing: frames[offset...]))
            count += 1
        }
        return count
    }

    /// The key of a PUBLISH frame.
    ///
    /// - Returns: nil if it has none.
    @inlinable @inline(__always)
    public static func key(_ frame: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let length = FrameWord(at: frame.baseAddress!).short
        guard length > 0 || frame[MessageLayout.flagsOffset] & MessageFlags.emptyKey.rawValue != 0 else { return nil }
        return UnsafeRawBufferPointer(rebasing: frame[MessageLayout.keyOffset..<MessageLayout.keyOffset + length])
    }
}
