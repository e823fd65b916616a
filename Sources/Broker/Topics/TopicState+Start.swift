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
    /// At the topic's first message: the topic was created while a pattern of the reader was there.
    case firstMessage
}

extension TopicState {
    /// The first message that a cursor is to get; it may be gone, or still to come.
    func firstSequence(from start: CursorStart, now: UInt64) -> UInt64 {
        switch start {
        case .firstMessage: return 1
        case .after(let stamp): return sequence(after: stamp)
        case .position(let start, let progress):
            switch start {
            case .new, .session: return log.headSequence + 1
            case .earliest: return earliest(now: now)
            case .sequence(let sequence): return max(sequence, 1)
            case .time(let time): return max(log.position(atOrAfter: time).sequence, earliest(now: now))
            case .connection:
                if let last = progress.last, last.topicID == id { return last.sequence + 1 }
                return sequence(after: progress.stamp)
            }
        }
    }

    private func sequence(after stamp: UInt64) -> UInt64 {
        log.firstDropped(after: stamp) ?? log.position(after: stamp).sequence
    }
}
