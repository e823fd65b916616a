import NIOCore
import ZaichikProtocol

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The edge between a connection and its channel: the only `channelRead` and the only writes.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let connection: Connection
    private let transport: Transport
    private(set) var context: ChannelHandlerContext?
    private var assembler = FrameAssembler()
    private var reads = ReadBuffers()
    private var inbound: InboundMemory
    private var outbox: Outbox
    private var isTaking = false
    private var isReading = true
    /// Whether received input is held back for now.
    private var isInputHeld = false
    /// Whether held input is about to be resumed.
    private var isResuming = false
    /// Whether the client has shut its side and the connection does not know yet.
    private var hasUntoldEnd = false
    /// Whether a flush is under way that began with nothing unsent.
    private var isFirstUnsent = false
    /// Whether everything that was ever to be sent is sent.
    private var isLastSent = false
    /// Whether the socket takes more, as NIO last reported.
    private var isChannelWritable = true
    /// What the connection carries to another loop, or has brought from there; nil if it stays where it was accepted.
    private var passage: Passage?

    /// - Parameter unread: Bytes that another loop has read and not looked at.
    init(_ connection: Connection, transport: Transport, unread: ByteBuffer = ByteBuffer()) {
        self.connection = connection
        self.transport = transport
        if unread.readableBytes > 0 { passage = Passage(to: connection.shard, unread: unread) }
        outbox = Outbox(socket: transport.socket, budget: connection.core.budget)
        inbound = InboundMemory(budget: connection.core.budget)
        connection.channel = self
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        channelGone()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        channelGone()
        context.fireChannelInactive()
    }

    /// A channel that fails before it is active never becomes inactive, so this is called at the removal too.
    private func channelGone() {
        outbox.socket = nil
        inbound.release()
        connection.channelGone()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.channelFailed((error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)")
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            hasUntoldEnd = true
            connection.shard.departures.inputClosed(self)
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Reading

    var readsIntoOwnBuffers: Bool { transport.readsIntoOwnBuffers }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // When a write fails, NIO reads what is left and closes, even while input is being processed.
        guard connection.takesInput, !isTaking else { return keepForPassage(unwrapInboundIn(data)) }
        connection.heard()
        isTaking = true
        defer { isTaking = false }
        let read = unwrapInboundIn(data)
        guard transport.readsIntoOwnBuffers else { return receive(read) }
        reads.arrived(&assembler)
        let isFull = read.writableBytes == 0
        take(read)
        if isFull { readMore() }
    }

    private static let noMemory = "no memory for a frame of this length now; try again later"

    private func take(_ read: ByteBuffer) {
        receive(read)
        if reads.taken(read, assembler) { connection.shard.buffers.giveBack(read) }
    }

    private func receive(_ read: ByteBuffer) {
        do {
            try assembler.receive(
                read,
                measure: { bytes throws(ConnectionError) in try self.connection.measure(bytes) },
                take: { bytes throws(ConnectionError) in
                    try self.connection.consume(&bytes, mayAdopt: self.transport.readsIntoOwnBuffers)
                })
            guard inbound.hold(assembler.pendingBytes) else {
                return connection.end(.memoryFull, Self.noMemory)
            }
        } catch {
            connection.failed(error)
        }
        if connection.isHeld {
            holdInput()
            resumeInputIfPaced()
        }
    }

    /// Takes what else has arrived, up to a bound, before anything is sent: messages that are passed on together cost
    /// each reader one write and one commit. With few readers it is better to let the publisher continue.
    private func readMore() {
        let shard = connection.shard
        for _ in 1..<ReadBuffers.readsAtOnce
        where connection.takesInput && !isInputHeld && reads.mayReadAhead(assembler) {
            shard.finishAppending()
            guard shard.turns.dueCount > Self.readersBeforeConfirm else { return }
            var buffer = bufferForRead(isAhead: true)
            let count = outbox.receive(&buffer)
            reads.arrived(&assembler, isEmpty: count == 0)
            guard count > 0 else { return shard.buffers.giveBack(buffer) }
            take(buffer)
            if buffer.writableBytes > 0 { return }
        }
    }

    /// The buffer for the next read.
    func bufferForRead(isAhead: Bool = false) -> ByteBuffer {
        // Held bytes are not handed out: at the end of a stream, NIO asks for a buffer for a read that never arrives.
        guard !isTaking || isAhead, connection.takesInput, !isInputHeld else {
            return ByteBufferAllocator().buffer(capacity: ReadBuffers.longFrame)
        }
        if let buffer = reads.next(&assembler, shared: { connection.shard.buffers.take() }) { return buffer }
        // Not at once: the channel is in the middle of its read.
        let this = NIOLoopBound(self, eventLoop: connection.shard.eventLoop)
        connection.shard.eventLoop.execute {
            this.value.connection.failed(.foreign("a read that was announced never came"))
        }
        return ByteBufferAllocator().buffer(capacity: ReadBuffers.longFrame)
    }

    /// Notes that the log has kept the memory of the last read.
    func memoryWasAdopted() { reads.isShared = true }

    func channelReadComplete(context: ChannelHandlerContext) {
        // With few readers, deliveries are sent before the publisher's confirmation: on a busy machine, each write may
        // let another process run first. With many readers, the publisher would wait for all of their writes.
        let shard = connection.shard
        shard.finishAppending()
        if shard.turns.dueCount > Self.readersBeforeConfirm { connection.confirm() }
        shard.flush(before: connection.confirm)
    }

    private static let readersBeforeConfirm = 4

    /// Holds back received input and stops reading.
    private func holdInput() {
        isInputHeld = true
        setReading(false)
    }

    /// Resumes held input if nothing holds it any more. Not at once: this is called from within a turn.
    func resumeInputIfHeld() {
        guard isInputHeld, !isResuming, !connection.isHeld else { return }
        isResuming = true
        connection.shard.background.add { [self] _ in
            isResuming = false
            resumeInput()
            return false
        }
    }

    /// Resumes input that was held because the requests of one go were used up, once the sockets have had their turn.
    private func resumeInputIfPaced() {
        guard connection.pace.isSpent else { return }
        connection.pace.begin()
        resumeInputIfHeld()
    }

    /// Resumes held input.
    func resumeInput() {
        guard isInputHeld, !isTaking, !connection.isHeld, passage == nil, context != nil else { return }
        isInputHeld = false
        connection.shard.beginStep()
        connection.pace.begin()
        // It may have ended meanwhile: then what was held is of no use any more.
        if assembler.pendingBytes > 0, connection.takesInput {
            isTaking = true
            defer { isTaking = false }
            receive(ByteBuffer())
            connection.confirm()
            guard !isInputHeld else { return }
        }
        tellInputClosed()
        setReading(true)
    }

    /// Tells the connection that the client has shut its side, unless it is still processing what came before.
    func tellInputClosed() {
        guard hasUntoldEnd, !isInputHeld else { return }
        hasUntoldEnd = false
        connection.inputClosed()
    }

    /// Starts or stops reading from the client.
    func setReading(_ isReading: Bool) {
        guard isReading != self.isReading, let context else { return }
        self.isReading = isReading
        _ = context.channel.setOption(.autoRead, value: isReading)
    }

    // MARK: Writing

    /// Whether more should be written. A client that does not read may fill only a small part of the broker's memory.
    var isWritable: Bool {
        isChannelWritable && (outbox.unsentBytes == 0 || outbox.unsentBytes < connection.core.unsentAllowance)
    }
    /// Bytes received of an unfinished frame; 0 while input is held or not read.
    var unfinishedBytes: Int { isReading && !isInputHeld ? assembler.pendingBytes : 0 }
    /// Bytes written that the kernel has not taken yet.
    var unsentBytes: Int {
        guard outbox.unsentBytes > 0, let context else { return 0 }
        return (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    func write(_ piece: ByteBuffer, of segment: Segment? = nil) {
        guard let context else { return }
        outbox.append(piece, of: segment, context)
    }

    func flush() {
        guard let context, !outbox.isEmpty else { return }
        outbox.sendSingle()
        isFirstUnsent = outbox.unsentBytes == 0
        if let rest = outbox.flushRest(context) {
            context.flush()
            rest.assumeIsolated().whenComplete { _ in self.flushed() }
        }
        isFirstUnsent = false
        // A client that does not read its answers is not read from.
        if outbox.unsentBytes > 0, outbox.unsentBytes > connection.core.answerAllowance { setReading(false) }
    }

    private func flushed() {
        outbox.flushDone()
        if !isReading, !isInputHeld, outbox.unsentBytes <= connection.core.answerAllowance { setReading(true) }
        // If the socket took everything at once, nothing was waiting for it.
        if !isFirstUnsent { connection.socketTookMore() }
        if passage != nil { leave() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isChannelWritable = context.channel.isWritable
        if isChannelWritable { connection.socketTookMore() }
    }

    // MARK: Moving to another loop

    /// Whether the connection's socket can be handed to another loop: other handlers may have read ahead.
    /// Whether the client has ended its side or is gone; false where that cannot be seen.
    var isPeerGone: Bool { outbox.isPeerGone }

    var canMove: Bool { transport.socket != nil }

    /// Has the connection go on at another loop, once what was written is sent. Until then, what comes is kept.
    ///
    /// - Parameter hello: The frame that it begins with there.
    func move(to target: LoopShard, rereading hello: ByteBuffer) {
        passage = Passage(to: target, unread: hello)
        holdInput()
        // Not at once: the channel is in the middle of its read.
        connection.shard.background.add { [self] _ in
            leave()
            return false
        }
    }

    /// At the end of a stream, NIO hands out all that is left, whether or not it is asked to read.
    private func keepForPassage(_ read: ByteBuffer) {
        guard let passage, !isTaking, connection.life.isMoving else { return }
        passage.append(assembler.takePending())
        passage.append(read)
        if !inbound.hold(passage.unread.readableBytes) { connection.end(.memoryFull, Self.noMemory) }
    }

    private func leave() {
        guard let passage, let context, connection.life.isMoving else { return }
        connection.flush()
        guard outbox.isEmpty, outbox.unsentBytes == 0 else { return }
        guard let socket = try? Acceptor.socket(of: context.channel) else {
            return connection.end(.tooManyConnections, "the broker has no descriptor left to move the connection with")
        }
        passage.append(assembler.takePending())
        inbound.release()
        outbox.socket = nil
        let arrival = connection.leave(unread: passage.unread)
        passage.target.load.connectionPlaced()
        // The end of the old descriptor is none of the connection.
        context.close(promise: nil)
        Acceptor(core: connection.core).handOver(socket, arrival, to: passage.target)
    }

    /// Takes what the connection has brought from another loop, ahead of what the socket has.
    func channelActive(context: ChannelHandlerContext) {
        if let passage {
            self.passage = nil
            connection.heard()
            isTaking = true
            receive(passage.unread)
            isTaking = false
            channelReadComplete(context: context)
        }
        context.fireChannelActive()
    }

    // MARK: Ending

    /// Shuts the broker's side once everything written is sent. What the client still sends is read and dropped for a
    /// second, so that the reason is not lost to a reset.
    ///
    /// - Parameter isInputClosed: Whether the client has shut its side already.
    func shutOutput(isInputClosed: Bool) {
        guard let context else { return }
        setReading(true)
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in self.lastSent(discardsReads: !isInputClosed) }
        if isInputClosed {
            // Shutting the second half closes the socket, and what is written would be dropped.
            context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
        } else {
            context.close(mode: .output, promise: sent)
        }
        if !isLastSent { connection.shard.departures.awaitLastFrame(self) }
    }

    private func lastSent(discardsReads: Bool) {
        isLastSent = true
        if discardsReads { return connection.shard.departures.discardReads(self) }
        // Not at once: the channel is in the middle of its write.
        context?.eventLoop.assumeIsolated().execute { self.close() }
    }

    /// The client had time enough to take its last frame.
    func closeUnlessSent() { if !isLastSent { close() } }

    func close() { context?.close(promise: nil) }
}
