import ZaichikProtocol

/// What becomes of deliveries in flight.
enum Settling {
    case commit
    /// They come again.
    ///
    /// - after: How long they wait at least, in µs.
    case giveBack(after: UInt64, reason: String)
    /// They stay in flight, and their deadline begins anew.
    case touch
    case park(reason: String)
}

/// What came of settling deliveries.
enum SettleOutcome: Equatable {
    /// So many are done.
    case done(Int)
    /// A delivery is not in flight. Nothing was settled.
    case notInFlight(UInt64)
    /// No more messages may be parked. Nothing was settled.
    case tooManyParked
}

// What becomes of deliveries besides a commit of the first of them.
extension ClientQueue {
    /// Settles deliveries of an attachment, all or none.
    ///
    /// - Parameter numbers: The numbers of the deliveries, ascending and disjoint.
    mutating func settle(
        _ numbers: [ClosedRange<UInt64>], _ settling: Settling, of attachment: inout Attachment, now: UInt64
    ) -> SettleOutcome {
        for range in numbers {
            if let missing = attachment.inFlight.firstMissing(in: range) { return .notInFlight(missing) }
        }
        let count = numbers.reduce(0) { $0 + $1.numbers }
        switch settling {
        case .commit: commit(numbers, of: &attachment, now: now)
        case .touch:
            attachment.touch(numbers, now: now)
            if traces != nil { traceTouch(numbers, of: attachment) }
        case .giveBack(let delay, let reason):
            beginHoles(attachment)
            let fate = RunFate.comesAgain(.returned, reason: reason, after: delay)
            settled(attachment.settle(numbers), fate, now: now)
        case .park(let reason):
            guard hasRoomToPark(count) else { return .tooManyParked }
            beginHoles(attachment)
            settled(attachment.settle(numbers), .parked(reason: reason), now: now)
        }
        return .done(Int(count))
    }

    /// Commits deliveries that are in flight.
    private mutating func commit(_ numbers: [ClosedRange<UInt64>], of attachment: inout Attachment, now: UInt64) {
        var rest = numbers[...]
        // With nothing in flight before it, this is a commit like any other.
        while !hasHoles, let range = rest.first, attachment.inFlight.runs.first?.number == range.lowerBound {
            _ = commit(range.upperBound, of: &attachment, now: now)
            rest.removeFirst()
        }
        guard !rest.isEmpty else { return }
        beginHoles(attachment)
        settled(attachment.settleCommitted(Array(rest), now: now), .done, now: now)
    }

    /// Parks deliveries that have been settled by their attachment.
    mutating func park(_ run: InFlight.Run, reason: String, now: UInt64) {
        let work = beginWork()
        work.totals.parked += UInt64(run.count)
        keysSettled(Int(run.slot), run.sequences)
        guard let cursor = cursors[Int(run.slot)], !cursor.isDetached else { return }
        for part in cursor.outstanding?.park(run.sequences) ?? [] {
            work.parked.add(
                slot: run.slot, serial: cursor.serial, part, attempts: run.attempt, reason: reason, now: now)
            work.parkedNews.note(part, of: cursor.topic, attempts: run.attempt, reason: reason)
        }
        if traces != nil { trace(.parked, run, of: cursor.topic, reason: reason) }
    }
}
