import NIOCore
import ZaichikProtocol

/// Where a connection's reads go. NIO asks before each read of the socket.
///
/// Most reads go to one buffer that all connections of a loop share: it is large, its memory stays in the cache, and
/// an idle connection has none. A read goes behind what is pending of an unfinished frame, so that frames lie whole
/// in one buffer. A client that sends long frames gets buffers of a whole number of them: then a read ends where a
/// frame ends, and the buffer itself becomes a part of the topic's log (``TopicLog/adopt(_:in:now:stamp:)``).
struct ReadBuffers {
    /// Bytes of the buffer that connections share. 64 KiB: what comes in one read is passed on before the next read,
    /// while the sender makes more; with 256 KiB the two wait for each other.
    static let sharedCapacity = 64 << 10
    /// A frame of so many bytes is long.
    static let longFrame = 16 << 10
    /// No more than this is allocated because a frame's length says so, and only for what follows a first read of it.
    private static let mostAhead = 512 << 10
    /// The first read has the greeting, which is short; NIO keeps its buffer for the life of the connection.
    private static let firstCapacity = 128

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
    /// The length of the long frames that come; 0: none do.
    private var frameLength = 0
    /// How much was pending when a buffer was handed out last.
    private var pendingBefore = 0
    /// Whether the last read was long: only then more is expected than what comes.
    private var isFlowing = false
    /// Whether the pending bytes lie in a buffer that the log has taken a part of.
    var isShared = false

    /// A buffer for the next read.
    ///
    /// - Returns: Nothing, if a read that was begun with pending bytes never arrived: they are lost.
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

    /// A read has arrived in the buffer that was handed out last.
    ///
    /// - Parameter isEmpty: Whether there was nothing to read.
    mutating func arrived(_ assembler: inout FrameAssembler, isEmpty: Bool = false) {
        if lent == .copied, !isEmpty { _ = assembler.takePending() }
        lent = .nothing
    }

    /// Whether a read may find nothing: what is pending is in the assembler until a read has come.
    func mayReadAhead(_ assembler: FrameAssembler) -> Bool {
        frameLength == 0 && assembler.pendingBytes < Self.longFrame && assembler.wanted < Self.longFrame
    }

    /// How often a socket is read that fills its buffers before what has come is passed on.
    static let readsAtOnce = 4

    /// What arrived was taken as far as it goes.
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
        // The rest of the buffer is lost. Short messages are cheap to copy; of long ones, a read has few.
        let most = read.storageCapacity
        return bytes >= (most == sharedCapacity ? most / 16 * 15 : most / 8 * 5)
    }

    /// A buffer for as many whole frames as it holds: a read that fills it ends where a frame ends.
    private func longBuffer(atLeast least: Int = 0) -> ByteBuffer {
        let count = max(Self.mostAhead / max(frameLength, 1), 1)
        let capacity = max(min(count * frameLength, Self.mostAhead), least)
        var buffer = LargeMemory.allocator(for: capacity).buffer(capacity: capacity)
        guard least <= count * frameLength, count * frameLength < buffer.capacity else { return buffer }
        // A slice is written no further than it reaches.
        buffer.moveWriterIndex(to: buffer.capacity)
        buffer = buffer.getSlice(at: 0, length: count * frameLength)!
        buffer.moveWriterIndex(to: 0)
        return buffer
    }
}
