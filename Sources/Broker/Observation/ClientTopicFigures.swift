import ZaichikProtocol

extension Cursor {
    /// One of the figures of a client in a topic.
    ///
    /// - Parameters:
    ///   - lag: Of this cursor.
    ///   - head: Of the topic.
    fileprivate func figure(_ figure: ClientTopicFigure, lag: QueueLag, head: UInt64, now: UInt64) -> UInt64 {
        switch figure {
        case .lagMessages: lag.messages
        case .lagBytes: lag.bytes
        case .oldestAge: lag.oldestAge(now: now)
        case .pendingMessages: lag.pending
        case .inFlightMessages: lag.inFlight
        case .nextSequence: position.sequence
        case .committedSequence: inFlight > 0 ? committedSequence : position.sequence - 1
        case .headSequence: head
        case .gapMessages: gapMessages + lag.untoldGaps
        case .duplicateMessages: duplicates
        }
    }
}

extension ClientQueue {
    /// The row of the client's topic in a slot.
    ///
    /// - Returns: nil if the queue neither reads a topic in the slot nor has deliveries of it in flight.
    func topicRow(at slot: Int, now: UInt64) -> ClientTopicStatistics? {
        guard cursors.slots.contains(slot), let cursor = cursors[slot], !cursor.isDetached || cursor.inFlight > 0 else {
            return nil
        }
        let (lag, head) = lag(of: cursor, slot: slot, now: now)
        var row = ClientTopicStatistics(
            figures: FigureRow { cursor.figure($0, lag: lag, head: head, now: now) })
        row.topicID = cursor.topic.id
        row.topic = cursor.topic.name.string
        return row
    }

    /// The rows of the client's topics.
    func topics(now: UInt64) -> [ClientTopicStatistics] { cursors.slots.compactMap { topicRow(at: $0, now: now) } }
}
