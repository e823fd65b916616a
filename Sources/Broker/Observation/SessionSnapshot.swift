import ZaichikProtocol

extension Session {
    /// Whether it has a row of its own among the clients: while no connection is attached, and always if it is shared.
    /// That of an exclusive session with a connection is the connection's, so that no lag is counted twice.
    var isListedAsClient: Bool { isAbsent || settings.mode != .exclusive }

    /// That of its queue.
    private func state(with lag: QueueLag) -> ClientState {
        guard !isAbsent else { return .absent }
        return health.state(with: lag, isSubscribed: subscriptionCount > 0)
    }

    /// How it fares: judged with its connection if it is exclusive.
    var health: ClientHealth {
        if settings.mode == .exclusive, let member = members.first { return member.health }
        return pulse?.health ?? ClientHealth(lostPerSecond: absentLosses?.value.perSecond ?? 0)
    }

    /// Its row in the list of sessions.
    ///
    /// - Parameter tally: Of all of its slots.
    func statistics(_ tally: QueueTally, now: UInt64) -> SessionStatistics {
        let (traffic, health) = (traffic, health)
        var row = SessionStatistics(figures: FigureRow { figure($0, tally, traffic, health, now: now) })
        row.id = id
        row.incarnation = place.incarnation
        row.name = name.string
        row.state = state(with: tally.lag)
        row.settings = settings
        return row
    }

    /// One of its figures.
    func figure(_ figure: SessionFigure, _ tally: QueueTally, now: UInt64) -> UInt64 {
        self.figure(figure, tally, traffic, health, now: now)
    }

    private func figure(
        _ figure: SessionFigure, _ tally: QueueTally, _ traffic: Traffic, _ health: ClientHealth, now: UInt64
    ) -> UInt64 {
        let queue = counters
        return switch figure {
        case .connections: UInt64(owners.count)
        case .lagMessages: tally.lag.messages
        case .lagBytes: tally.lag.bytes
        case .oldestAge: tally.lag.oldestAge(now: now)
        case .pendingMessages: tally.lag.pending
        case .inFlightMessages: tally.lag.inFlight
        case .returnedMessages: tally.lag.returned
        case .parkedMessages: tally.lag.parked
        case .subscriptions: UInt64(subscriptionCount)
        case .topics: UInt64(queue.topics)
        case .deliveredMessages: traffic.delivered
        case .committedMessages: traffic.committed
        case .redeliveredMessages: workTotals.redelivered
        case .gapMessages: queue.gapMessages + tally.lag.untoldGaps
        case .duplicateMessages: queue.duplicates
        case .createdAt: createdAt
        case .absentSince: absentSince
        case .expiresAt: expiresAt
        case .deliverRate: health.deliverRate
        case .commitRate: health.commitRate
        case .lostRate: health.losses.perSecond
        case .severity: Severity.of(tally.lag, lostPerSecond: health.losses.perSecond)
        case .deliverRate10: record?.deliverRates.over10 ?? 0
        case .deliverRate60: record?.deliverRates.over60 ?? 0
        case .commitRate10: record?.commitRates.over10 ?? 0
        case .commitRate60: record?.commitRates.over60 ?? 0
        case .deliveryTimeMedian: times.delivery.median
        case .deliveryTimeHigh: times.delivery.high
        case .deliveryTimeLongest: times.delivery.longest
        case .commitTimeMedian: times.commit.median
        case .commitTimeHigh: times.commit.high
        case .commitTimeLongest: times.commit.longest
        case .returnsSoFar: workTotals.returned
        case .overdueSoFar: workTotals.overdue
        case .parkedSoFar: workTotals.parked
        case .outlivedMessages: queue.outlived
        case .gapsOfAge: queue.gapCounts.expired
        case .gapsOfLimit: queue.gapCounts.limit
        case .gapsOfMemory: queue.gapCounts.memory
        case .gapsOfPurge: queue.gapCounts.purged
        case .gapsOfMove: queue.gapCounts.moved
        }
    }

