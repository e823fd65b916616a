import ZaichikProtocol

/// What moving a cursor has come to.
struct SeekResult {
    /// The messages that will not come because it was moved ahead of them.
    var skipped: [ClosedRange<UInt64>] = []
    /// Whether it waited, and has messages to deliver now.
    var isReady = false
    var stamp: UInt64 = 0
}

extension TopicState {
    /// Moves a cursor. What it has in flight, what comes again and what is parked stays what it is.
    mutating func seek(
        _ cursor: inout Cursor, to start: StartPosition, _ progress: QueueProgress, now: UInt64
    ) -> SeekResult {
        var result = SeekResult()
        let start = CursorStart.position(start, progress)
        let first = firstSequence(from: start, now: now)
        let next = min(nextPosition(of: cursor).sequence, log.headSequence + 1)
        endWaitingForTime(cursor)
        cursor.goneAtStart = 0
        // What an operator took out comes again if the queue is moved to before it.
        cursor.outstanding?.forgetPassed()
        let comesAgain = first < next || first < cursor.ownFloor
        if first < cursor.ownFloor { cursor.ownFloor = 0 }
        if comesAgain {
            // What is no longer kept is the cursor's first gap.
            let needed = min(max(first, earliest(now: now)), log.headSequence + 1)
            cursor.goneAtStart = needed > first ? UInt32(clamping: needed - first) : 0
            holds.moveBack(cursor.seat, to: needed)
        }
        if first > next {
            result.skipped = skipped(next..<min(first, log.headSequence + 1), of: cursor)
            cursor.hasBreaks = true
        }
        let isHere = first <= log.headSequence
        cursor.position = log.position(before: first)
        // Moved back, everything comes again, whatever its key.
        cursor.keys = DeduplicationWindow()
        if let time = awaitedTime(of: start) { wait(&cursor, for: time) }
        guard isHere, cursor.isWaiting else { return result }
        // It may have been at the end of the log.
        holds.stopWaiting(cursor.seat)
        cursor.isWaiting = false
        result.isReady = true
        result.stamp = log.stamp(at: cursor.position) ?? 0
        return result
    }

    /// What of some messages was pending for the cursor.
    private func skipped(_ range: Range<UInt64>, of cursor: Cursor) -> [ClosedRange<UInt64>] {
        guard !range.isEmpty else { return [] }
        var skipped = NumberRanges()
        skipped.insert(range.lowerBound...(range.upperBound - 1))
        return (cursor.outstanding?.missing(of: skipped) ?? skipped).ranges
    }
}
