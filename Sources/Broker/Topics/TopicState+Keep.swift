import DequeModule
import ZaichikProtocol

// What is kept: retention by age, history for subscribers to come, and what queues hold back up to the limit.
extension TopicState {
    /// The size to which segments grow: an eighth of what is kept, so that what is dropped at once is a small part.
    var largestSegment: Int {
        let kept = max(settings.historyBytes, log.bytes)
        let part = min(Int(clamping: kept / 8), budget.limit / 16)
        let size = min(max(part, TopicLog.smallestSegment * 4), TopicLog.largestSegment)
        // What queues hold is counted from a segment's start: one that takes all of the limit is never let go.
        return min(size, Int(clamping: max(settings.limit / 8, 1)))
    }

    /// µs since 1970 before which messages are too old; 0: none is.
    func cutoff(now: UInt64) -> UInt64 {
        guard settings.retention > 0 else { return 0 }
        let (age, overflow) = settings.retention.multipliedReportingOverflow(by: 1000)
        return overflow || age > now ? 0 : now - age
    }

    /// The earliest sequence that may still be delivered, and why those before it may not.
    func floor(now: UInt64, at position: LogPosition) -> (sequence: UInt64, reason: GapReason) {
        var floor = (sequence: limitFloor, reason: GapReason.limit)
        if log.firstSequence > floor.sequence { floor = (log.firstSequence, .expired) }
        let cutoff = cutoff(now: now)
        // The newest is too old only if all are; most of the time the message at hand is young enough.
        if cutoff > 0, let timestamp = log.timestamp(at: position), timestamp < cutoff {
            let live = log.position(atOrAfter: cutoff).sequence
            if live > floor.sequence { floor = (live, .expired) }
        }
        return floor
    }

    /// The earliest message that a new subscriber can get.
    func earliest(now: UInt64) -> LogPosition {
        var sequence = log.firstSequence
        if settings.historyCount > 0, log.headSequence >= settings.historyCount {
            sequence = max(sequence, log.headSequence - settings.historyCount + 1)
        }
        let cutoff = cutoff(now: now)
        if cutoff > 0 { sequence = max(sequence, log.position(atOrAfter: cutoff).sequence) }
        return log.position(of: sequence)
    }

    /// Removes what is older than the retention.
    mutating func expire(now: UInt64) {
        let cutoff = cutoff(now: now)
        guard cutoff > 0 else { return }
        let before = log.memory
        while let first = log.segments.first, first.lastTimestamp < cutoff {
            counters.expired += log.dropFirst()
        }
        budget.change(by: log.memory - before)
    }

    /// Removes what is outside of the history and not held by a queue.
    mutating func trim() {
        guard readersToCome == 0 else { return }
        let before = log.memory
        let history = budget.history(settings.historyBytes)
        while log.segments.count > 1, let first = log.segments.first, first.holders == 0 {
            let isOutsideBytes = log.end - first.end >= history
            let isOutsideCount =
                settings.historyCount > 0 && log.headSequence - first.lastSequence >= settings.historyCount
            guard isOutsideBytes || isOutsideCount else { break }
            log.dropFirst()
        }
        budget.change(by: log.memory - before)
    }

    /// Frame bytes that queues hold back: from the first segment that one is in to the end.
    var heldBytes: UInt64 {
        guard let first = log.segments.first(where: { $0.holders > 0 }) else { return 0 }
        return log.end - first.start
    }

    /// How many bytes may be appended before the limit; makes room first if the choice is to drop.
    mutating func room(for wanted: Int) -> Int {
        // Neither can be over the limit while everything kept together is under it.
        guard log.bytes + UInt64(wanted) > settings.limit || budget.isExhausted else { return wanted }
        while true {
            let held = heldBytes
            let overLimit = held + UInt64(wanted) > settings.limit
            guard overLimit || budget.isExhausted else { return wanted }
            switch settings.overflow {
            case .drop:
                guard dropOldest() else { return budget.isExhausted ? 0 : wanted }
            case .reject, .block:
                // What no queue holds is no reason to refuse, however long the run is.
                if held == 0, !budget.isExhausted { return wanted }
                if !overLimit {
                    // Memory runs out, but not because of this topic's queues: its history goes first.
                    guard dropHistory() else { return 0 }
                    continue
                }
                return Int(clamping: settings.limit > held ? settings.limit - held : 0)
            }
        }
    }

    /// When memory is used up, every topic that drops gives some of it, not only those that are published to.
    private mutating func relieveMemory() {
        guard budget.isExhausted, settings.overflow == .drop else { return }
        for _ in 0..<Self.relievedPerSecond where budget.isExhausted {
            guard dropOldest() else { return }
        }
    }

    private static let relievedPerSecond = 16

    /// Takes the oldest segment from the queues that hold it, and from memory.
    private mutating func dropOldest() -> Bool {
        guard log.segments.count > 1, let first = log.segments.first else { return false }
        let before = log.memory
        if first.holders > 0 { counters.dropped += first.count }
        limitFloor = first.lastSequence + 1
        log.dropFirst()
        budget.change(by: log.memory - before)
        return true
    }

    private mutating func dropHistory() -> Bool {
        guard log.segments.count > 1, let first = log.segments.first, first.holders == 0 else { return false }
        let before = log.memory
        log.dropFirst()
        budget.change(by: log.memory - before)
        return true
    }
}

extension TopicState {
    /// How many steps of forgetting keys a tick has for all topics and clients together: some 0.3 ms.
    static let forgettingSteps = 1 << 14
    /// What each of them has at least.
    static let fewestForgettingSteps = 16

    /// Called once a second: removes what has become too old, and takes the rate.
    ///
    /// - Parameter steps: What is left for forgetting keys.
    mutating func secondPassed(now: UInt64, wakes: inout WakeList, steps: inout Int) {
        publishRate = log.headSequence - sampledPublished
        sampledPublished = log.headSequence
        expire(now: now)
        relieveMemory()
        release(wakes: &wakes)
        if !keys.isEmpty {
            let most = max(steps, Self.fewestForgettingSteps)
            steps -= keys.forget(window: settings.deduplicationWindow, now: now, most: most)
        }
    }
}
