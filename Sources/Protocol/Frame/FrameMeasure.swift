import NIOCore

/// The length of the unit at the start of some bytes: a frame, or the preface.
public enum FrameMeasure: Equatable, Sendable {
    /// The unit has this length. Some of its bytes may not have come yet.
    case complete(Int)
    /// The length can be told once this many bytes have come.
    case atLeast(Int)
}

extension FrameMeasure {
    /// Measures a frame of the native dialect.
    ///
    /// - Throws: If the length cannot be that of a frame, as soon as the length has come.
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

/// Assembles frames that arrive in pieces. Whole frames are handed out in the buffer of the read. Of a frame that is
/// split over reads, the bytes that have come are kept; memory is never allocated ahead on the word of a length.
///
/// A caller that can choose the buffer of a read appends it to the pending bytes (``takePending()``), so that the whole
/// frame lies in one buffer without a copy; otherwise the pieces are copied together.
public struct FrameAssembler: Sendable {
    private var partial = ByteBuffer()
    /// How many bytes `partial` must have before it is worth measuring again: a unit that comes in many small pieces is
    /// not measured with each of them. The length of the unfinished unit, as far as it is known.
    public private(set) var wanted = 0

    public init() {}

    /// The number of bytes of an unfinished unit.
    public var pendingBytes: Int { partial.readableBytes }

    /// The bytes of an unfinished unit, with which the next read should begin.
    public var pending: ByteBuffer { partial }

    /// Hands out the pending bytes in their buffer, so that the next read can be appended to them and received with
    /// them.
    public mutating func takePending() -> ByteBuffer {
        var taken = ByteBuffer()
        swap(&taken, &partial)
        return taken
    }

    /// Receives a read.
    ///
    /// - Parameters:
    ///   - measure: Measures the unit at the reader index. Its rules may change from unit to unit, but not while one
    ///     unit comes in.
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
                    case .proceed: break
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
                case .proceed: break
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

    /// Receives a read of a peer that is never paused.
    ///
    /// - Parameter consume: As `take`; returns whether to continue. If not, the rest is dropped.
    public mutating func receive<Failure: Error>(
        _ read: ByteBuffer,
        measure: (ByteBuffer) throws(Failure) -> FrameMeasure,
        consume: (inout ByteBuffer) throws(Failure) -> Bool
    ) throws(Failure) {
        try receive(read, measure: measure) { bytes throws(Failure) in try consume(&bytes) ? .proceed : .stop }
    }

    /// What to do with the units that follow.
    public enum Continuation: Sendable {
        case proceed
        /// Keep them, to be received with a later read, which may be empty.
        case pause
        /// Drop them.
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

    /// Whether the pending bytes lie in the buffer of the last read.
    public func keepsTail(of read: ByteBuffer) -> Bool {
        partial.readableBytes > 0 && Self.isLong(partial.readableBytes, in: read)
    }

    /// Whether a tail takes a large enough part of its read's memory to stay there.
    private static func isLong(_ tail: Int, in read: ByteBuffer) -> Bool { tail >= read.storageCapacity / 4 }

    private mutating func drop() {
        partial = ByteBuffer()
        wanted = 0
    }
}