    /// Of all its connections.
    private var times: ClientTimes { ClientTimes(owners.compactMap(\.attachment.record)) }

    /// The row of a topic's reader, while it is this session's own.
    func topicReader(at slot: Int, topicID: UInt32, now: UInt64) -> TopicReader? {
        guard let topic = topicRow(at: slot, now: now), topic.topicID == topicID else { return nil }
        var row = TopicReader(figures: topic.figures)
        row.id = id
        row.name = name.string
        row.state = state(with: QueueLag(pending: 1))
        return row
    }
}

extension Session {
    /// Some of the names and patterns that it subscribes to, and what it asks for with them.
    func subscriptionEntries(_ places: Range<Int>) -> [SessionDetail.Subscription] {
        switch holding {
        case .awake(let reader):
            reader.queue.subscriptionEntries(places).map {
                SessionDetail.Subscription(pattern: $0.text, options: $0.options)
            }
        case .folded(let queue): queue.subscribed(places).map { SessionDetail.Subscription(pattern: $0) }
        }
    }
}

extension Session: ObservedClient {
    var slotCount: Int {
        switch holding {
        case .awake(let reader): reader.queue.cursors.slots.count
        case .folded(let queue): queue.slotCount
        }
    }
    var lostPerSecond: UInt64 { health.losses.perSecond }
    var isBlocked: Bool { false }
    var pause: OperatorPause? { awake?.pause }
    var subscriptionCount: Int {
        switch holding {
        case .awake(let reader): reader.queue.subscriptions.count
        case .folded(let queue): queue.slotCount
        }
    }

    private var workTotals: WorkTotals {
        switch holding {
        case .awake(let reader): reader.queue.work?.totals ?? WorkTotals()
        case .folded(let queue): queue.workTotals
        }
    }

    /// Of its queue.
    private var counters: ClientQueue.Counters {
        switch holding {
        case .awake(let reader): reader.queue.counters
        case .folded(let queue): queue.counters
        }
    }

    func tally(_ slots: Range<Int>, into tally: inout QueueTally, now: UInt64) {
        switch holding {
        case .awake(let reader): reader.tally(slots, into: &tally, now: now)
        case .folded(let queue): queue.tally(slots, into: &tally, now: now)
        }
    }

    var listedName: String { name.string }
    func quickFigure(_ figure: ClientFigure, _ tally: QueueTally) -> UInt64? { lagFigure(figure, tally) }

    func snapshot(_ tally: QueueTally) -> ClientSnapshot {
        var identity = ClientIdentity(id: id, address: "", connectedAt: createdAt)
        identity.name = name.string
        let traffic = traffic
        return ClientSnapshot(
            id: id, identity: identity, dialect: .native, tally: tally,
            window: UInt32(clamping: owners.reduce(0) { $0 + UInt64($1.attachment.window) }), windowBytes: 0,
            subscriptions: subscriptionCount, delivered: traffic.delivered, committed: traffic.committed,
            queue: counters, health: health,
            counters: ConnectionCounters(redelivered: workTotals.redelivered),
            roundTrip: 0, unsentBytes: 0,
            session: ClientSnapshot.OfSession(
                name: name.string, absentSince: absentSince, expiresAt: expiresAt, connections: owners.count),
            record: record, times: times, work: workTotals)
    }

    func subscriptions(_ places: Range<Int>) -> [String] { subscriptionEntries(places).map(\.pattern) }

    func topicRow(at slot: Int, now: UInt64) -> ClientTopicStatistics? {
        switch holding {
        case .awake(let reader): reader.topicRow(at: slot, now: now)
        case .folded(let queue): queue.topicRow(at: slot, readerHandle, now: now)
        }
    }
}

extension SessionStatistics: Listed {
    var listName: String { name }
    var listID: UInt64 { id }
}
