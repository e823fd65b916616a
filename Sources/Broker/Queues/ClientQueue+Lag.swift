import ZaichikProtocol

/// When the first delivery of a slot that is in flight was published, in µs since 1970; nil if it is not known. Messages in
/// flight may be gone from their log, but the attachment knows.
typealias FirstInFlight = (_ slot: Int) -> UInt64?

extension ClientQueue {
    /// Adds up some of the queue's slots, once a second, and notes what their topics have cost the queue.
    mutating func sample(_ slots: Range<Int>, into tally: inout QueueTally, now: UInt64, first: FirstInFlight) {
        guard hasLag else { return }
        if slots.lowerBound == 0 { tally.lag.add(goneLag) }
        cursors.forgetLags(in: slots)
        var rest = slots
        while let slot = cursors.firstLagging(in: rest) {
            rest = slot + 1..<rest.upperBound
            guard let (lag, _, isHolding) = look(at: slot, now: now, first: first) else { continue }
            tally.add(lag, slot: slot)
            if isHolding { tally.holding = slot }
            if lag.untoldGaps > 0 { noteLoss(lag, ofSlot: slot) }
        }
    }

    @inline(never)
    private mutating func noteLoss(_ lag: QueueLag, ofSlot slot: Int) {
        guard let cursor = cursors[slot] else { return }
        let lost = lag.untoldGaps - lag.untoldPurged
        if lost > 0 {
            losses.note(slot: slot, topicID: cursor.topic.id, total: cursor.gapMessages + lost, cause: lag.lossCause)
        }
        // It is to tell what was lost of that which was to come again, or is parked.
        if cursor.isWaiting, !cursor.isDetached { lookAgain(slot) }
    }

    /// - Returns: The lag of the cursor in a slot, the head of its topic, and whether it holds back a full topic; nil if the
    ///   slot is empty.
    @inline(__always)
    private func look(
        at slot: Int, now: UInt64, first: FirstInFlight
    ) -> (lag: QueueLag, head: UInt64, isHolding: Bool)? {
        let found = cursors.look(slot) { cursor in
            cursor.topic.locked {
                ($0.lag(of: &cursor, now: now), $0.log.headSequence, $0.isHeldBack(by: cursor))
            }
        }
        guard var found else { return nil }
        if found.0.inFlight > 0, found.0.oldest == nil { found.0.oldest = first(slot) }
        return found
    }

    /// Whether there may be lag: every cursor with lag is ready, or is not done with some messages.
    var hasLag: Bool { hasReady || counters.inFlight > 0 || work?.isLeft == true }

    /// The part of deleted topics in the lag: what the client has not been told that it lost.
    var goneLag: QueueLag {
        var lag = QueueLag()
        lag.untoldGaps = untoldGone
        lag.untoldPurged = untoldGone
        if lag.untoldGaps > 0 { lag.lossCause = .purged }
        return lag
    }

    /// The messages that the queue has lost, if this is its lag: without those that were gone when it subscribed, and
    /// without what somebody has decided: to move it past them, or to remove them.
    func lost(_ lag: QueueLag) -> UInt64 { counters.lost(lag) }

    func lag(ofSlot slot: Int, now: UInt64, first: FirstInFlight) -> QueueLag {
        lagAndHead(ofSlot: slot, now: now, first: first).lag
    }

    /// - Returns: The lag of the cursor in a slot, and the head of its topic.
    func lagAndHead(ofSlot slot: Int, now: UInt64, first: FirstInFlight) -> (lag: QueueLag, head: UInt64) {
        look(at: slot, now: now, first: first).map { ($0.lag, $0.head) } ?? (QueueLag(), 0)
    }
}

extension ClientQueue.Counters {
    /// See ``ClientQueue/lost(_:)``.
    func lost(_ lag: QueueLag) -> UInt64 {
        let gone = gapMessages + lag.untoldGaps
        let excused = goneBefore + gapCounts.purged + lag.untoldPurged
        return gone > excused ? gone - excused : 0
    }
}

extension TopicState {
    /// The cause behind the reason that a queue is told.
    func cause(of reason: GapReason) -> LossCause {
        switch reason {
        case .expired: .expired
        case .limit: isDroppingForMemory ? .memory : .limit
        case .purged: .purged
        case .moved: .moved
        }
    }

