import NIOCore
import ZaichikProtocol

/// Walks PUBLISH frames where they lie, by address: one step a message instead of one decoded value a message,
/// which costs some 20 times as much.
enum RunScan {
    /// A run of publishes that can be appended as they are.
    struct Run: Equatable {
        var topicID: UInt32
        /// Whole frames from the start.
        var bytes: Int
        var count: Int
        /// Whether one of them wants a CONFIRM.
        var wantsConfirm: Bool
    }

    /// The longest run of PUBLISH frames at the start that name one topic, are well-formed, and want nothing that
    /// concerns them alone (a receipt, headers to be checked). Nothing, if the first frame is none of those.
    static func run(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Run? {
        guard bytes.count >= MessageLayout.keyOffset, let start = bytes.baseAddress else { return nil }
        // Outside of the loop: what another module has is a call each time.
        let expected = FrameWord(type: ClientOpcode.publish.rawValue, flags: 0).bits
        let looked = FrameWord(
            type: .max, flags: MessageFlags.receipt.rawValue | MessageFlags.headers.rawValue
        ).bits
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

    /// Bytes of a COMMIT as this version has it.
    static let commitLength = FrameHeader.size + 8

    /// The count of a COMMIT at the start, the other frame that comes as often as messages; nothing, if it is none, or
    /// one with fields of a later version.
    static func commit(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
        guard bytes.count >= commitLength, let frame = bytes.baseAddress else { return nil }
        let word = FrameWord(at: frame)
        guard word.frameLength == commitLength,
            word.bits & FrameWord(type: .max, flags: 0).bits == FrameWord(type: commitType, flags: 0).bits
        else { return nil }
        return UInt64(littleEndian: frame.loadUnaligned(fromByteOffset: FrameHeader.size, as: UInt64.self))
    }

    private static let commitType = ClientOpcode.commit.rawValue

    /// - Precondition: At least four bytes.
    static func frameLength(_ frame: UnsafeRawBufferPointer) -> Int {
        Int(UInt32(littleEndian: frame.loadUnaligned(as: UInt32.self))) + FrameHeader.lengthSize
    }

    /// Bytes of the whole frames at the start that fit into `space`.
    static func prefix(of frames: UnsafeRawBufferPointer, fitting space: Int) -> Int {
        guard frames.count > space else { return frames.count }
        var fitting = 0
        while true {
            let next = fitting + frameLength(UnsafeRawBufferPointer(rebasing: frames[fitting...]))
            guard next <= space else { return fitting }
            fitting = next
        }
    }

    /// How many whole frames there are.
    static func count(_ frames: UnsafeRawBufferPointer) -> Int {
        var count = 0
        var offset = 0
        while offset < frames.count {
            offset += frameLength(UnsafeRawBufferPointer(rebasing: frames[offset...]))
            count += 1
        }
        return count
    }

    /// The key of a PUBLISH frame; nothing, if it has none.
    static func key(_ frame: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let length = keyLength(frame)
        guard length > 0 || frame[MessageLayout.flagsOffset] & MessageFlags.emptyKey.rawValue != 0 else { return nil }
        return UnsafeRawBufferPointer(rebasing: frame[MessageLayout.keyOffset..<MessageLayout.keyOffset + length])
    }

    private static func keyLength(_ frame: UnsafeRawBufferPointer) -> Int {
        Int(UInt16(littleEndian: frame.loadUnaligned(fromByteOffset: MessageLayout.keyLengthOffset, as: UInt16.self)))
    }
}

/// A frame's first eight bytes as one number, so that a walk over frames loads them once.
struct FrameWord {
    var bits: UInt64

    @inline(__always)
    init(at frame: UnsafeRawPointer) { bits = UInt64(littleEndian: frame.loadUnaligned(as: UInt64.self)) }

    /// Type and flags where they are, and nothing else.
    @inline(__always)
    init(type: UInt8, flags: UInt8) { bits = UInt64(type) << 32 | UInt64(flags) << 40 }

    @inline(__always)
    var frameLength: Int { Int(truncatingIfNeeded: bits & 0xffff_ffff) + FrameHeader.lengthSize }
    @inline(__always)
    var short: Int { Int(truncatingIfNeeded: bits >> 48) }
}
