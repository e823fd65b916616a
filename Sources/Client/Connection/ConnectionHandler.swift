import NIOCore
import ZaichikProtocol

/// The only one that touches the connection: hands what it reads to the client, and writes what the client wants
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
    /// Why the connection ends, if it is known before it does.
    private var reason: ClientError?

    /// - Parameter deadline: When the broker must have said WELCOME.
    init(
        core: ClientCore, connection: UInt64, earlier: [TopicName: InboundReader.Place], deadline: NIODeadline
    ) {
        self.core = core
        self.deadline = deadline
        self.connection = connection
        reader = InboundReader(connection: connection, earlier: earlier)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        core.connected(LiveConnection(id: connection, channel: context.channel, handler: bound))
        // A client that closes has closed the channel in there, and nothing would end what begins here.
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
        // What follows bytes that could not be read cannot be read either.
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

    private func hand(over context: ChannelHandlerContext) {
        let (arrivals, bytes) = reader.takeArrivals()
        if !arrivals.isEmpty { core.receive(arrivals, bytes: bytes) }
        let (frames, skipped) = reader.takeControl()
        if let error = core.receive(frames, skipped: skipped) { fail(error) }
    }

    /// Writes what waits to be written, and reads on or stops as the buffer of arrivals demands.
    func drain() {
        guard let context else { return }
        let (forgotten, kept) = core.takeForgotten()
        reader.forget(forgotten, keeping: kept)
        let (output, mayPause) = core.takeOutput()
        if let output { context.writeAndFlush(wrapOutboundOut(output), promise: nil) }
        let pauses = mayPause && !core.arrivals.hasRoom
        guard pauses != isPaused else { return }
        isPaused = pauses
        // An option of a channel that has just closed cannot be set, and need not be.
        _ = try? context.channel.syncOptions?.setOption(.autoRead, value: !pauses)
        if !pauses { context.read() }
    }

    private func tick() {
        if let error = core.tick(isReading: !isPaused) { fail(error) }
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
            connection, reason: reason, hasReadAnything: hasReadAnything, places: reader.places)
        context.fireChannelInactive()
    }
}

/// A connection that stands, as other threads may hold it.
struct LiveConnection: Sendable {
    let id: UInt64
    let channel: any Channel
    let handler: NIOLoopBound<ConnectionHandler>

    /// Has what waits written, soon.
    func wake() {
        channel.eventLoop.execute { handler.value.drain() }
    }
}
