import DequeModule
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The data that a connection has still to send, in pieces that are not copied.
///
/// A single piece goes straight to the socket with one system call, unless something is waiting in the channel. Nearly
/// every turn has a single piece, and this gave 4 % more round trips a second. Several pieces, and what the socket does
/// not take at once, go through the channel.
struct Outbox {
    /// nil if everything goes through the channel.
    var socket: NIOBSDSocket.Handle?
    private let budget: MemoryBudget
    /// Pieces that were not given to the channel yet.
    private var held: ByteBuffer?
    /// Segments with a slice here or in the channel: they stay in use, and so in the budget, until that is sent.
    private var segments: [Segment] = []
    /// How many of these belong to what is unsent; the rest to what the channel has not been told to flush.
    private var unsentSegments = 0
    /// Given to the channel since its last flush, in bytes.
    private var written = 0
    /// The bytes of each flush that the channel has not finished, the oldest first.
    private var unsent: Deque<(bytes: Int, copied: Int, segments: Int)> = []
    /// Given to the channel and not yet sent, in bytes.
    private(set) var unsentBytes = 0

    init(socket: NIOBSDSocket.Handle?, budget: MemoryBudget) {
        self.socket = socket
        self.budget = budget
    }

    /// The channel gets a piece only when another follows.
    var isEmpty: Bool { held == nil }

    /// - Parameter segment: The segment that the piece is a slice of.
    mutating func append(_ piece: ByteBuffer, of segment: Segment?, _ context: ChannelHandlerContext) {
        if let before = held {
            context.write(NIOAny(before), promise: nil)
            written += before.readableBytes
        }
        held = piece
        if let segment { segments.append(segment) }
    }

    /// Sends a single piece, or as much of it as the socket takes.
    mutating func sendSingle() {
        guard written == 0, unsent.isEmpty, let socket, let piece = held else { return }
        let sent = piece.withUnsafeReadableBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        // The channel finds out by itself about an error of the socket.
        guard sent > 0 else { return }
        guard sent < piece.readableBytes else {
            held = nil
            segments.removeAll(keepingCapacity: true)
            return
        }
        held = piece.getSlice(at: piece.readerIndex + sent, length: piece.readableBytes - sent)
    }

    /// Of poll(2); the headers show it to programs of GNU's own only.
    private static let peerHasEnded: Int16 = 0x2000

    /// Whether the client has ended its side or is gone, whether or not everything before that was read; false behind other
    /// handlers.
    var isPeerGone: Bool {
        guard let socket else { return false }
        var state = pollfd(fd: socket, events: Self.peerHasEnded, revents: 0)
        return poll(&state, 1, 0) > 0
    }

    /// Reads what has arrived and appends it to the buffer.
    ///
    /// - Returns: The number of bytes read; 0 if none has arrived, or at the end of the stream, which the channel
    ///   handles.
    func receive(_ buffer: inout ByteBuffer) -> Int {
        guard let socket else { return 0 }
        return buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 1) {
            max(recv(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)), 0)
        }
    }

    /// Gives the remaining pieces to the channel.
    ///
    /// - Returns: A future that completes when the channel has sent them; nil if no pieces were left.
    mutating func flushRest(_ context: ChannelHandlerContext) -> EventLoopFuture<Void>? {
        guard var rest = held else { return nil }
        var copied = 0
        if budget.isShort, segments.count > unsentSegments, written == 0 {
            // A few bytes for a client that does not read would keep a whole segment in memory.
            rest = ByteBuffer(bytes: rest.readableBytesView)
            copied = rest.readableBytes
            segments.removeLast(segments.count - unsentSegments)
        } else if segments.count == unsentSegments {
            copied = written + rest.readableBytes
        }
        budget.charge(copied)
        let done = context.eventLoop.makePromise(of: Void.self)
        context.write(NIOAny(rest), promise: done)
        unsent.append((written + rest.readableBytes, copied, segments.count - unsentSegments))
        unsentBytes += written + rest.readableBytes
        unsentSegments = segments.count
        held = nil
        written = 0
        return done.futureResult
    }

    mutating func flushDone() {
        let done = unsent.removeFirst()
        unsentBytes -= done.bytes
        if done.segments > 0 {
            segments.removeFirst(done.segments)
            unsentSegments -= done.segments
        }
        budget.charge(-done.copied)
    }
}
