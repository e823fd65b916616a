import DequeModule
import ZaichikProtocol

extension TopicState {
    /// Where a subscription begins. What is no longer kept there is the first gap.
    func position(of start: StartPosition, standing: Standing, now: UInt64) -> LogPosition {
        switch start {
        case .new, .session: return log.endPosition
        case .earliest: return earliest(now: now)
        case .sequence(let sequence): return place(of: max(sequence, 1))
        case .time(let time): return log.position(atOrAfter: max(time, cutoff(now: now)))
        case .connection:
            if let last = standing.last, last.topicID == id { return place(of: last.sequence + 1) }
            if let gone = log.firstDropped(after: standing.stamp) { return place(of: gone) }
            return log.position(after: standing.stamp)
        }
    }

    /// The place of a sequence that may be gone or still to come: no segment has it, it is looked for in its time.
    private func place(of sequence: UInt64) -> LogPosition {
        guard sequence >= log.firstSequence, sequence <= log.headSequence + 1 else {
            return LogPosition(segment: -1, offset: 0, sequence: sequence)
        }
        return log.position(of: sequence)
    }

    /// The stamp of a message, or of the newest that is gone with it.
    func stamp(of sequence: UInt64) -> UInt64 {
        if sequence >= log.firstSequence { return log.stamp(at: log.position(of: sequence)) ?? log.lastStamp }
        return log.dropped.last { $0.firstSequence <= sequence }?.lastStamp ?? 0
    }
}
