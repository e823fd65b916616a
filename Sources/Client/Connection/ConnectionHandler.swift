import NIOCore
import ZaichikProtocol

/// The only part that touches the connection: hands what it reads to the client, and writes what the client wants
/// written, once a turn.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let tickInterval = TimeAmount.seconds(1)

    private let core: ClientCore
    private let connection: UInt64
    private var reader: InboundReader
    private var context: ChannelHandlerContext?
    private var hasReadAnything = false
    /// The beginning of the first read, to show what answers in place of a broker.
    private var firstBytes = ByteBuffer()
    private var ticking: RepeatedTask?
    private var handshake: Scheduled<Void>?
    private let deadline: NIODeadline
    private var isPaused = false
    private var isWriting = false
    /// Bytes written to the channel.
    private var written = 0
    /// Why the connection ends, once that is known.
    private var reason: ClientError?

    /// - Parameters:
    ///   - earlier: How far reading had come when the connection before was lost.
    ///   - session: The incarnation of the session that the connection before had.
    ///   - deadline: When the broker must have said WELCOME.
    init(
        core: ClientCore, connection: UInt64, earlier: [TopicName: ReadPosition], session: UInt64?,
        deadline: NIODeadline
    ) {
        self.core = core
        self.deadline = deadline
        self.connection = connection
        reader = InboundReader(connection: connection, earlier: earlier, session: session, core: core)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        core.connected(LiveConnection(id: connection, channel: context.channel, handler: bound))
        // A client that closes has closed the channel in that call, and the tasks begun below would never be cancelled.
        guard self.context != nil else { return }
        ticking = context.eventLoop.scheduleRepeatedTask(
            initialDelay: Self.tickInterval, delay: Self.tickInterval
        ) { _ in bound.value.tick() }
        handshake = context.eventLoop.scheduleTask(deadline: deadline) { bound.value.checkWelcome() }
        drain()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let read = unwrapInboundIn(data)
        if !hasReadAnything {
            firstBytes = ByteBuffer(bytes: read.readableBytesView.prefix(ConnectFailure.shownBytes))
            hasReadAnything = true
        }
        // Bytes after those that could not be read make no sense either.
        guard reason == nil else { return }
        do {
            try reader.receive(read)
        } catch {
            hand(over: context)
            return fail(
                core.isWelcomed
                    ? ClientError(.connectionLost, "the broker sent what cannot be read: \(error)")
                    : ClientError(.notZaichik, ConnectFailure.describe(firstBytes)))
        }
        hand(over: context)
    }

    func channelReadComplete(context: ChannelHandlerContext) { drain() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { drain() }
        context.fireChannelWritabilityChanged()
    }

    private func hand(over context: ChannelHandlerContext) {
        let (frames, skipped, gone) = reader.takeControl()
        var rest = frames[...]
        // The deliveries of a session follow WELCOME at once, and can be settled only when that is known.
        if !core.isWelcomed, let welcome = rest.popFirst(),
            let error = core.receive([welcome], skipped: [], gone: [])
        {
            return fail(error)
        }
        let (arrivals, bytes) = reader.takeArrivals()
        if !arrivals.isEmpty { core.receive(arrivals, bytes: bytes) }
        if let error = core.receive(Array(rest), skipped: skipped, gone: gone) { fail(error) }
    }

    /// Writes what is to be sent now, and pauses or resumes reading as the buffer of arrivals demands.
    func drain() {
        // A write that makes the socket writable again calls this from within; the loop below sees to it.
        guard let context, !isWriting else { return }
        let (forgotten, kept) = core.takeForgotten()
        reader.forget(forgotten, keeping: kept)
        let pauses = writeOutput(context) && !core.arrivals.hasRoom
        guard pauses != isPaused else { return }
        isPaused = pauses
        // Fails if the channel has just closed, and does not matter then.
        _ = try? context.channel.syncOptions?.setOption(.autoRead, value: !pauses)
        if !pauses { context.read() }
    }

    /// - Returns: Whether reading may pause.
    private func writeOutput(_ context: ChannelHandlerContext) -> Bool {
        isWriting = true
        defer { isWriting = false }
        while true {
            let (output, mayPause) = core.takeOutput(isWritable: context.channel.isWritable)
            guard let output else { return mayPause }
            written += output.readableBytes
            context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        }
    }

    private func tick() {
        let unsent = (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        if let error = core.tick(isReading: !isPaused, taken: unsent > 0 ? written - unsent : nil) { fail(error) }
        drain()
    }

    private func checkWelcome() {
        guard !core.isWelcomed else { return }
        fail(ConnectFailure.noWelcome(core.address))
    }

    /// Ends the connection.
    func fail(_ error: ClientError) {
        if reason == nil { reason = error }
        context?.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(ClientError(.connectionLost, ConnectFailure.text(error)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        ticking?.cancel()
        handshake?.cancel()
        core.disconnected(
            connection, reason: reason, hasReadAnything: hasReadAnything, positions: reader.positions,
            redelivered: reader.redelivered)
        context.fireChannelInactive()
    }
}

/// A live connection, as other threads may hold it.
struct LiveConnection: Sendable {
    let id: UInt64
    let channel: any Channel
    let handler: NIOLoopBound<ConnectionHandler>

    /// Has the loop write what is to be sent, soon.
    func wake() {
        channel.eventLoop.execute { handler.value.drain() }
    }
}
