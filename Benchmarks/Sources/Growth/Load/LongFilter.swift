import NIOCore
import ZaichikProtocol

/// Requests with a filter that is longer than any name: the encoders of this program do not make them.
struct LongFilter {
    var text: String

    /// LIST TOPICS, at most `limit` rows by name.
    func list(request: UInt32, limit: UInt32) -> ByteBuffer {
        frame(.listTopics, short: text.utf8.count) { buffer in
            buffer.writeInteger(request, endianness: .little)
            buffer.writeRepeatingByte(0, count: 4)
            buffer.writeInteger(limit, endianness: .little)
            buffer.writeString(text)
        }
    }

    /// WATCH of topics as often as it can be had.
    func watch(request: UInt32, limit: UInt32) -> ByteBuffer {
        frame(.watch, short: 0) { buffer in
            buffer.writeInteger(request, endianness: .little)
            buffer.writeInteger(WatchRequest.shortestInterval, endianness: .little)
            buffer.writeInteger(UInt32(2), endianness: .little)
            buffer.writeRepeatingByte(0, count: 8)
            buffer.writeRepeatingByte(0, count: 2)
            buffer.writeInteger(UInt16(text.utf8.count), endianness: .little)
            buffer.writeInteger(limit, endianness: .little)
            buffer.writeString(text)
        }
    }

    private func frame(_ type: ClientOpcode, short: Int, _ body: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var content = ByteBuffer()
        body(&content)
        var frame = ByteBuffer()
        frame.writeInteger(UInt32(content.readableBytes + 4), endianness: .little)
        frame.writeInteger(type.rawValue)
        frame.writeInteger(UInt8(0))
        frame.writeInteger(UInt16(short), endianness: .little)
        frame.writeBuffer(&content)
        return frame
    }
}
