import NIOCore

/// How long the unit is that some bytes begin with: a frame, or the preface.
public enum FrameMeasure: Equatable, Sendable {
    /// The unit is this long. All of it may not be there yet.
    case complete(Int)
    /// Its length shows once this many bytes are there.
    case atLeast(Int)
}

extension FrameMeasure {
    /// Measures a frame of the native dialect.
    ///
    /// - Throws: When the length says that this can be no frame, as soon as the length is there.
    public static func native(_ bytes: ByteBuffer, limit: Int) throws(FrameError) -> FrameMeasure {
        guard let length = bytes.getInteger(at: bytes.readerIndex, endianness: .little, as: UInt32.self) else {
            return .atLeast(FrameHeader.lengthSize)
        }
        guard length >= FrameHeader.size - FrameHeader.lengthSize else {
            throw FrameError(.frameTooShort, "a frame's length is at least 4, this one says \(length)")
        }
        let total = Int(length) + FrameHeader.lengthSize
        guard total <= limit else {
            throw FrameError(.frameTooLong, "a frame may have \(limit) bytes, this one announces \(total)")
        }
        return .complete(total)
    }
}

/// Puts frames together that arrive in pieces. Whole frames are handed out as they lie in the read; only one that
/// is split over reads is copied, once, and only as far as it has arrived: what a length promises is never
/// allocated ahead.
public struct FrameAssembler: Sendable {
    private var partial = ByteBuffer()
    /// How many bytes `partial` must have before it is worth measuring again: a unit that comes in many small pieces
    /// is not measured with each of them.
    private var wanted = 0

    public init() {}

    /// Bytes of a unit that has begun and is not whole.
    public var pendingBytes: Int { partial.readableBytes }

    /// Takes a read.
    ///
    /// - Parameters:
    ///   - measure: How long the unit at the reader index is. It may answer differently from unit to unit, but not
    ///     while one unit comes in.
    ///   - consume: Gets a buffer that begins with a whole unit, and moves its reader index past as many whole units
    ///     as it wants to take at once, at least one. Returns whether to go on.
    public mutating func receive<Failure: Error>(
        _ read: ByteBuffer,
        measure: (ByteBuffer) throws(Failure) -> FrameMeasure,
        consume: (inout ByteBuffer) throws(Failure) -> Bool
    ) throws(Failure) {
        var read = read
        while partial.readableBytes > 0 {
            if partial.readableBytes >= wanted {
                switch try measure(partial) {
                case .complete(let length) where length <= partial.readableBytes:
                    wanted = 0
                    guard try consume(&partial) else { return drop() }
                    if partial.readableBytes == 0 { partial.clear() }
                    continue
                case .complete(let length), .atLeast(let length): wanted = length
                }
            }
            let missing = min(wanted - partial.readableBytes, read.readableBytes)
            guard var piece = read.readSlice(length: missing), piece.readableBytes > 0 else { return }
            partial.writeBuffer(&piece)
        }
        while read.readableBytes > 0 {
            guard case .complete(let length) = try measure(read), length <= read.readableBytes else { break }
            guard try consume(&read) else { return drop() }
        }
        if read.readableBytes > 0 {
            // A fresh buffer, so that a few bytes do not keep a whole read alive.
            partial = ByteBuffer(bytes: read.readableBytesView)
        } else if partial.capacity > 0 {
            partial = ByteBuffer()
        }
    }

    private mutating func drop() {
        partial = ByteBuffer()
        wanted = 0
    }
}
