import NIOCore
import ZaichikProtocol

/// A buffer from hex; blanks are for the reader.
func bytes(_ hex: String) -> ByteBuffer {
    let digits = hex.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
    var buffer = ByteBuffer()
    for index in stride(from: 0, to: digits.count - 1, by: 2) {
        buffer.writeInteger(UInt8(digits[index] << 4 | digits[index + 1]))
    }
    return buffer
}

func bytes(text: String) -> ByteBuffer { ByteBuffer(string: text) }

extension ByteBuffer {
    var hex: String {
        readableBytesView.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The readable bytes from `start` to before `end`, both counted from the first readable one.
    func piece(_ start: Int, _ end: Int) -> ByteBuffer {
        getSlice(at: readerIndex + start, length: end - start)!
    }

    /// This frame's bytes with another body: the length follows, type, flags and short stay.
    func withBody(_ body: ByteBuffer) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.writeInteger(UInt32(4 + body.readableBytes), endianness: .little)
        frame.writeImmutableBuffer(piece(4, 8))
        frame.writeImmutableBuffer(body)
        return frame
    }

    /// The bytes behind the header.
    var frameBody: ByteBuffer { piece(FrameHeader.size, readableBytes) }
}

extension ClientFrame {
    var bytes: ByteBuffer {
        var buffer = ByteBuffer()
        write(to: &buffer)
        return buffer
    }
}

extension BrokerFrame {
    var bytes: ByteBuffer {
        var buffer = ByteBuffer()
        write(to: &buffer)
        return buffer
    }
}

extension ClassicFrame {
    var bytes: ByteBuffer {
        var buffer = ByteBuffer()
        write(to: &buffer)
        return buffer
    }
}

/// A frame of any type, as a peer could send it.
func frame(type: UInt8, flags: UInt8 = 0, short: Int = 0, body: ByteBuffer = ByteBuffer()) -> ByteBuffer {
    var frame = ByteBuffer()
    frame.writeInteger(UInt32(4 + body.readableBytes), endianness: .little)
    frame.writeInteger(type)
    frame.writeInteger(flags)
    frame.writeInteger(UInt16(short), endianness: .little)
    frame.writeImmutableBuffer(body)
    return frame
}