    /// The lag of a cursor, without messages that can no longer be delivered to it.
    ///
    /// `oldest` is nil if a message is in flight that the log no longer has; the queue knows when it was published.
    ///
    /// - Parameter cursor: Not changed; a copy would cost the references in it.
    func lag(of cursor: inout Cursor, now: UInt64) -> QueueLag {
        var lag = QueueLag(inFlight: UInt64(cursor.inFlight))
        var next = nextPosition(of: cursor)
        if !cursor.isDetached, next.sequence <= log.headSequence {
            if isGone || !isAboveFloor(cursor, next: next.sequence, now: now) {
                passGap(of: cursor, &next, &lag, now: now)
            }
            lag.pending = log.headSequence + 1 - next.sequence
        }
        if let outstanding = cursor.outstanding { return self.lag(lag, of: cursor, outstanding, next, now: now) }
        guard lag.messages > 0 else { return lag }
        guard cursor.inFlight > 0 else {
            let mark = log.mark(at: next)
            lag.bytes = log.end - (mark?.offset ?? log.appendedEnd)
            lag.oldest = mark?.timestamp
            return lag
        }
        let pendingBytes = lag.pending > 0 ? log.end - log.offset(of: next) : 0
        let first = cursor.committedSequence + 1
        lag.bytes = pendingBytes + UInt64(cursor.inFlightBytes)
        guard first >= log.firstSequence, first <= log.headSequence else { return lag }
        let position = log.position(of: first)
        if first + UInt64(cursor.inFlight) == cursor.position.sequence {
            // Exact to the byte, as no message is missing in between and the log still has them all.
            lag.bytes = pendingBytes + log.offset(of: cursor.position) - log.offset(of: position)
        }
        lag.oldest = log.timestamp(at: position)
        // A cursor that was set back has pending messages older than those in flight.
        if lag.pending > 0, next.sequence < first { lag.oldest = log.timestamp(at: next) }
        return lag
    }

    /// Counts what the cursor will not get before the next message that it gets.
    @inline(never)
    private func passGap(of cursor: Cursor, _ next: inout LogPosition, _ lag: inout QueueLag, now: UInt64) {
        let floor = isGone ? (log.headSequence + 1, .purged) : floor(of: cursor, now: now)
        guard floor.sequence > next.sequence else { return }
        lag.untoldGaps = min(floor.sequence, log.headSequence + 1) - next.sequence
        if let outstanding = cursor.outstanding {
            lag.untoldGaps -= outstanding.count(in: next.sequence...next.sequence + lag.untoldGaps - 1).undone
        }
        lag.lossCause = cause(of: floor.reason)
        // What was gone when the cursor began is told as such.
        if floor.reason == .purged {
            lag.untoldPurged = lag.untoldGaps - min(UInt64(cursor.goneAtStart), lag.untoldGaps)
        }
        next = log.position(of: floor.sequence)
    }

    /// The lag of a cursor that is not just done with all up to a message.
    ///
    /// - Parameter lag: What is pending after the cursor, and in flight.
    private func lag(
        _ lag: QueueLag, of cursor: Cursor, _ outstanding: Outstanding, _ next: LogPosition, now: UInt64
    ) -> QueueLag {
        var lag = lag
        if lag.pending > 0 {
            let ahead = outstanding.count(in: next.sequence...(.max))
            lag.pending -= min(ahead.undone + ahead.passed, lag.pending)
            lag.untoldGaps += ahead.passed
            lag.untoldPurged += ahead.passed
            if ahead.passed > 0, lag.lossCause == .none { lag.lossCause = .purged }
        }
        let floor = settledFloor(of: cursor, now: now)
        let lost = outstanding.lost(below: floor.sequence)
        lag.pending += outstanding.aside.count - lost.aside
        lag.returned = outstanding.returned.count - lost.returned
        lag.parked = outstanding.parked.count - lost.parked
        let begun = lost.returned + lost.parked + lost.aside
        if begun > 0 {
            lag.untoldGaps += begun
            // What is left above the last purge, if anything, was lost for the floor's reason.
            let purged = outstanding.lost(below: min(purgedBelow, floor.sequence))
            lag.untoldPurged +=
                floor.reason == .purged ? begun : purged.returned + purged.parked + purged.aside
            lag.lossCause = purged == lost && floor.reason == .limit ? .purged : cause(of: floor.reason)
        }
        guard lag.messages > 0 else { return lag }
        let isNextThere = next.sequence <= log.headSequence
        lag.bytes = isNextThere ? log.end - log.offset(of: next) : 0
        lag.bytes -= min(outstanding.passedBytes, lag.bytes)
        lag.bytes += UInt64(cursor.inFlightBytes + outstanding.asideBytes)
        if lag.returned > 0 { lag.bytes += UInt64(outstanding.returnedBytes) }
        let pending = isNextThere ? log.timestamp(at: next) : nil
        let first = [
            outstanding.inFlight.lowest, outstanding.returned.next(from: floor.sequence)?.lowerBound,
            outstanding.aside.next(from: floor.sequence)?.lowerBound,
        ].compactMap(\.self).min()
        let oldest = first.flatMap { $0 >= log.firstSequence ? log.timestamp(at: log.position(ofStored: $0)) : nil }
        // Without the time of the oldest in flight, the queue's own is asked for.
        if lag.inFlight > 0, oldest == nil { return lag }
        lag.oldest = [pending, oldest].compactMap(\.self).min()
        return lag
    }
}
