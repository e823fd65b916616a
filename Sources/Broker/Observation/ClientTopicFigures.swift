import DequeModule
import ZaichikProtocol

/// What the row of a client in a topic shows of the topic.
private struct TopicSight {
    var head: UInt64
    var publishRate: UInt64
    var settings: TopicSettings
    /// What the topic has cost the queue lately; nil if nothing.
    var loss: (perSecond: UInt64, cause: LossCause)?
}

extension Cursor {
    /// One of the figures of a client in a topic.
    ///
    /// - Parameters:
    ///   - lag: Of this cursor.
    ///   - topic: What is to be known of the topic.
    fileprivate func figure(
        _ figure: ClientTopicFigure, lag: QueueLag, in topic: TopicSight, now: UInt64
    ) -> UInt64 {
        switch figure {
        case .lagMessages: lag.messages
        case .lagBytes: lag.bytes
        case .oldestAge: lag.oldestAge(now: now)
        case .pendingMessages: lag.pending
        case .inFlightMessages: lag.inFlight
        case .nextSequence: position.sequence
        case .committedSequence:
            outstanding == nil && inFlight > 0 ? committedSequence : earliestNeeded(from: 0) - 1
        case .headSequence: topic.head
        case .gapMessages: gapMessages + lag.untoldGaps
        case .duplicateMessages: duplicates
        case .lostRate: topic.loss?.perSecond ?? 0
        case .lossCause: topic.loss?.cause.rawValue ?? 0
        case .publishRate: topic.publishRate
        case .limit: topic.settings.limit
        case .retention: topic.settings.retention
        case .returnedMessages: lag.returned
        case .parkedMessages: lag.parked
        }
    }
}

extension ClientQueue {
    /// The row of the client's topic in a slot.
    ///
    /// - Returns: nil if the queue neither reads a topic in the slot nor has deliveries of it in flight.
    func topicRow(at slot: Int, now: UInt64, first: FirstInFlight) -> ClientTopicStatistics? {
        guard cursors.slots.contains(slot), let cursor = cursors[slot], standsForTopic(slot, cursor) else { return nil }
        var (lag, head) = lagAndHead(ofSlot: slot, now: now, first: first)
        if cursors.hasEnded { addEnded(besides: slot, of: cursor.topic.id, to: &lag, first) }
        let (rate, settings) = cursor.topic.locked { ($0.counters.published.perSecond, $0.settings) }
        let topic = TopicSight(
            head: head, publishRate: rate, settings: settings,
            loss: losses.loss(slot: slot, topicID: cursor.topic.id))
        var row = ClientTopicStatistics(
            figures: FigureRow { cursor.figure($0, lag: lag, in: topic, now: now) })
        row.topicID = cursor.topic.id
        row.topic = cursor.topic.name.string
        return row
    }

    /// Adds what is in flight of earlier subscriptions to the topic, which have ended.
    private func addEnded(besides slot: Int, of topicID: UInt32, to lag: inout QueueLag, _ first: FirstInFlight) {
        let ended = cursors.endedSlots(of: topicID).filter { $0 != slot }
        guard let earliest = ended.first else { return }
        for slot in ended {
            lag.inFlight += UInt64(cursors[slot]?.inFlight ?? 0)
            lag.bytes += UInt64(cursors[slot]?.inFlightBytes ?? 0)
        }
        if let time = first(earliest) { lag.oldest = min(lag.oldest ?? time, time) }
    }

    /// Whether the queue's row of a topic is that of a cursor which has ended: the last one, if none reads the topic.
    private func standsForTopic(_ slot: Int, _ cursor: Cursor) -> Bool {
        guard cursor.isDetached else { return true }
        return cursor.inFlight > 0 && !reads(cursor.topic.id) && cursors.endedSlots(of: cursor.topic.id).last == slot
    }

    /// The rows of the queue's topics.
    func topics(now: UInt64, first: FirstInFlight) -> [ClientTopicStatistics] {
        cursors.slots.compactMap { topicRow(at: $0, now: now, first: first) }
    }
}
