import ZaichikProtocol

/// The sums over the clients of one or more loops.
struct ClientSums: Sendable {
    var totals = LoopTotals()
    /// In the last second.
    var rates = LoopTotals()
    /// In the last 10 s, and in the last 60 s, a second.
    var over10 = RecentTotals.Second()
    var over60 = RecentTotals.Second()
    var lag: UInt64 = 0
    /// Clients with lag.
    var lagging: UInt64 = 0
    /// Of the client that has most.
    var largestLag: UInt64 = 0
    /// Lost, and the clients have not been told yet.
    var untoldGaps: UInt64 = 0
    /// Clients that lose messages.
    var losing: UInt64 = 0
    var lostPerSecond: UInt64 = 0
    /// Clients whose publishes wait for room.
    var blocked: UInt64 = 0
    /// Parked messages.
    var parked: UInt64 = 0
    /// Sessions to which no connection is attached.
    var absentSessions: UInt64 = 0
    /// Topics that have dropped messages lately, and those that have refused publishes.
    var droppingTopics: UInt64 = 0
    var rejectingTopics: UInt64 = 0

    /// Adds a client.
    mutating func add(_ lag: QueueLag, lostPerSecond: UInt64, isBlocked: Bool) {
        self.lag += lag.messages
        if lag.messages > 0 { lagging += 1 }
        largestLag = max(largestLag, lag.messages)
        parked += lag.parked
        untoldGaps += lag.untoldGaps
        if lostPerSecond > 0 { losing += 1 }
        self.lostPerSecond += lostPerSecond
        if isBlocked { blocked += 1 }
    }

    mutating func add(_ other: ClientSums) {
        totals.add(other.totals)
        rates.add(other.rates)
        over10.add(other.over10)
        over60.add(other.over60)
        lag += other.lag
        lagging += other.lagging
        largestLag = max(largestLag, other.largestLag)
        untoldGaps += other.untoldGaps
        losing += other.losing
        lostPerSecond += other.lostPerSecond
        blocked += other.blocked
        parked += other.parked
        absentSessions += other.absentSessions
        droppingTopics += other.droppingTopics
        rejectingTopics += other.rejectingTopics
    }
}

extension BrokerCore {
    /// The broker's figures.
    func statistics(_ sums: ClientSums) -> BrokerStatistics { BrokerStatistics { figure($0, sums) } }

    private func figure(_ figure: BrokerFigure, _ sums: ClientSums) -> UInt64 {
        switch figure {
        case .startedAt: startedAt
        case .connections: UInt64(connections)
        case .topics: UInt64(registry.count)
        case .publishRate: sums.rates.published
        case .deliverRate: sums.rates.delivered
        case .commitRate: sums.rates.committed
        case .publishedMessages: sums.totals.published
        case .publishedBytes: sums.totals.publishedBytes
        case .deliveredMessages: sums.totals.delivered
        case .deliveredBytes: sums.totals.deliveredBytes
        case .committedMessages: sums.totals.committed
        case .lagMessages: sums.lag
        case .largestLag: sums.largestLag
        case .retainedBytes: UInt64(max(budget.used, 0))
        case .memoryLimit: UInt64(budget.limit)
        case .gapMessages: sums.totals.gaps + sums.untoldGaps
        case .redeliveredMessages: sums.totals.redelivered
        case .duplicateMessages: sums.totals.duplicates
        case .rejectedMessages: sums.totals.rejected
        case .connectionsOpened: connectionsOpened
        case .connectionsRefused: connectionsRefused
        case .protocolErrors: sums.totals.protocolErrors
        case .loops: UInt64(shards.count)
        case .skippedUpdates: sums.totals.skippedUpdates
        case .batches: sums.totals.batches
        case .loopWakeups: sums.totals.wakeups
        case .losingClients: sums.losing
        case .lostRate: sums.lostPerSecond
        case .droppedMessages: budget.droppedMessages
        case .connectionLimit: UInt64(current.maximumConnections)
        case .topicLimit: UInt64(current.maximumTopics)
        case .dropRate: sums.rates.dropped
        case .rejectRate: sums.rates.rejected
        case .droppingTopics: sums.droppingTopics
        case .rejectingTopics: sums.rejectingTopics
        case .blockedClients: sums.blocked
        case .requestsRefused: refusedRequests.total
        case .requestsRefusedLately: refusedLately.requests
        case .connectionsRefusedLately: refusedLately.connections
        case .sessions: UInt64(sessions.count)
        case .absentSessions: sums.absentSessions
        case .sessionLimit: UInt64(sessions.limit)
        case .producers: UInt64(producers.count)
        case .forgottenProducers: producers.forgotten
        case .parkedMessages: sums.parked
        case .drainTime: operations.draining?.time(now: wallTime) ?? 0
        case .notAcceptingTime: operations.notAccepting?.time(now: wallTime) ?? 0
        case .publishRate10: sums.over10.published
        case .publishRate60: sums.over60.published
        case .deliverRate10: sums.over10.delivered
        case .deliverRate60: sums.over60.delivered
        case .commitRate10: sums.over10.committed
        case .commitRate60: sums.over60.committed
        }
    }
}
