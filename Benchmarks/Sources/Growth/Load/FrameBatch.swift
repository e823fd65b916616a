import NIOCore
import ZaichikProtocol

/// Consecutive PUBLISH frames, all of one size: encoded once, sent as often as wanted.
struct FrameBatch {
    private(set) var bytes: ByteBuffer
    let count: Int
    let frameLength: Int
    /// Where in each frame its number stands: at the key's start, or at the payload's if there is no key.
    private let numberOffset: Int

    /// - Parameters:
    ///   - count: Frames in it.
    ///   - key: Bytes of the key; 0: none.
    ///   - payload: Bytes of the payload.
    init(topicID: UInt32, count: Int, key: Int = 0, payload: Int) {
        self.init(topicIDs: [topicID], count: count, key: key, payload: payload)
    }

    /// Frames that alternate between the topics.
    init(topicIDs: [UInt32], count: Int, key: Int = 0, payload: Int) {
        self.init(topicIDs.map { Self.frame($0, key: key, payload: payload) }, count: count)
    }

    /// Frames of which every other one has a key, with as many bytes of payload in its place in the others.
    init(topicID: UInt32, alternating key: Int, count: Int) {
        self.init([Self.frame(topicID, key: key, payload: 0), Self.frame(topicID, key: 0, payload: key)], count: count)
    }

    private static func frame(_ topicID: UInt32, key: Int, payload: Int) -> ByteBuffer {
        let message = Message(
            topicID: topicID, key: key > 0 ? ByteBuffer(repeating: 0x6B, count: key) : nil,
            payload: ByteBuffer(repeating: 0x78, count: payload))
        var frame = ByteBuffer()
        message.write(to: &frame, type: ClientOpcode.publish.rawValue)
        return frame
    }

    /// - Parameter frames: Taken by turns, and all of one length.
    private init(_ frames: [ByteBuffer], count: Int) {
        bytes = ByteBuffer()
        bytes.reserveCapacity(frames[0].readableBytes * count)
        for index in 0..<count { bytes.writeImmutableBuffer(frames[index % frames.count]) }
        self.count = count
        frameLength = frames[0].readableBytes
        numberOffset = MessageLayout.keyOffset
    }

    /// Gives each frame a number, from `first` on, at the start of its key or payload.
    ///
    /// - Precondition: There are 8 bytes for it.
    mutating func number(from first: UInt64) { write(first, step: 1) }

    /// Gives each frame the same number: the time at which they are sent.
    mutating func stamp(_ time: UInt64) { write(time, step: 0) }

    private mutating func write(_ first: UInt64, step: UInt64) {
        let (length, offset, count) = (frameLength, numberOffset, count)
        precondition(length >= offset + 8, "there is no room for a number")
        bytes.withUnsafeMutableReadableBytes { bytes in
            for index in 0..<count {
                let number = (first + UInt64(index) * step).littleEndian
                bytes.storeBytes(of: number, toByteOffset: index * length + offset, as: UInt64.self)
            }
        }
    }
}
