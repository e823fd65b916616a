import ZaichikProtocol

/// Everything that goes into the row of one client.
struct ClientSnapshot {
    var id: UInt64
    var identity: ClientIdentity
    var dialect: Dialect?
    var tally: QueueTally
    var window: UInt32
    /// 0 if the bytes in flight are not bounded.
    var windowBytes: UInt64
    /// The number of names and patterns.
    var subscriptions: Int
    var delivered: UInt64
    var committed: UInt64
    var queue: ClientQueue.Counters
    var health: ClientHealth
    var counters: ConnectionCounters
    /// In µs; 0 if not measured.
    var roundTrip: UInt64
    /// Bytes that the kernel has not taken yet.
    var unsentBytes: UInt64
    /// nil if it has none.
    var session: OfSession?
    /// nil if it does nothing.
    var record: ClientRecord?
    /// Those of all connections that share its queue; nil if there is only this one, and they are those of its record.
    var times: ClientTimes?
    /// Whether its connection is being ended: its queue is gone then, and what was wrong with it is the last that is known.
    var isEnding = false
    /// What became of deliveries of its queue besides commits.
    var work = WorkTotals()

    /// What the row of a client tells of its session.
    struct OfSession {
        var name: String
        /// µs since 1970; 0 while a connection is attached.
        var absentSince: UInt64 = 0
        var expiresAt: UInt64 = 0
        var connections: Int
    }

    /// One of the client's figures.
    func figure(_ figure: ClientFigure, now: UInt64) -> UInt64 { self.figure(figure, now: now, summed: nil) }

    /// - Parameter summed: The times of its messages, if they were added up before: that takes as long as all the rest.
    private func figure(_ figure: ClientFigure, now: UInt64, summed: ClientTimes?) -> UInt64 {
        switch figure {
        case .lagMessages: tally.lag.messages
        case .lagBytes: tally.lag.bytes
        case .oldestAge: tally.lag.oldestAge(now: now)
        case .pendingMessages: tally.lag.pending
        case .inFlightMessages: tally.lag.inFlight
        case .window: UInt64(window)
        case .publishRate: health.publishRate
        case .deliverRate: health.deliverRate
        case .commitRate: health.commitRate
        case .subscriptions: UInt64(subscriptions)
        case .topics: UInt64(queue.topics)
        case .publishedMessages: counters.published
        case .publishedBytes: counters.publishedBytes
        case .deliveredMessages: delivered
        case .deliveredBytes: counters.deliveredBytes
        case .committedMessages: committed
        case .gapMessages: queue.gapMessages + tally.lag.untoldGaps
        case .duplicateMessages: queue.duplicates + counters.duplicates
        case .rejectedMessages: counters.rejected
        case .connectedAt: identity.connectedAt
        case .roundTrip: roundTrip
        case .lastCommitAge: Self.age(of: health.lastCommit, now: now)
        case .unsentBytes: unsentBytes
        case .lostRate: health.losses.perSecond
        case .severity: severity
        case .windowBytes: windowBytes
        case .returnedMessages: tally.lag.returned
        case .parkedMessages: tally.lag.parked
        case .redeliveredMessages: counters.redelivered
        case .absentSince: session?.absentSince ?? 0
        case .expiresAt: session?.expiresAt ?? 0
        case .connections: UInt64(session?.connections ?? 0)
        case .publishRate10: record?.publishRates.over10 ?? 0
        case .publishRate60: record?.publishRates.over60 ?? 0
        case .deliverRate10: record?.deliverRates.over10 ?? 0
        case .deliverRate60: record?.deliverRates.over60 ?? 0
        case .commitRate10: record?.commitRates.over10 ?? 0
        case .commitRate60: record?.commitRates.over60 ?? 0
        case .deliveryTimeMedian: (summed ?? summedTimes).delivery.median
        case .deliveryTimeHigh: (summed ?? summedTimes).delivery.high
        case .deliveryTimeLongest: (summed ?? summedTimes).delivery.longest
        case .commitTimeMedian: (summed ?? summedTimes).commit.median
        case .commitTimeHigh: (summed ?? summedTimes).commit.high
        case .commitTimeLongest: (summed ?? summedTimes).commit.longest
        case .unwritable: counters.pressure.present(now: now)
        case .unwritableInAll: counters.pressure.inAll(now: now)
        case .returnsSoFar: work.returned
        case .overdueSoFar: work.overdue
        case .parkedSoFar: work.parked
        case .outlivedMessages: queue.outlived
        case .gapsOfAge: queue.gapCounts.expired
        case .gapsOfLimit: queue.gapCounts.limit
        case .gapsOfMemory: queue.gapCounts.memory
        case .gapsOfPurge: queue.gapCounts.purged
        case .gapsOfMove: queue.gapCounts.moved
        }
    }

    private var summedTimes: ClientTimes { times ?? record.map { ClientTimes(CollectionOfOne($0)) } ?? ClientTimes() }

    private var severity: UInt64 { Severity.of(tally.lag, lostPerSecond: health.losses.perSecond) }

    /// - Parameter moment: In µs since 1970; 0 if it never came.
    private static func age(of moment: UInt64, now: UInt64) -> UInt64 { moment > 0 && now > moment ? now - moment : 0 }

    /// The row of this client in lists.
    func statistics(now: UInt64) -> ClientStatistics {
        let summed = summedTimes
        var row = ClientStatistics(figures: FigureRow { figure($0, now: now, summed: summed) })
        row.id = id
        row.name = identity.name
        row.program = identity.program
        row.version = identity.version
        row.host = identity.host
        row.pid = identity.pid
        row.address = identity.address
        row.dialect = dialect ?? .native
        row.session = session?.name ?? ""
        let isAbsent = session.map { $0.absentSince > 0 } ?? false
        row.state =
            isAbsent
            ? .absent : isEnding ? health.state : health.state(with: tally.lag, isSubscribed: subscriptions > 0)
        return row
    }
}

extension ObservedClient {
    /// The figures that lists are mostly sorted by, of a client whose lag is its queue's.
    func lagFigure(_ figure: ClientFigure, _ tally: QueueTally) -> UInt64? {
        switch figure {
        case .lagMessages: tally.lag.messages
        case .lagBytes: tally.lag.bytes
        case .severity: Severity.of(tally.lag, lostPerSecond: lostPerSecond)
        default: nil
        }
    }
}

/// A figure to sort by: whoever loses messages comes first, then whoever lags most.
enum Severity {
    static func of(_ lag: QueueLag, lostPerSecond lost: UInt64) -> UInt64 {
        let loses = UInt64(1) << 52
        return lost > 0 ? loses + min(lost, loses) : min(lag.messages, loses - 1)
    }
}
