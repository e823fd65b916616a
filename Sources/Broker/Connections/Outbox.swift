import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a connection sends, in pieces that are not copied.
///
/// One piece goes to the socket with a system call and nothing else, unless something is waiting in the channel: that
/// is what nearly every turn has, and round trips became 4 % more. Several pieces, and what the socket does not take at
/// once, go the channel's way.
struct Outbox {
    /// Nothing, if all is to go through the channel: behind another handler of the pipeline, say.
    var socket: NIOBSDSocket.Handle?
    /// Not yet given to the channel.
    private var held: ByteBuffer?
    /// Whether the channel has something that is not flushed.
    private var isFlushDue = false
    /// Flushes that the channel has not come to the end of.
    private var unsent = 0

    /// The channel gets a piece only when another follows.
    var isEmpty: Bool { held == nil }

    mutating func append(_ piece: ByteBuffer, _ context: ChannelHandlerContext) {
        if let before = held {
            context.write(NIOAny(before), promise: nil)
            isFlushDue = true
        }
        held = piece
    }

    /// Sends a single piece, or as much of it as the socket takes.
    mutating func sendSingle() {
        guard !isFlushDue, unsent == 0, let socket, let piece = held else { return }
        let sent = piece.withUnsafeReadableBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        // What is wrong with the socket, the channel finds out in its own way.
        guard sent > 0 else { return }
        held =
            sent < piece.readableBytes
            ? piece.getSlice(at: piece.readerIndex + sent, length: piece.readableBytes - sent) : nil
    }

    /// Reads what is there, behind what the buffer has.
    ///
    /// - Returns: How many bytes; 0, if nothing is there, or the end, which the channel sees to.
    func receive(_ buffer: inout ByteBuffer) -> Int {
        guard let socket else { return 0 }
        return buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 1) {
            max(recv(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)), 0)
        }
    }

    /// Gives what is left to the channel.
    ///
    /// - Returns: Told when the channel is done with it; nothing, if there was nothing left.
    mutating func flushRest(_ context: ChannelHandlerContext) -> EventLoopFuture<Void>? {
        guard let rest = held else { return nil }
        let done = context.eventLoop.makePromise(of: Void.self)
        context.write(NIOAny(rest), promise: done)
        held = nil
        isFlushDue = false
        unsent += 1
        return done.futureResult
    }

    mutating func flushDone() { unsent -= 1 }
}
