import ZaichikProtocol

// Moving a queue: what was done comes again, or what is pending does not come.
extension ClientQueue {
    /// Moves the cursor of a slot, if a pattern matches its topic.
    ///
    /// - Returns: Whether it was moved.
    mutating func seek(_ slot: Int, matching pattern: TopicPattern, to start: StartPosition, now: UInt64) -> Bool {
        guard let cursor = cursors[slot], !cursor.isDetached, pattern.matches(cursor.topic.name) else { return false }
        let topic = cursor.topic
        forgetKeyedStart(ofSlot: slot)
        let result = topic.locked { state in state.seek(&cursors[slot]!, to: start, progress, now: now) }
        if result.isReady { ready.insert(stamp: result.stamp, slot: slot, serial: cursor.serial) }
        noteMoved(slot, cursor, result.skipped)
        counters.moves &+= 1
        return true
    }

    /// Puts the topics into the order of what comes next, after some have been moved.
    mutating func seekEnded() {
        if cursors.count > 1 { ready.restamp(in: cursors) }
    }

    private mutating func noteMoved(_ slot: Int, _ cursor: Cursor, _ skipped: [ClosedRange<UInt64>]) {
        let work = beginWork()
        // What comes again is not lost any more, if the client has not been told.
        let next = cursors[slot]!.position.sequence
        var notice = work.moved[slot] ?? WorkState.MovedAhead(serial: cursor.serial)
        if notice.serial != cursor.serial { notice = WorkState.MovedAhead(serial: cursor.serial) }
        let before = notice.messages.count
        notice.messages.remove(next...(.max))
        for range in skipped { notice.messages.insert(range) }
        work.moved[slot] = notice.messages.isEmpty ? nil : notice
        let count = notice.messages.count
        counters.gapMessages = counters.gapMessages + count - before
        counters.goneBefore = counters.goneBefore + count - before
        cursors[slot]!.gapMessages = cursors[slot]!.gapMessages + count - before
        losses.note(slot: slot, topicID: cursor.topic.id, total: cursors[slot]!.gapMessages, cause: .moved)
    }

    /// The most gaps that an attachment is told of in one go because the queue was moved.
    private static let movedInOneGo = 256

    /// Tells an attachment what will not come because the queue was moved ahead of it. It is counted already.
    ///
    /// - Returns: Whether that was all.
    mutating func tellMoved(_ work: WorkState, to attachment: Attachment, _ output: inout [QueueOutput]) -> Bool {
        var left = Self.movedInOneGo
        while left > 0, let (slot, notice) = work.moved.first {
            guard cursors.isReading(UInt32(slot), serial: notice.serial) else {
                work.moved[slot] = nil
                continue
            }
            let topic = cursors[slot]!.topic
            cursors[slot]!.announce(topic, to: attachment.serial, &output)
            let told = work.moved[slot]!.messages.removeFirst(most: left)
            for range in told {
                output.append(.gap(.moved, topic, first: range.lowerBound, last: range.upperBound))
            }
            left -= max(told.count, 1)
            if work.moved[slot]!.messages.isEmpty { work.moved[slot] = nil }
        }
        return work.moved.isEmpty
    }
}
