import ZaichikProtocol

/// How far a queue has come in arrival order.
struct QueueProgress {
    /// Everything with a larger stamp is still to come.
    var stamp: UInt64
    /// The last message delivered: its stamp does not tell it from others of its run.
    var last: (topicID: UInt32, sequence: UInt64)?
}

/// The start of a cursor.
enum CursorStart {
    /// The start of a subscription, and how far the queue has come.
    case position(StartPosition, QueueProgress)
    /// After a stamp, for a subscription from now on whose topics are attached one after the other.
    case after(stamp: UInt64)
    /// The last messages before a stamp, so many, and what follows.
    case last(UInt64, before: UInt64)
    /// At the topic's first message: the topic was created while a pattern of the reader was there.
    case firstMessage

    var isLastOfEachKey: Bool {
        if case .position(.lastOfEachKey, _) = self { true } else { false }
    }
}

extension TopicState {
    /// The first message that a cursor is to get; it may be gone, or still to come.
    func firstSequence(from start: CursorStart, now: UInt64) -> UInt64 {
        switch start {
        case .firstMessage: return 1
        case .after(let stamp): return sequence(after: stamp)
        case .last(let count, let stamp):
            let next = min(sequence(after: stamp), log.headSequence + 1)
            return max(next - min(count, next - 1), earliest(now: now))
        case .position(let start, let progress):
            switch start {
            case .new, .session: return log.headSequence + 1
            case .earliest, .lastOfEachKey: return earliest(now: now)
            case .last(let count):
                return max(log.headSequence + 1 - min(count, log.headSequence), earliest(now: now))
            case .sequence(let sequence): return max(sequence, 1)
            case .time(let time): return max(log.position(atOrAfter: time).sequence, earliest(now: now))
            case .connection:
                if let last = progress.last, last.topicID == id { return last.sequence + 1 }
                return sequence(after: progress.stamp)
            }
        }
    }

    /// The time that a cursor waits for; nil if a message of that time is there.
    func awaitedTime(of start: CursorStart) -> UInt64? {
        guard case .position(.time(let time), _) = start, log.position(atOrAfter: time).sequence > log.headSequence
        else { return nil }
        // Of what is stored and not visible yet, some may be from before that time.
        return time > log.lastTimestamp || log.appendedSequence > log.headSequence ? time : nil
    }

    /// Where a cursor goes on. Messages from before the time that it waits for are not meant for it.
    @inline(__always)
    func nextPosition(of cursor: Cursor) -> LogPosition {
        guard cursor.position.isAwaiting else { return cursor.position }
        return holds.awaited?.first(cursor.seat).map { .unlocated($0) } ?? .awaiting(log.headSequence + 1)
    }

    /// Has a cursor wait for a time.
    mutating func wait(_ cursor: inout Cursor, for time: UInt64) {
        cursor.position = .awaiting(cursor.position.sequence)
        let times = holds.awaited ?? AwaitedTimes()
        holds.awaited = times
        times.wait(cursor.seat, for: time)
        budget.charge(AwaitedTimes.bytesPerCursor)
    }

    /// Moves a cursor that waits for a time past the messages from before it.
    mutating func passBeforeTime(_ cursor: inout Cursor) {
        let next = nextPosition(of: cursor)
        if next.sequence > cursor.position.sequence { cursor.hasBreaks = true }
        if !next.isAwaiting { endWaitingForTime(cursor) }
        cursor.position = next
    }

    mutating func endWaitingForTime(_ cursor: Cursor) {
        guard cursor.position.isAwaiting, let awaited = holds.awaited else { return }
        awaited.remove(cursor.seat)
        budget.charge(-AwaitedTimes.bytesPerCursor)
        if awaited.isEmpty { holds.awaited = nil }
    }

    private func sequence(after stamp: UInt64) -> UInt64 {
        log.firstDropped(after: stamp) ?? log.position(after: stamp).sequence
    }
}
