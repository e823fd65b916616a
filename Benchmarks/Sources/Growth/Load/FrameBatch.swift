import NIOCore
import ZaichikProtocol

/// PUBLISH frames one behind the other, all of one size: encoded once, sent as often as wanted.
struct FrameBatch {
    private(set) var bytes: ByteBuffer
    let topicID: UInt32
    let count: Int
    let frameLength: Int
    /// Where in each frame its number stands: at the key's start, or at the payload's if there is no key.
    private let numberOffset: Int

    /// - Parameters:
    ///   - count: Frames in it.
    ///   - key: Bytes of the key; 0: none.
    ///   - payload: Bytes of the payload.
    init(topicID: UInt32, count: Int, key: Int = 0, payload: Int, flags: MessageFlags = []) {
        let message = Message(
            topicID: topicID, flags: flags, key: key > 0 ? ByteBuffer(repeating: 0x6B, count: key) : nil,
            payload: ByteBuffer(repeating: 0x78, count: payload))
        var frame = ByteBuffer()
        message.write(to: &frame, type: ClientOpcode.publish.rawValue)
        bytes = ByteBuffer()
        bytes.reserveCapacity(frame.readableBytes * count)
        for _ in 0..<count { bytes.writeImmutableBuffer(frame) }
        self.topicID = topicID
        self.count = count
        frameLength = frame.readableBytes
        numberOffset = MessageLayout.keyOffset
    }

    /// Gives each frame a number, from `first` on, at the start of its key or payload.
    ///
    /// - Precondition: There are 8 bytes for it.
    mutating func number(from first: UInt64) {
        let (length, offset, count) = (frameLength, numberOffset, count)
        precondition(length >= offset + 8, "there is no room for a number")
        bytes.withUnsafeMutableReadableBytes { bytes in
            for index in 0..<count {
                let number = (first + UInt64(index)).littleEndian
                bytes.storeBytes(of: number, toByteOffset: index * length + offset, as: UInt64.self)
            }
        }
    }
}
