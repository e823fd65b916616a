import ZaichikProtocol

/// What a topic drops and refuses, looked at once a second. A value; `now` is an argument.
///
/// Most topics do neither, so a topic has a reference to it, or none.
struct TopicLosses: Equatable {
    /// Approximate memory, in bytes.
    static let footprint = 160

    private(set) var dropped = IncidentWatch()
    private(set) var rejected = IncidentWatch()
    /// The first message that was dropped in the incident under way.
    private var firstDropped: UInt64 = 0

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
    mutating func look(_ counters: TopicState.Counters, lastDropped: UInt64, now: UInt64) -> Look {
        var news: [News] = []
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
        let look = value.look(counters, lastDropped: droppedRange.last, now: now)
        counters.firstDropped = 0
        if value != before { losses = Apart(value) }
        return look
    }
}
