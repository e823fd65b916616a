import NIOCore
import ZaichikProtocol

/// One client's connection, without its channel: its identity, its life cycle and its parts. It carries out what those
/// parts decide.
///
/// This file has the life cycle; `+Native` and `+Classic` have the dialects' frames, `+Topics` the requests about
/// topics and subscriptions, `+Desk` lists and watches, `+Turn` the outbound path, `+Clock` what is done once a second.
final class Connection {
    let handle: PublisherHandle
    let core: BrokerCore
    let shard: LoopShard
    /// nil until the channel is set up, and after it is gone.
    var channel: ConnectionHandler?
    var identity: ClientIdentity
    private(set) var life: ConnectionLife
    /// Its queue: its own, or that of its session.
    var reader: Reader
    /// The session that it is attached to; nil if its queue is its own.
    var session: Session?
    /// Its side of the reader's queue.
    var attachment: Attachment
    var gate = PublishGate()
    var desk = RequestDesk()
    var pings = PingQueue()
    /// Answers, and deliveries too short to be worth a piece of their own.
    var answers = ByteBuffer()
    var output: [QueueOutput] = []
    /// Its state in the loop's turns.
    var turnState = TurnState.idle
    var counters = ConnectionCounters()
    var health = ClientHealth()
    var verdict = VerdictWatch()
    var patience: ConnectionPatience
    /// The longest frame that the client may send now, in bytes.
    var frameLimit = FrameLimits.beforeWelcome
    var deskService = DeskService()
    var pace = RequestPace()
    /// Whether the broker's side of the connection is open.
    private(set) var isOutputOpen = true
    /// Whether it is among the clients that were connected.
    var isRemembered = false

    init(_ arrival: Arrival, handle: PublisherHandle, reader: Reader, core: BrokerCore, shard: LoopShard) {
        self.handle = handle
        self.reader = reader
        self.core = core
        self.shard = shard
        life = arrival.life
        attachment = Attachment(budget: core.budget, traceDesk: shard.traceDesk)
        shard.beginStep()
        let now = shard.now
        identity = ClientIdentity(id: arrival.id, address: arrival.address, connectedAt: arrival.connectedAt ?? now)
        patience = ConnectionPatience(silence: Silence(now: now))
        reader.attach(self)
    }

    var dialect: Dialect? { life.dialect }
    var id: UInt64 { identity.id }

    // MARK: Events of the channel

    var takesInput: Bool { life.takesInput }
    /// Whether further input has to wait: a subscription is still being made, too many publishes wait for room, the
    /// requests of one go are used up, or another connection still has the producer's name.
    var isHeld: Bool { pace.isSpent || reader.isBusy || gate.isFull(core.budget) || life.isClaiming }

    func heard() {
        shard.beginStep()
        pace.begin()
        life.bytesReceived(now: shard.now)
        patience.silence.heard(now: shard.now)
    }

    func inputClosed() {
        shard.beginStep()
        carryOut(life.inputClosed())
        shard.flush()
    }

    func socketTookMore() {
        shard.turns.markDue(self)
        // This is called from within one of our own flushes.
        shard.scheduleFlush()
    }

    func channelGone() {
        shard.beginStep()
        carryOut(life.channelGone())
        shard.flush()
    }

    // MARK: Decisions of the broker

    func brokerStops() {
        // Numbers of later refusals follow those of the publishes that wait, so these are answered first.
        if life.isReady { gate.refuseWaiting(.shuttingDown, ConnectionLife.stopping, self) }
        carryOut(life.brokerStops())
    }
    func end(_ code: ErrorCode, _ reason: String) { carryOut(life.end(code, reason)) }

    func failed(_ error: ConnectionError) {
        guard life.isOpen else { return }
        shard.totals.protocolErrors += 1
        let reason = error.reason
        core.log.tell(.protocolBroken, metadata.merging(["reason": .quoted(reason)]) { $1 })
        if case .frame(let error) = error {
            carryOut(life.failed(error, reason: reason))
        } else {
            carryOut(life.failed(nil, reason: reason))
        }
    }

    /// The socket has failed; the channel will be gone soon.
    func channelFailed(_ reason: String) { life.channelFailed(reason) }

    /// Closes the channel of a client that takes nothing of what it is owed.
    func giveUp() {
        life.gotStuck()
        channel?.close()
    }

    func closeReceived() { carryOut(life.closeReceived()) }
    func helloReceived() { life.helloReceived() }
    func waitsForName() { life.claims() }
    func admit(type: UInt8) throws(FrameError) { try life.admit(type: type) }

    /// Has another loop serve the connection, beginning with HELLO.
    func move(to target: LoopShard, rereading hello: ByteBuffer) {
        life.moves()
        channel?.move(to: target, rereading: hello)
    }

