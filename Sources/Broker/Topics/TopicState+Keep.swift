import DequeModule
import ZaichikProtocol

// Keeping messages: retention by age, history for later subscribers, and what queues hold back.
//
// Storage goes by segments, but this does not show: statistics and starts are exact to the message.
extension TopicState {
    /// The size to which segments grow: an eighth of what is kept, so that what is stored in excess is a small part.
    var largestSegment: Int {
        let kept = max(settings.historyBytes, log.bytes)
        let part = min(Int(clamping: kept / 8), budget.limit / 16)
        let size = min(max(part, TopicLog.smallestSegment * 4), TopicLog.largestSegment)
        return min(size, Int(clamping: max(settings.limit / 8, 1)))
    }

    /// The time before which messages are too old, in µs since 1970; 0 if none is.
    func cutoff(now: UInt64) -> UInt64 {
        guard settings.retention > 0 else { return 0 }
        let (age, overflow) = settings.retention.multipliedReportingOverflow(by: 1000)
        return overflow || age > now ? 0 : now - age
    }

    /// The earliest message that is kept: the larger of the history and what queues hold back, less what is too old.
    func earliest(now: UInt64) -> UInt64 {
        let needed = readersToCome > 0 ? 1 : holds.lowest
        var sequence = max(min(historyFloor, needed), log.firstSequence, keptFloor)
        let cutoff = cutoff(now: now)
        if cutoff > 0 { sequence = max(sequence, log.position(atOrAfter: cutoff).sequence) }
        return min(sequence, log.headSequence + 1)
    }

    /// The first message of the history.
    private var historyFloor: UInt64 {
        let history = budget.history(settings.historyBytes)
        var floor: UInt64 = 1
        if log.end - log.start > history { floor = log.position(atOrAfterOffset: log.end - history).sequence }
        if settings.historyCount > 0, log.headSequence >= settings.historyCount {
            floor = max(floor, log.headSequence - settings.historyCount + 1)
        }
        return floor
    }

    /// The earliest message that the cursor may still get, and the reason why those before it are lost to it.
    ///
    /// Inline, because a call, which there would be for each batch, copies the whole state.
    @inline(__always)
    func floor(of cursor: Cursor, now: UInt64) -> (sequence: UInt64, reason: GapReason) {
        // A hold past the cursor's own position was raised by the limit, or never reached back to where it was to
        // begin.
        let needed = holds.needed(cursor.seat)
        let wasGone = needed <= cursor.position.sequence + UInt64(cursor.goneAtStart)
        var floor = (sequence: needed, reason: wasGone ? GapReason.expired : .limit)
        if needed == purgedBelow { floor.reason = .purged }
        if log.firstSequence > floor.sequence { floor = (log.firstSequence, .expired) }
        if cursor.ownFloor > floor.sequence || cursor.isFloorPurged && cursor.ownFloor == floor.sequence {
            floor = (cursor.ownFloor, cursor.isFloorPurged ? .purged : .limit)
        }
        let cutoff = cutoff(now: now)
        // The newest is too old only if all are; most of the time the message at hand is young enough.
        if cutoff > 0, let timestamp = log.timestamp(at: cursor.position), timestamp < cutoff {
            let live = log.position(atOrAfter: cutoff).sequence
            if live > floor.sequence { floor = (live, .expired) }
        }
        return floor
    }

    /// Whether it is certain that ``floor(of:now:)`` does not lie beyond a cursor's next message, told without a look at the
    /// cursor's seat: a million such looks would take most of the time that judging them takes.
    @inline(__always)
    func isAboveFloor(_ cursor: Cursor, next: UInt64, now: UInt64) -> Bool {
        guard cursor.goneAtStart == 0, max(holds.highestRaise, log.firstSequence, cursor.ownFloor) <= next else {
            return false
        }
        let cutoff = cutoff(now: now)
        if cutoff > 0, let timestamp = log.timestamp(at: cursor.position), timestamp < cutoff { return false }
        assert(floor(of: cursor, now: now).sequence <= next, "nothing else raises a hold")
        return true
    }

    /// Messages that are too old and not counted yet.
    func uncountedExpired(now: UInt64) -> UInt64 {
        let cutoff = cutoff(now: now)
        let first = max(keptFloor, log.firstSequence)
        guard cutoff > 0, let timestamp = log.timestamp(at: log.position(of: first)), timestamp < cutoff else {
            return 0
        }
        return log.position(atOrAfter: cutoff).sequence - first
    }

    /// Removes what is older than the retention.
    mutating func expire(now: UInt64) {
        let cutoff = cutoff(now: now)
        guard cutoff > 0 else { return }
        let expired = uncountedExpired(now: now)
        if expired > 0 {
            counters.expired += expired
            keptFloor = max(keptFloor, log.firstSequence) + expired
        }
        if log.drop(keepsLast: false, DropAllowance(), while: { $0.lastTimestamp < cutoff }) { hasMoreToDrop = true }
    }

    /// Drops stored segments that neither the history nor a queue needs: a few at a time, as they are invisible
    /// already. If there are more, ``hasMoreToDrop`` says so.
    mutating func trim() {
        guard readersToCome == 0, !isGone else { return }
        let (history, lowest) = (budget.history(settings.historyBytes), holds.lowest)
        let (head, end, count) = (log.headSequence, log.end, settings.historyCount)
        let purged = purgedBelow
        let hasMore = log.drop(keepsLast: true, DropAllowance()) { segment in
            guard segment.lastSequence < lowest else { return false }
            return end - segment.end >= history || count > 0 && head - segment.lastSequence >= count
                || segment.lastSequence < purged
        }
        if hasMore { hasMoreToDrop = true }
    }

