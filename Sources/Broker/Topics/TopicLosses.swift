import ZaichikProtocol

/// What a topic drops and refuses, looked at once a second. A value; `now` is an argument.
///
/// Most topics do neither, so a topic has a reference to it, or none.
struct TopicLosses: Equatable {
    /// Approximate memory, in bytes.
    static let footprint = 160

    private(set) var dropped = IncidentWatch()
    private(set) var rejected = IncidentWatch()
    /// What is dropped a second, smoothed.
    private var meter = LossMeter()
    /// The first message that was dropped in the incident under way.
    private var firstDropped: UInt64 = 0

    var dropsPerSecond: UInt64 { meter.perSecond }

    /// What began or ended.
    enum News: Equatable {
        /// - first: The sequence of the first message that was dropped.
        /// - last: The sequence of the last one.
        case dropping(Incident.Change, first: UInt64, last: UInt64)
        /// - code: Why the last publish was refused; nil if it is not known.
        case rejecting(Incident.Change, code: ErrorCode?)
    }

    /// What one look found.
    struct Look: Equatable {
        var news: [News] = []
        /// Messages dropped since the last look.
        var dropped: UInt64 = 0
    }

    /// - Parameter lastDropped: The sequence of the last message that was dropped.
    mutating func look(_ counters: TopicCounters, lastDropped: UInt64, now: UInt64) -> Look {
        var news: [News] = []
        meter.sample(counters.dropped)
        let isNew = dropped.incident == nil
        if let change = dropped.look(total: counters.dropped, now: now) {
            if isNew { firstDropped = counters.firstDropped }
            news.append(.dropping(change, first: firstDropped, last: lastDropped))
        }
        if let change = rejected.look(total: counters.rejected, now: now) {
            news.append(.rejecting(change, code: counters.refusal))
        }
        return Look(news: news, dropped: dropped.rate)
    }

    /// What is under way, as if it ended now.
    fileprivate func unfinished(_ counters: TopicCounters, lastDropped: UInt64) -> [News] {
        let dropping = dropped.incident.map { News.dropping(.ended($0), first: firstDropped, last: lastDropped) }
        let rejecting = rejected.incident.map { News.rejecting(.ended($0), code: counters.refusal) }
        return [dropping, rejecting].compactMap { $0 }
    }
}

/// A value that is kept apart from its owner. It does not change: the owner takes another one.
final class Apart<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}

extension TopicState {
    /// Compares what was dropped and refused with the last look, and keeps the rates.
    mutating func lookAtLosses(now: UInt64) -> TopicLosses.Look {
        guard losses != nil || counters.dropped > 0 || counters.rejected > 0 else { return TopicLosses.Look() }
        if losses == nil { budget.charge(TopicLosses.footprint) }
        var value = losses?.value ?? TopicLosses()
        let before = value
        let look = value.look(counters, lastDropped: counters.lastDropped, now: now)
        counters.firstDropped = 0
        if value != before { losses = Apart(value) }
        return look
    }

    /// The last look, when the broker ends: whatever is under way ends with it.
    mutating func finishLosses(now: UInt64) -> [TopicLosses.News] {
        lookAtLosses(now: now).news + (losses?.value.unfinished(counters, lastDropped: counters.lastDropped) ?? [])
    }
}
