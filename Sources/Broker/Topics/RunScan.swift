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
        let special = MessageFlags.receipt.rawValue | MessageFlags.headers.rawValue
        var run = Run(topicID: 0, bytes: 0, count: 0, wantsConfirm: false)
        while bytes.count - run.bytes >= MessageLayout.keyOffset {
            let frame = UnsafeRawBufferPointer(rebasing: bytes[run.bytes...])
            let length = frameLength(frame)
            guard frame[MessageLayout.typeOffset] == ClientOpcode.publish.rawValue,
                length <= frame.count, length <= limit,
                length >= MessageLayout.keyOffset + keyLength(frame),
                frame[MessageLayout.flagsOffset] & special == 0
            else { break }
            let topicID = UInt32(
                littleEndian: frame.loadUnaligned(fromByteOffset: MessageLayout.topicOffset, as: UInt32.self))
            if run.count == 0 { run.topicID = topicID } else if topicID != run.topicID { break }
            if frame[MessageLayout.flagsOffset] & MessageFlags.unconfirmed.rawValue == 0 { run.wantsConfirm = true }
            run.bytes += length
            run.count += 1
        }
        return run.count > 0 ? run : nil
    }

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
