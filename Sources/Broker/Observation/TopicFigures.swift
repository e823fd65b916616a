import ZaichikProtocol

extension TopicState {
    /// One of the topic's figures.
    func figure(_ figure: TopicFigure, now: UInt64) -> UInt64 {
        switch figure {
        case .headSequence: log.headSequence
        case .earliestSequence: earliest(now: now)
        case .retainedMessages: retained(now: now).messages
        case .retainedBytes: retained(now: now).bytes
        case .publishRate: counters.published.perSecond
        case .publishedMessages: log.headSequence
        case .publishedBytes: counters.publishedBytes
        case .subscribers: UInt64(holds.count)
        case .heldBytes: heldBytes
        case .duplicateMessages: counters.duplicates
        case .rejectedMessages: counters.rejected
        case .droppedMessages: counters.dropped
        case .expiredMessages: counters.expired + uncountedExpired(now: now)
        case .deduplicationKeys: UInt64(keys.count)
        case .dropRate: losses?.value.dropsPerSecond ?? 0
        case .blockedPublishers: UInt64(blocked.count)
        case .rejectRate: losses?.value.rejected.rate ?? 0
        case .lastPublishAge: log.lastTimestamp > 0 && now > log.lastTimestamp ? now - log.lastTimestamp : 0
        case .delayedMessages: UInt64(delayed?.count ?? 0)
        case .outlivedMessages: counters.outlived
        case .purgedMessages: decisions?.value.purgedMessages ?? 0
        case .pausedTime: pause.map { now > $0.since ? now - $0.since : 1 } ?? 0
        case .publishRate10: record?.history.mean(over: 10, of: .firstRate) ?? 0
        case .publishRate60: record?.history.mean(over: 60, of: .firstRate) ?? 0
        case .deliveredMessages: counters.delivered
        case .deliverRate: record?.delivered.perSecond ?? 0
        case .deliverRate10: record?.history.mean(over: 10, of: .secondRate) ?? 0
        case .deliverRate60: record?.history.mean(over: 60, of: .secondRate) ?? 0
        }
    }
}

extension Topic {
    /// The row of this topic in lists.
    func statistics(now: UInt64) -> TopicStatistics {
        let (settings, figures) = locked { state in
            (state.settings, FigureRow { state.figure($0, now: now) })
        }
        var row = TopicStatistics(figures: figures)
        row.id = id
        row.name = name.string
        row.settings = settings
        return row
    }
}

extension Ranked<Topic> {
    /// The row of the topic as it is now, except for the figure that the list is sorted by: that one is as it was when
    /// the topic was ranked, so that the list is in order.
    func statistics(sort: TopicFigure?, now: UInt64) -> TopicStatistics {
        var statistics = row.statistics(now: now)
        if let sort { statistics[sort] = figure }
        return statistics
    }
}
