import NIOCore

/// Reads a frame's body, field by field. Throws a ``FrameError`` if a field is missing.
struct FrameBody {
    private(set) var bytes: ByteBuffer
    let header: FrameHeader
    private let name: String
    /// The request that errors answer, once it is read.
    private(set) var request: UInt32 = 0
    /// How many bytes follow the row that is being read.
    var rowEnd = 0

    /// - Parameter frame: One whole frame.
    init(_ frame: ByteBuffer, header: FrameHeader, name: String) {
        bytes = frame
        bytes.moveReaderIndex(forwardBy: FrameHeader.size)
        self.header = header
        self.name = name
    }

    mutating func integer<T: FixedWidthInteger>(_: T.Type = T.self) throws(FrameError) -> T {
        guard let value = bytes.readInteger(endianness: .little, as: T.self) else { throw tooShort }
        return value
    }

    /// A field at the end that was added later; nil if the body ends before it.
    mutating func optionalInteger<T: FixedWidthInteger>(_: T.Type = T.self) throws(FrameError) -> T? {
        bytes.readableBytes == 0 ? nil : try integer()
    }

    /// Reads the request id, which answers name.
    mutating func requestID() throws(FrameError) -> UInt32 {
        request = try integer()
        guard request != 0 else {
            throw FrameError(.badRequestID, "\(name): request id 0 stands for no request; number requests from 1")
        }
        return request
    }

    mutating func skip(_ count: Int) throws(FrameError) {
        guard bytes.readableBytes >= count else { throw tooShort }
        bytes.moveReaderIndex(forwardBy: count)
    }

    mutating func slice(_ count: Int) throws(FrameError) -> ByteBuffer {
        guard let slice = bytes.readSlice(length: count) else { throw tooShort }
        return slice
    }

    mutating func string(_ count: Int) throws(FrameError) -> String {
        let slice = try slice(count)
        guard let text = String(validating: slice.readableBytesView, as: UTF8.self) else {
            throw FrameError(.badName, request: request, "\(name): its text is not UTF-8")
        }
        return text
    }

    /// A text that follows its own length in a u8.
    mutating func shortString() throws(FrameError) -> String {
        try string(Int(try integer(UInt8.self)))
    }

    /// A text at the end of a row that was added later; empty if the row ends before it.
    mutating func optionalShortString() throws(FrameError) -> String {
        bytes.readableBytes <= rowEnd ? "" : try shortString()
    }

    /// Ranges of numbers, ascending and disjoint: `count, u16 0`, then first and last of each.
    mutating func ranges() throws(FrameError) -> [ClosedRange<UInt64>] {
        let count: UInt16 = try integer()
        try skip(2)
        guard count <= PeerLimits.ranges else {
            throw badArgument("it may have \(PeerLimits.ranges) ranges, this one announces \(count)")
        }
        var ranges: [ClosedRange<UInt64>] = []
        for _ in 0..<count {
            let first: UInt64 = try integer()
            let last: UInt64 = try integer()
            guard first <= last else { throw badArgument("a range reaches from \(first) back to \(last)") }
            if let before = ranges.last?.upperBound, first <= before {
                throw badArgument("ranges ascend and do not touch twice: \(first) follows \(before)")
            }
            ranges.append(first...last)
        }
        return ranges
    }

    /// The remaining bytes as a text; bytes that are not UTF-8 are replaced.
    mutating func rest() -> String {
        String(buffer: bytes.readSlice(length: bytes.readableBytes) ?? ByteBuffer())
    }

    /// Fields of the form `tag, length, bytes`, up to the end.
    mutating func fields() throws(FrameError) -> [FrameField] {
        guard let fields = bytes.readFields() else { throw tooShort }
        return fields
    }

    /// A name in the value of a field, checked by the rules for names of sessions.
    func sessionName(_ value: ByteBuffer) throws(FrameError) -> SessionName {
        do {
            guard let text = String(validating: value.readableBytesView, as: UTF8.self) else {
                throw SessionNameError.notUTF8
            }
            return try SessionName(text)
        } catch { throw FrameError(.badName, request: request, "\(name): \(error)") }
    }

    func badArgument(_ message: String) -> FrameError {
        FrameError(.badArgument, request: request, "\(name): \(message)")
    }

    private var tooShort: FrameError {
        FrameError(.frameTooShort, "\(name): a frame of \(header.frameLength) bytes is shorter than its fields need")
    }
}

extension ByteBuffer {
    /// Writes a frame around what `body` writes.
    mutating func writeFrame(type: UInt8, flags: UInt8 = 0, short: Int = 0, body: (inout ByteBuffer) -> Void) {
        let start = writerIndex
        writeMultipleIntegers(UInt32(0), type, flags, UInt16(short), endianness: .little)
        body(&self)
        setInteger(
            UInt32(writerIndex - start - FrameHeader.lengthSize), at: start, endianness: .little, as: UInt32.self)
    }

    mutating func writeLittle<T: FixedWidthInteger>(_ value: T) {
        writeInteger(value, endianness: .little)
    }

    /// Writes a text after its length in a u8. A text that does not fit is cut at a character.
    mutating func writeShortString(_ text: String) {
        let cut = text.clamped(toUTF8: 255)
        writeInteger(UInt8(cut.utf8.count))
        writeString(cut)
    }

    /// Writes ranges of numbers. `count, u16 0`, then first and last of each.
    mutating func writeRanges(_ ranges: [ClosedRange<UInt64>]) {
        writeLittle(UInt16(ranges.count))
        writeLittle(UInt16(0))
        for range in ranges {
            writeLittle(range.lowerBound)
            writeLittle(range.upperBound)
        }
    }
}

extension String {
    /// The longest beginning that has at most `limit` bytes of UTF-8 and ends between two characters.
    public func clamped(toUTF8 limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = startIndex
        while end < endIndex {
            let next = index(after: end)
            guard utf8.distance(from: startIndex, to: next) <= limit else { break }
            end = next
        }
        return String(self[..<end])
    }
}