    /// Leaves this loop for another one. Nothing has ended: the connection is counted as before.
    func leave(unread: ByteBuffer) -> Arrival {
        defer {
            reader.detach(self, now: shard.now, wakes: &shard.wakes)
            channel = nil
            shard.dismiss(self)
        }
        return Arrival(
            id: id, address: identity.address, connectedAt: identity.connectedAt,
            acceptStamp: reader.queue.progress.stamp, life: life.moved(), unread: unread)
    }

    func greeted(_ dialect: Dialect) throws(ConnectionError) {
        var refusal: (ErrorCode, String)?
        if life.isRefused {
            refusal = (.tooManyConnections, fullText)
        } else if core.isDraining {
            refusal = (.shuttingDown, ConnectionLife.stopping)
        } else if dialect == .classic, let decision = core.operations.notAccepting {
            refusal = (.notAccepting, decision.notAcceptingText)
        }
        carryOut(life.greeted(dialect, now: shard.now, refusal: refusal))
    }

    var fullText: String {
        "the broker is full: it serves at most \(core.current.maximumConnections) connections"
    }

    /// Ends the connection if it was to end when everything is sent, and everything is.
    func endIfAllIsSent() {
        guard life.isEnding, !turnState.hasMore, channel?.isWritable != false else { return }
        // Deliveries have ended, so the queue holds no messages any more: that may make room for its own publishes that
        // wait.
        carryOut(life.deliveriesSent())
        // The end says that the queue is gone, too.
        guard !gate.owesAnswers, !desk.areOutstanding, !reader.isBusy else { return }
        carryOut(life.owedSent())
    }

    // MARK: Carrying out actions

    private func carryOut(_ actions: [ConnectionLife.Action]) {
        for action in actions {
            switch action {
            case .endDeliveries:
                remember(life.departure ?? .vanished)
                // What a session's client does not commit comes again.
                if session != nil { attachment.end(committing: false) } else { endOwnDeliveries() }
                shard.turns.markDue(self)
            case .abandonQueue: abandonQueue()
            case .sendConfirm: confirm()
            case .sendError(let error): send(error)
            case .sendGoodbye(let code, let reason): send(.goodbye(code: code.rawValue, reason: reason))
            case .shutOutput(let isInputClosed): shutOutput(isInputClosed: isInputClosed)
            case .letGo: letGo()
            }
        }
    }

    private func endOwnDeliveries() {
        reader.queue.endDeliveries(of: &attachment, wakes: &shard.wakes)
        if reader.queue.isSettling { shard.settleInBackground(reader) }
    }

    /// Gives back the queue: its own ends, that of a session goes on.
    private func abandonQueue() {
        remember(life.departure ?? .vanished)
        giveBackSession()
        guard !reader.isAbandoned else { return }
        shard.abandon(reader) { [self] in shard.turns.markDue(self) }
    }

    private func shutOutput(isInputClosed: Bool) {
        flush()
        isOutputOpen = false
        gate.close(self)
        leaveProducer()
        channel?.shutOutput(isInputClosed: isInputClosed)
    }

    private func letGo() {
        abandonQueue()
        gate.close(self)
        leaveProducer()
        desk = RequestDesk()
        deskService.charge(0, core.budget)
        deskService.end()
        channel = nil
        shard.dismiss(self)
        core.connectionClosed()
        logDeparture()
    }
}

extension Connection: ReaderOwner {
    var takesDeliveries: Bool { isOutputOpen && life.delivers && channel?.isWritable == true }
    func readerBecameReady() { shard.turns.markDue(self) }

    func topicEnded(_ topic: Topic) {
        guard life.delivers else { return }
        // The client may never have been told the id.
        send(topic.frame(request: 0))
        send(.topicGone(topicID: topic.id))
    }

    func topicReader(at slot: Int, topicID: UInt32, now: UInt64) -> TopicReader? {
        guard let topic = reader.topicRow(at: slot, now: now), topic.topicID == topicID else { return nil }
        var row = TopicReader(figures: topic.figures)
        row.id = id
        row.name = identity.name
        row.state = health.state(with: QueueLag(pending: 1), isSubscribed: true)
        return row
    }
}

extension Connection: TurnTaker {}

// Notifications from topics.
extension Connection {
    func roomMade(in topicID: UInt32) {
        gate.roomMade(in: topicID, self)
        shard.turns.markDue(self)
    }

    func released(_ topicID: UInt32, upTo head: UInt64) {
        gate.released(topicID, upTo: head, self)
        confirm()
        answerPings()
        // An ending connection may have waited for this publish only, and there may be no answer to send.
        shard.turns.markDue(self)
    }
}
