import NIOCore
import ZaichikProtocol

/// What clients send, always the same bytes.
enum Frames {
    /// With the header, a frame has 128 bytes.
    static let payload = ByteBuffer(repeating: 0x78, count: 128 - MessageLayout.keyOffset)

    /// A read of PUBLISH frames.
    static func publishes(_ count: Int, topic: UInt32) -> ByteBuffer {
        var frames = ByteBuffer()
        for _ in 0..<count {
            Message(topicID: topic, payload: payload).write(to: &frames, type: ClientOpcode.publish.rawValue)
        }
        return frames
    }

    /// The same with a key of 16 bytes for each: the numbers from `first` on.
    static func keyed(_ count: Int, topic: UInt32, first: UInt64) -> ByteBuffer {
        var frames = ByteBuffer()
        for number in first..<first + UInt64(count) {
            var key = ByteBuffer()
            key.writeInteger(number)
            key.writeInteger(UInt64(0))
            Message(topicID: topic, key: key, payload: payload).write(
                to: &frames, type: ClientOpcode.publish.rawValue)
        }
        return frames
    }

    /// Gives keyed frames other keys, where they lie.
    static func renumber(_ frames: inout ByteBuffer, first: UInt64) {
        let length = keyLength + MessageLayout.keyOffset + payload.readableBytes
        var number = first
        for frame in stride(from: 0, to: frames.readableBytes, by: length) {
            frames.setInteger(number, at: frame + MessageLayout.keyOffset)
            number += 1
        }
    }

    private static let keyLength = 16
}
