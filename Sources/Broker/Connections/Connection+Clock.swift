import NIOCore
import ZaichikProtocol

// Work that is done once a second.
extension Connection {
    func tick(now: UInt64) {
        guard life.isOpen else { return }
        gate.secondPassed(now: now, self)
        channel?.resumeInputIfHeld()
        checkSilence(now: now)
        guard life.isOpen else { return }
        // It also moves the hold of a cursor that began ahead of the topic, whether there is a gap or not.
        tellGap(now: now)
        // Deliveries that wait for memory are tried again.
        if reader.queue.hasReady, core.budget.isExhausted { shard.turns.markDue(self) }
        let (lag, lost) = session?.sample(of: self) ?? shard.keep(reader)
        if !life.isLeaving { health.secondPassed(sample(lag, lost: lost), now: now) }
        counters.pressure.look(isWritable: channel?.isWritable ?? true, now: now)
        attachment.noteSecond(
            ClientRecord.Second(
                lag: lag.messages, published: health.publishRate, delivered: health.deliverRate,
                committed: health.commitRate), since: identity.connectedAt, now: now)
        if session == nil { shard.ticker.noteLag(lag.messages) }
        if life.isReady {
            shard.verdictChanged(&verdict, health.state, lag, of: self, reader) { eventMetadata }
        }
        if health.isQuiet { dropKeptMemory() }
        if !health.isQuiet || health.wantsPing { measureRoundTrip(now: now) }
    }

    private func measureRoundTrip(now: UInt64) {
        guard dialect == .native, life.isReady,
            patience.silence.isToBeMeasured(atOnce: health.wantsPing, now: now)
        else { return }
        send(.ping(now, atOnce: true))
    }

    private func checkSilence(now: UInt64) {
        switch life.state {
        case .greeting, .awaitingHello, .moving:
            guard life.isGreetingOverdue(now: now, connectedAt: identity.connectedAt) else { return }
            if life.isRefused { return end(.tooManyConnections, fullText) }
            end(.handshakeTooSlow, "the preface and HELLO were not complete within \(PeerLimits.greeting) s")
        case .ending:
            let left = UInt64(channel?.unsentBytes ?? 0)
            if patience.ending.isStuck(left: left, now: now) { giveUp() }
        case .ready:
            if patience.silence.look(isHeld: isHeld, now: now) { send(.ping(now, atOnce: true)) }
            guard !patience.silence.isFrameOverdue(unfinished: channel?.unfinishedBytes ?? 0, now: now) else {
                let patience = PeerLimits.unfinishedFrame
                return end(.frameTooSlow, "no more bytes of an unfinished frame came for \(patience) s")
            }
            guard dialect == .native else { return }
            switch patience.silence.judge(now: now) {
            case .fine: break
            case .ask: send(.ping(now, atOnce: true))
            case .giveUp: end(.idleTooLong, "nothing was received for 90 s, and two pings went unanswered")
            }
        case .claiming, .shut, .gone: break
        }
    }

    private func sample(_ lag: QueueLag, lost: UInt64) -> ClientHealth.Sample {
        ClientHealth.Sample(
            lag: lag, window: attachment.window, subscriptions: reader.queue.subscriptions.count,
            published: counters.published, delivered: attachment.delivered, committed: attachment.committed,
            lost: lost, unsentBytes: UInt64(channel?.unsentBytes ?? 0), isBlocked: gate.isBlocked,
            isWritable: channel?.isWritable ?? true, isHeld: reader.isPaused, isShare: !isLaggingAlone,
            moves: reader.queue.counters.moves, roundTrip: patience.silence.roundTrip,
            repeated: isLaggingAlone ? reader.repeated : nil, stood: shard.ticker.stood)
    }
}

extension Connection: ObservedClient {
    var lostPerSecond: UInt64 { health.losses.perSecond }
    /// None if others share the queue: its lag is its session's then.
    var slotCount: Int { isLaggingAlone ? reader.queue.cursors.slots.count : 0 }
    var subscriptionCount: Int { reader.queue.subscriptions.count }
    var isBlocked: Bool { gate.isBlocked }
    var isAbsent: Bool { false }
    var pause: OperatorPause? { reader.pause }
    var record: ClientRecord? { attachment.record }

    func tally(_ slots: Range<Int>, into tally: inout QueueTally, now: UInt64) {
        reader.tally(slots, into: &tally, now: now)
    }

    var listedName: String { identity.name }
    func quickFigure(_ figure: ClientFigure, _ tally: QueueTally) -> UInt64? {
        isLaggingAlone ? lagFigure(figure, tally) : nil
    }

    func snapshot(_ tally: QueueTally) -> ClientSnapshot {
        var snapshot = ClientSnapshot(
            id: id, identity: identity, dialect: dialect, tally: tally, window: attachment.window,
            windowBytes: UInt64(attachment.byteWindow?.limit ?? 0),
            subscriptions: reader.queue.subscriptions.count, delivered: attachment.delivered,
            committed: attachment.committed, queue: reader.queue.counters, health: health, counters: counters,
            roundTrip: patience.silence.roundTrip, unsentBytes: UInt64(channel?.unsentBytes ?? 0))
        snapshot.record = attachment.record
        snapshot.isEnding = life.isLeaving
        snapshot.work = reader.queue.work?.totals ?? WorkTotals()
        if let session {
            snapshot.session = ClientSnapshot.OfSession(
                name: session.name.string, connections: session.owners.count)
        }
        guard !isLaggingAlone else { return snapshot }
        snapshot.tally.lag = attachment.lag
        snapshot.queue = ClientQueue.Counters()
        snapshot.work = WorkTotals()
        return snapshot
    }

    /// The row of this client as one that published to a topic.
    func topicPublisher(_ entry: RecentPublishers.Entry, now: UInt64) -> TopicPublisher {
        var row = TopicPublisher()
        row.id = id
        row.name = identity.name
        row[.publishedMessages] = entry.messages
        row[.lastPublishAge] = now > entry.last ? now - entry.last : 0
        row[.publishRate] = health.publishRate
        return row
    }

    func subscriptions(_ places: Range<Int>) -> [String] { reader.queue.subscribed(places) }
    func topicRow(at slot: Int, now: UInt64) -> ClientTopicStatistics? { reader.topicRow(at: slot, now: now) }
}
