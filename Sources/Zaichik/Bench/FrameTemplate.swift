import NIOCore
import ZaichikProtocol

/// A PUBLISH frame in which only topic, key and stamp change.
struct FrameTemplate: Sendable {
    private let bytes: [UInt8]
    private let hasKey: Bool
    private let stampOffset: Int

    /// - Parameter payload: Bytes of the payload, those of the stamp at least.
    init(payload: Int, hasKey: Bool, flags: MessageFlags = []) {
        let key = hasKey ? ByteBuffer(repeating: UInt8(ascii: "0"), count: MessageStamp.keySize) : nil
        var frame = ByteBuffer()
        ClientFrame.publish(
            Message(
                topicID: 0, flags: flags, key: key, payload: ByteBuffer(repeating: UInt8(ascii: "."), count: payload))
        ).write(to: &frame)
        bytes = Array(frame.readableBytesView)
        self.hasKey = hasKey
        stampOffset = MessageLayout.keyOffset + (hasKey ? MessageStamp.keySize : 0)
    }

    /// Of the whole frame, in bytes.
    var size: Int { bytes.count }

    /// Appends frames, by address: a call into the buffer for each field costs more than the broker does.
    ///
    /// - Parameter fields: What a frame of the batch says, from 0.
    @inline(__always)
    func write(_ count: Int, to buffer: inout ByteBuffer, _ fields: (Int) -> (topicID: UInt32, stamp: MessageStamp)) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count * size) { target in
            bytes.withUnsafeBytes { source in
                for place in 0..<count {
                    let frame = UnsafeMutableRawBufferPointer(rebasing: target[place * size..<(place + 1) * size])
                    frame.copyMemory(from: source)
                    let (topicID, stamp) = fields(place)
                    frame.storeBytes(of: topicID.littleEndian, toByteOffset: MessageLayout.topicOffset, as: UInt32.self)
                    stamp.write(to: frame, at: stampOffset)
                    if hasKey { stamp.writeKey(to: frame, at: MessageLayout.keyOffset) }
                }
            }
            return count * size
        }
    }
}
