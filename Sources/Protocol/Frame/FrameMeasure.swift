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

/// Puts frames together that arrive in pieces. Whole frames are handed out as they lie in the read; of one that is
/// split over reads, what has arrived is kept: what a length promises is never allocated ahead.
///
/// A caller that can choose where a read goes puts it behind what is pending (``takePending()``), so that a frame lies
/// whole in one buffer without a copy; otherwise the pieces are copied together.
public struct FrameAssembler: Sendable {
    private var partial = ByteBuffer()
    /// How many bytes `partial` must have before it is worth measuring again: a unit that comes in many small pieces
    /// is not measured with each of them. As far as is known, the length of the unit that has begun.
    public private(set) var wanted = 0

    public init() {}

    /// Bytes of a unit that has begun and is not whole.
    public var pendingBytes: Int { partial.readableBytes }

    /// Bytes of a unit that has begun; the next read is to begin with them.
    public var pending: ByteBuffer { partial }

    /// Hands out what is pending, in its buffer, so that the next read can go behind it and be received with it.
    public mutating func takePending() -> ByteBuffer {
        var taken = ByteBuffer()
        swap(&taken, &partial)
        return taken
    }

    /// Takes a read.
    ///
    /// - Parameters:
    ///   - measure: How long the unit at the reader index is. It may answer differently from unit to unit, but not
    ///     while one unit comes in.
    ///   - take: Gets a buffer that begins with a whole unit, and moves its reader index past as many whole units
    ///     as it wants to take at once, at least one.
    public mutating func receive<Failure: Error>(
        _ read: ByteBuffer,
        measure: (ByteBuffer) throws(Failure) -> FrameMeasure,
        take: (inout ByteBuffer) throws(Failure) -> Continuation
    ) throws(Failure) {
        var read = read
        while partial.readableBytes > 0 {
            if partial.readableBytes >= wanted {
                switch try measure(partial) {
                case .complete(let length) where length <= partial.readableBytes:
                    wanted = 0
                    switch try take(&partial) {
                    case .goOn: break
                    case .pause: return pause(read)
                    case .stop: return drop()
                    }
                    if partial.readableBytes == 0 { partial.clear() }
                    continue
                case .complete(let length), .atLeast(let length): wanted = length
                }
            }
            let missing = min(wanted - partial.readableBytes, read.readableBytes)
            guard var piece = read.readSlice(length: missing), piece.readableBytes > 0 else { return }
            partial.writeBuffer(&piece)
        }
        wanted = 0
        reading: while read.readableBytes > 0 {
            switch try measure(read) {
            case .complete(let length) where length <= read.readableBytes:
                switch try take(&read) {
                case .goOn: break
                case .pause: break reading
                case .stop: return drop()
                }
            case .complete(let length), .atLeast(let length):
                wanted = length
                break reading
            }
        }
        keep(read)
    }

    /// Takes a read of a peer that is never paused.
    ///
    /// - Parameter consume: As `take`; returns whether to go on. If not, the rest is dropped.
    public mutating func receive<Failure: Error>(
        _ read: ByteBuffer,
        measure: (ByteBuffer) throws(Failure) -> FrameMeasure,
        consume: (inout ByteBuffer) throws(Failure) -> Bool
    ) throws(Failure) {
        try receive(read, measure: measure) { bytes throws(Failure) in try consume(&bytes) ? .goOn : .stop }
    }

    /// What becomes of the units that follow one.
    public enum Continuation: Sendable {
        case goOn
        /// They are kept, to be received with a later read, which may be empty.
        case pause
        /// They are dropped.
        case stop
    }

    private mutating func pause(_ read: ByteBuffer) {
        wanted = 0
        if partial.readableBytes == 0 { return keep(read) }
        partial.writeImmutableBuffer(read)
    }

    /// Keeps the tail of a read. A short one gets a buffer of its own, so that it does not keep a whole read alive.
    private mutating func keep(_ tail: ByteBuffer) {
        if tail.readableBytes == 0 {
            if partial.capacity > 0 { partial = ByteBuffer() }
        } else if Self.isLong(tail.readableBytes, in: tail) {
            partial = tail
        } else {
            partial = ByteBuffer(bytes: tail.readableBytesView)
        }
    }

    /// Whether what is pending lies in the buffer of the read that was received last.
    public func keepsTail(of read: ByteBuffer) -> Bool {
        partial.readableBytes > 0 && Self.isLong(partial.readableBytes, in: read)
    }

    /// Whether a tail takes so large a part of its read's memory that it may stay there.
    private static func isLong(_ tail: Int, in read: ByteBuffer) -> Bool { tail >= read.storageCapacity / 4 }

    private mutating func drop() {
        partial = ByteBuffer()
        wanted = 0
    }
}
