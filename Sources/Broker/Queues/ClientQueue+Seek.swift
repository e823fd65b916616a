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
        // Of what it begins with now, some may be kept no longer.
        noteGone(before: cursor.goneAtStart, after: cursors[slot]!.goneAtStart, slot)
        readAnew(slot)
        if result.isReady {
            cursors.mayLag(slot)
            ready.insert(stamp: result.stamp, slot: slot, serial: cursor.serial)
        }
        noteMoved(slot, cursor, result.skipped)
        counters.moves &+= 1
        return true
    }

    /// Forgets what waits for its key at the new position or behind it: it would come twice, as it is read anew.
    private func readAnew(_ slot: Int) {
        guard let keys = work?.keys, let cursor = cursors[slot], let outstanding = cursor.outstanding else { return }
        let next = cursor.position.sequence
        for range in outstanding.aside.ranges where range.upperBound >= next {
            for sequence in max(range.lowerBound, next)...range.upperBound {
                let bytes = keys.readAnew(KeyOwners.Message(slot: UInt32(slot), sequence: sequence))
                outstanding.readAnew(sequence, bytes: bytes)
            }
        }
    }

    /// Puts the topics into the order of what comes next, after some have been moved.
    mutating func seekEnded() {
        if cursors.count > 1 { ready.restamp(in: cursors) }
    }

    /// Notes how much is gone of what the cursor of a slot begins with: a gap, but no loss.
    private mutating func noteGone(before: UInt32, after: UInt32, _ slot: Int) {
        guard before != after else { return }
        counters.goneBefore += UInt64(after)
        counters.goneBefore -= min(UInt64(before), counters.goneBefore)
        let cursor = cursors[slot]!
        losses.excuse(
            Int(after) - Int(before), slot: slot, topicID: cursor.topic.id, total: cursor.gapMessages)
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
        counters.goneBefore = counters.goneBefore + notice.messages.count - before
        noteDecided(slot, notice.messages.count, before: before, .moved)
    }

    /// Notes that an operator has taken out what was to come again, or was put aside.
    mutating func noteTakenOut(_ slot: Int, _ taken: [ClosedRange<UInt64>]) {
        guard let cursor = cursors[slot], !taken.isEmpty else { return }
        let work = beginWork()
        var notice = work.purged[slot] ?? WorkState.MovedAhead(serial: cursor.serial)
        if notice.serial != cursor.serial { notice = WorkState.MovedAhead(serial: cursor.serial) }
        let before = notice.messages.count
        for range in taken { notice.messages.insert(range) }
        work.purged[slot] = notice
        noteDecided(slot, notice.messages.count, before: before, .purged)
        wasSettled(slot)
    }

    private mutating func noteDecided(_ slot: Int, _ count: UInt64, before: UInt64, _ cause: LossCause) {
        counters.recounted(count, before: before, cause)
        cursors[slot]!.gapMessages = cursors[slot]!.gapMessages + count - before
        losses.excuse(
            Int(count) - Int(before), slot: slot, topicID: cursors[slot]!.topic.id,
            total: cursors[slot]!.gapMessages)
    }

    /// The most gaps that an attachment is told of in one go because the queue was moved, or purged.
    private static let movedInOneGo = 256

    /// Tells an attachment what will not come because the queue was moved ahead of it, or an operator took it out. It is
    /// counted already.
    ///
    /// - Returns: Whether that was all.
    @discardableResult
    mutating func tellMoved(_ work: WorkState, to attachment: Attachment, _ output: inout [QueueOutput]) -> Bool {
        var left = Self.movedInOneGo
        tell(&work.moved, .moved, to: attachment, left: &left, &output)
        tell(&work.purged, .purged, to: attachment, left: &left, &output)
        return work.moved.isEmpty && work.purged.isEmpty
    }

    private mutating func tell(
        _ notices: inout [Int: WorkState.MovedAhead], _ reason: GapReason, to attachment: Attachment, left: inout Int,
        _ output: inout [QueueOutput]
    ) {
        while left > 0, let (slot, notice) = notices.first {
            guard cursors.isReading(UInt32(slot), serial: notice.serial) else {
                notices[slot] = nil
                continue
            }
            let topic = cursors[slot]!.topic
            cursors[slot]!.announce(topic, to: attachment.serial, &output)
            let told = notices[slot]!.messages.removeFirst(most: left)
            for range in told {
                output.append(.gap(reason, topic, first: range.lowerBound, last: range.upperBound))
            }
            left -= max(told.count, 1)
            if notices[slot]!.messages.isEmpty { notices[slot] = nil }
        }
    }
}
