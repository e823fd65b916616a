import Logging
import NIOCore
import ZaichikProtocol

/// One client's connection: the only `channelRead` and the only writes. It holds what belongs to the client (the
/// session machine, the queue, the counters) and does what they say.
///
/// The halves of it: this file has its life, `+Native` and `+Classic` the dialects' frames, `+Publish` the way in,
/// `+Turn` the way out, `+Requests` the control plane, `+Time` what the clock asks for.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let id: UInt64
    let handle: ClientHandle
    let core: BrokerCore
    let shard: LoopShard
    var context: ChannelHandlerContext!
    /// Whether the broker has room for it; if not, it is told so as soon as its dialect shows.
    let isWelcome: Bool

    var identity: ClientIdentity
    var dialect: Dialect?
    var session = SessionMachine()
    var assembler = FrameAssembler()
    var reads = ReadBuffers()
    private var isTaking = false
    private var hasLeft = false
    var queue: ClientQueue
    /// The longest frame that may come now.
    var frameLimit = FrameLimits.beforeWelcome
    /// Answers, and deliveries too short to be worth a write of their own.
    var out = ByteBuffer()
    var output: [QueueOutput] = []
    var isDirty = false
    /// Whether it waits for another turn because one was not enough.
    var isUnfinished = false
    var outbox = Outbox()
    var isReading = true
    /// Whether the socket takes more, as NIO told last.
    private(set) var isWritable = true
    var publishes = PublishProgress()
    var desk = RequestDesk()
    /// Whether the loop goes on with what is on the desk when the sockets have had their turn.
    var isDeskServed = false
    var pings: [WaitingPing] = []
    var counters = ConnectionCounters()
    var health = ClientHealth()
    /// The clocks of the watches.
    var watchTasks: [UInt32: RepeatedTask] = [:]
    var ending = Ending.none
    var lastProgress = EndingProgress()
    var isInputClosed = false
    var silence: Silence

    /// How far the end of the connection has come.
    enum Ending {
        case none
        /// The client has said that it ends: what it asked is answered, then the end.
        case whenAnswered
        /// The client has shut its side: what is owed is still sent, deliveries too, then the end.
        case whenSent
        /// Our side is shut; what still comes is read and dropped.
        case shut
    }

    init(
        id: UInt64, handle: ClientHandle, core: BrokerCore, shard: LoopShard, address: String,
        acceptStamp: UInt64, isWelcome: Bool
    ) {
        self.id = id
        self.handle = handle
        self.core = core
        self.shard = shard
        self.isWelcome = isWelcome
        let now = core.now()
        identity = ClientIdentity(address: address, connectedAt: now)
        silence = Silence(now: now)
        queue = ClientQueue(client: handle, window: 0, acceptStamp: acceptStamp)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard ending == .none else { return }
        shard.beginStep()
        silence.heard(now: shard.now)
        // A write that fails has NIO read what is left in the middle of what is being taken, and close.
        guard !isTaking else { return }
        isTaking = true
        defer { isTaking = false }
        reads.arrived(&assembler)
        let read = unwrapInboundIn(data)
        let isFull = read.writableBytes == 0
        take(read)
        if isFull { readMore() }
    }

    private func take(_ read: ByteBuffer) {
        do {
            try assembler.receive(
                read,
                measure: { bytes throws(ConnectionError) in try self.measure(bytes) },
                consume: { bytes throws(ConnectionError) in try self.consume(&bytes) })
        } catch {
            fail(error)
        }
        if reads.taken(read, assembler) { shard.giveBack(read) }
    }

    /// Takes what else has arrived, up to a bound, before anybody is sent anything: what is passed on together costs
    /// each reader one write and one commit. With few readers it is better that the publisher gets on meanwhile.
    private func readMore() {
        for _ in 1..<ReadBuffers.readsAtOnce where ending == .none && reads.mayReadAhead(assembler) {
            shard.finishAppending()
            guard shard.dirtyCount > Self.readersBeforeConfirm else { return }
            var buffer = bufferForRead(isAhead: true)
            let count = outbox.receive(&buffer)
            reads.arrived(&assembler, isEmpty: count == 0)
            guard count > 0 else { return shard.giveBack(buffer) }
            take(buffer)
            if buffer.writableBytes > 0 { return }
        }
    }

    /// Where the next read goes.
    func bufferForRead(isAhead: Bool = false) -> ByteBuffer {
        guard !isTaking || isAhead, ending == .none else {
            return ByteBufferAllocator().buffer(capacity: ReadBuffers.longFrame)
        }
        if let buffer = reads.next(&assembler, shared: shard.readBuffer) { return buffer }
        // Not at once: the channel is in the middle of its read.
        let this = NIOLoopBound(self, eventLoop: shard.eventLoop)
        shard.eventLoop.execute { this.value.fail(.foreign("a read that was announced never came")) }
        return ByteBufferAllocator().buffer(capacity: ReadBuffers.longFrame)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Few readers get their deliveries before the publisher its confirmation: on a busy machine each write may
        // have another process run first. Many would make the publisher wait for all of their writes.
        shard.finishAppending()
        if shard.dirtyCount > Self.readersBeforeConfirm { confirm() }
        shard.flush(before: confirm)
    }

    private static let readersBeforeConfirm = 4

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        guard isWritable else { return }
        resumeReading()
        shard.markDirty(self)
        // This comes from within a flush of ours.
        shard.scheduleFlush()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            isInputClosed = true
            shard.beginStep()
            inputClosed()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    /// Gives back what the connection had. A channel that fails before it is active never becomes inactive, so this is
    /// called at the removal too.
    private func leave() {
        guard !hasLeft else { return }
        hasLeft = true
        outbox.socket = nil
        shard.beginStep()
        for pattern in queue.subscriptions.patterns { core.registry.unsubscribe(handle, from: pattern) }
        dropParked()
        queue.close(wakes: &shard.wakes)
        for task in watchTasks.values { task.cancel() }
        watchTasks.removeAll()
        desk = RequestDesk()
        ending = .shut
        shard.dismiss(handle)
        core.connectionClosed()
        shard.flush()
        core.logger.debug("client disconnected", metadata: identity.metadata(id: id))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        core.logger.debug(
            "connection failed",
            metadata: identity.metadata(id: id).merging(["error": "\(error)"]) { $1 })
        context.close(promise: nil)
    }

    // MARK: Dialects

    private func measure(_ bytes: ByteBuffer) throws(ConnectionError) -> FrameMeasure {
        switch dialect {
        case .native: return try ConnectionError.wrap { () throws(FrameError) in try .native(bytes, limit: frameLimit) }
        case .classic: return try measureClassic(bytes)
        case nil:
            switch SessionMachine.greeting(bytes) {
            case nil: return .atLeast(bytes.readableBytes + 1)
            case .native: return .complete(Preface.bytes.count)
            case .classic: return .complete(1)
            case .unknownVersion(let version):
                throw .foreign("version \(version) of the native dialect is not spoken here")
            case .unknown: throw .foreign("it begins like neither dialect")
            }
        }
    }

    /// Takes whole units from the start.
    ///
    /// - Returns: Whether to go on.
    private func consume(_ bytes: inout ByteBuffer) throws(ConnectionError) -> Bool {
        switch dialect {
        case .native: try consumeNative(&bytes)
        case .classic: try consumeClassic(&bytes)
        case nil: try greet(&bytes)
        }
        return ending == .none
    }

    private func greet(_ bytes: inout ByteBuffer) throws(ConnectionError) {
        if SessionMachine.greeting(bytes) == .native {
            bytes.moveReaderIndex(forwardBy: Preface.bytes.count)
            dialect = .native
            session.prefaceReceived()
            guard isWelcome else {
                let limit = core.configuration.maximumConnections
                return end(.tooManyConnections, "the broker serves \(limit) connections and no more")
            }
        } else {
            guard isWelcome else { throw .foreign("the limit of connections is reached") }
            beginClassic()
        }
        guard !core.isDraining else { return end(.shuttingDown, "the broker is stopping") }
    }
}

/// Why a connection ends because of what it sent.
enum ConnectionError: Error {
    /// A native client is told with a frame.
    case frame(FrameError)
    /// No frame would be understood.
    case foreign(String)
    case classic(ClassicError)
    /// A classic client broke the rules for names; its dialect has no errors.
    case classicName(NameError)

    static func wrap<R>(_ body: () throws(FrameError) -> R) throws(ConnectionError) -> R {
        do { return try body() } catch { throw .frame(error) }
    }
}
