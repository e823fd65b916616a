import NIOCore
import ZaichikProtocol

/// The buffers for a connection's reads. NIO asks for one before each read of the socket.
///
/// Most reads go to one buffer that all connections of a loop share: it is large, its memory stays in the cache, and an
/// idle connection has none. A read is appended to the pending bytes of an unfinished frame, so that each frame lies in
/// one buffer. A client that sends long frames gets buffers of a whole number of them: then a read ends where a frame
/// ends, and the buffer itself becomes a part of the topic's log (``TopicLog/adopt(_:in:now:stamp:)``).
struct ReadBuffers {
    /// Bytes of the buffer that connections share. With 64 KiB, one read is passed on while the sender produces the
    /// next; with 256 KiB the two wait for each other.
    static let sharedCapacity = 64 << 10
    /// The length from which a frame is long, in bytes.
    static let longFrame = 16 << 10
    /// The most that is allocated on the word of a frame's length, in bytes, and only after a first read of the frame.
    private static let mostAhead = 512 << 10
    /// Bytes of the first buffer. NIO keeps it for the life of the connection, so it has room for no more than what tells
    /// a client from a ``Stranger``.
    private static let firstCapacity = Stranger.shown

    private enum Lent {
        case nothing
        /// A buffer without pending bytes.
        case empty
        /// A buffer that begins with a copy of what is pending.
        case copied
        /// The buffer that has what is pending.
        case moved
    }

    private var lent = Lent.nothing
    private var isFirst = true
    /// The length of the long frames that arrive; 0 if none do.
    private var frameLength = 0
    /// Bytes that were pending when a buffer was last handed out.
    private var pendingBefore = 0
    /// Whether the last read was long: only then is more expected than what has arrived.
    private var isFlowing = false
    /// Whether the pending bytes lie in a buffer that the log has taken a part of.
    var isShared = false

    /// A buffer for the next read.
    ///
    /// - Returns: nil if the pending bytes are lost, because they were handed out for a read that never arrived.
    mutating func next(_ assembler: inout FrameAssembler, shared: () -> ByteBuffer) -> ByteBuffer? {
        guard lent != .moved else { return nil }
        if isFirst {
            isFirst = false
            lent = .empty
            return ByteBufferAllocator().buffer(capacity: Self.firstCapacity)
        }
        let pending = assembler.pendingBytes
        pendingBefore = pending
        if pending > 0, assembler.wanted >= Self.longFrame { frameLength = assembler.wanted }
        guard pending > 0 else {
            lent = .empty
            return frameLength > 0 && isFlowing ? longBuffer() : shared()
        }
        if pending < Self.longFrame, frameLength == 0 || !isFlowing {
            lent = .copied
            var buffer = shared()
            buffer.writeImmutableBuffer(assembler.pending)
            return buffer
        }
        let missing = max(assembler.wanted - pending, 1)
        let buffer = assembler.takePending()
        lent = .moved
        if !isShared, buffer.writableBytes >= min(missing, Self.longFrame) { return buffer }
        isShared = false
        let least = max(min(pending + missing, 2 * pending), pending + Self.longFrame)
        var larger = isFlowing ? longBuffer(atLeast: least) : LargeMemory.allocator(for: least).buffer(capacity: least)
        larger.writeImmutableBuffer(buffer)
        return larger
    }

    /// Notes that a read has arrived in the buffer that was handed out last.
    ///
    /// - Parameter isEmpty: Whether there was nothing to read.
    mutating func arrived(_ assembler: inout FrameAssembler, isEmpty: Bool = false) {
        if lent == .copied, !isEmpty { _ = assembler.takePending() }
        lent = .nothing
    }

    /// Whether a read may be tried that finds no data: the pending bytes stay in the assembler until a read has
    /// arrived.
    func mayReadAhead(_ assembler: FrameAssembler) -> Bool {
        frameLength == 0 && assembler.pendingBytes < Self.longFrame && assembler.wanted < Self.longFrame
    }

    /// How many reads of a socket that fills its buffers are taken before the data is passed on.
    static let readsAtOnce = 4

    /// Notes that the whole units of a read were consumed.
    ///
    /// - Returns: Whether the connection has no use for the buffer any more.
    mutating func taken(_ read: ByteBuffer, _ assembler: FrameAssembler) -> Bool {
        isFlowing = read.readableBytes - pendingBefore >= Self.longFrame
        if !isFlowing, assembler.pendingBytes == 0 { frameLength = 0 }
        guard !assembler.keepsTail(of: read) else { return false }
        defer { isShared = false }
        return !isShared
    }

    /// Whether a run takes so much of a read's memory that the log may keep it instead of a copy.
    static func isWorthKeeping(_ bytes: Int, of read: ByteBuffer) -> Bool {
        guard bytes >= longFrame else { return false }
        // The rest of the buffer is lost. Short messages are cheap to copy, and a read has few long ones.
        let most = read.storageCapacity
        return bytes >= (most == sharedCapacity ? most / 16 * 15 : most / 8 * 5)
    }

    /// A buffer for a whole number of frames: a read that fills it ends where a frame ends.
    private func longBuffer(atLeast least: Int = 0) -> ByteBuffer {
        let count = max(Self.mostAhead / max(frameLength, 1), 1)
        let capacity = max(min(count * frameLength, Self.mostAhead), least)
        var buffer = LargeMemory.allocator(for: capacity).buffer(capacity: capacity)
        guard least <= count * frameLength, count * frameLength < buffer.capacity else { return buffer }
        // Writing to a slice stops at its end.
        buffer.moveWriterIndex(to: buffer.capacity)
        buffer = buffer.getSlice(at: 0, length: count * frameLength)!
        buffer.moveWriterIndex(to: 0)
        return buffer
    }
}