    /// Frame bytes that queues hold back: from the earliest message that one needs to the head.
    var heldBytes: UInt64 { holds.count > 0 ? log.end - log.offset(ofSequence: holds.lowest) : 0 }

    /// Of those, what counts against the limit, with what is stored and not visible yet.
    var countedBytes: UInt64 {
        guard holds.count > 0 else { return 0 }
        let lowest = holds.lowestCounted
        return lowest > log.appendedSequence ? 0 : log.appendedEnd - log.offset(of: log.position(ofStored: lowest))
    }

    // MARK: The limit

    /// How much of a run may be appended, in bytes, and the reason if that is not the whole run. The limit is exceeded
    /// by less than a frame.
    ///
    /// Inline, because a call, which there would be for each batch, copies the whole state.
    @inline(__always)
    func room(for run: UnsafeRawBufferPointer) -> (bytes: Int, refusal: PublishResult.Refusal?) {
        if !hasMemory(for: run.count) { return (0, settings.overflow == .block ? .blocked : .memory) }
        // If everything stored is less than the limit, so is what queues hold.
        let aside = delayedBytes
        guard settings.overflow != .drop, log.bytes + aside + UInt64(run.count) > settings.limit, holds.count > 0 else {
            return (run.count, nil)
        }
        let counted = countedBytes + aside
        let left = Int(clamping: settings.limit > counted ? settings.limit - counted : 0)
        guard run.count > left else { return (run.count, nil) }
        var bytes = FrameScan.prefix(of: run, fitting: left)
        // If no queue lags, a message over the limit is accepted: it could never be published otherwise.
        if counted == 0, bytes == 0 { bytes = FrameScan.frameLength(run) }
        guard bytes < run.count else { return (bytes, nil) }
        return (bytes, settings.overflow == .block ? .blocked : .full)
    }

    /// Why messages of a transaction may not be appended, all together; nil if they may.
    func refusal(of bytes: Int, delayed: Int, count: Int) -> PublishResult.Refusal? {
        guard hasMemory(for: bytes) else { return .memory }
        let aside = delayedBytes
        // What is kept aside cannot be dropped: the limit is its own.
        if settings.overflow == .drop, delayed > 0, aside > 0 || count > 1,
            aside + UInt64(delayed) > settings.limit
        {
            return .full
        }
        guard settings.overflow != .drop, log.bytes + aside + UInt64(bytes) > settings.limit, holds.count > 0 else {
            return nil
        }
        let counted = countedBytes + aside
        // A single message over the limit is accepted if no queue lags: see ``room(for:)``.
        return counted + UInt64(bytes) <= settings.limit || counted == 0 && count == 1 ? nil : .full
    }

    /// Drops what queues hold beyond the limit, if the policy is to drop. The newest message stays, however long it is:
    /// it was accepted, and queues that keep up get it.
    mutating func dropOverLimit(now: UInt64) {
        guard settings.overflow == .drop, log.bytes > settings.limit, holds.count > 0 else { return }
        guard countedBytes > settings.limit else { return }
        let fitting = log.position(atOrAfterOffset: log.appendedEnd - settings.limit).sequence
        let floor = min(fitting, log.appendedSequence)
        isDroppingForMemory = false
        countDropped(from: holds.raise(to: floor), upTo: floor, now: now)
    }

    /// Counts the messages that queues lose, except those that were too old anyway.
    private mutating func countDropped(from lowest: UInt64?, upTo floor: UInt64, now: UInt64) {
        guard let lowest else { return }
        let cutoff = cutoff(now: now)
        let live = cutoff > 0 ? log.position(atOrAfter: cutoff).sequence : 1
        let first = max(lowest, log.firstSequence, live)
        guard floor > first else { return }
        budget.countDropped(counters.drop(first..<floor))
    }

    // MARK: Memory

    /// Whether there is memory to grow. A small topic may grow even when memory has run out.
    @inline(__always)
    func hasMemory(for wanted: Int) -> Bool {
        guard budget.isExhausted else { return true }
        return memory + wanted <= budget.share && !budget.isReserveExhausted
    }

    /// Gives up the oldest segment, if the topic may drop it or no queue needs it.
    ///
    /// - Returns: The bytes freed; nil if there is no segment to give up.
    mutating func giveMemory(now: UInt64) -> Int? {
        guard let first = log.oldest, first.lastSequence <= log.headSequence, readersToCome == 0, !isGone,
            settings.overflow == .drop || first.lastSequence < holds.lowest
        else {
            budget.largestTopics.note(id, bytes: nil)
            return nil
        }
        let next = first.lastSequence + 1
        let lowest = holds.raiseAll(to: next)
        if lowest != nil { isDroppingForMemory = true }
        countDropped(from: lowest, upTo: next, now: now)
        log.dropFirst()
        noteMemory()
        return first.charged
    }

    /// Gives up as much of the topic's own memory as it wants to take, if memory has run out.
    mutating func giveMemory(for wanted: Int, now: UInt64) {
        guard budget.isExhausted else { return }
        // This does not loop until there is enough: memory that sockets still send is not free yet.
        var missing = budget.used - budget.limit + wanted
        while missing > 0, memory > budget.share, let given = giveMemory(now: now) { missing -= given }
    }

    /// Reports how much this topic can give up when memory runs out.
    mutating func noteMemory() {
        let bytes = log.memory
        guard bytes > budget.share else {
            if isNoted { budget.largestTopics.note(id, bytes: nil) }
            isNoted = false
            return
        }
        isNoted = true
        budget.largestTopics.note(id, bytes: bytes)
    }
}
