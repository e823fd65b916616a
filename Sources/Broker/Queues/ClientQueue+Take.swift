import NIOCore
import ZaichikProtocol

// How messages go out.
extension ClientQueue {
    /// Whether arrival stamps matter. They also matter to a reader by pattern with a single topic: the next topic that
    /// it gets may have messages that arrived earlier.
    private var isMerging: Bool { cursors.count > 1 || subscriptions.hasPatterns }

    /// Notes that a topic has messages for a cursor.
    mutating func messageVisible(slot: UInt32, topicID: UInt32, stamp: UInt64) {
        let slot = Int(slot)
        // The slot may have another cursor since the wake was sent.
        guard cursors.slots.contains(slot), cursors[slot]?.topic.id == topicID, cursors[slot]?.isWaiting == true
        else { return }
        cursors[slot]!.isWaiting = false
        cursors.mayLag(slot)
        ready.insert(stamp: stamp, slot: slot, serial: cursors[slot]!.serial)
    }

    /// How a turn ended.
    enum Turn: Equatable {
        /// No messages are left, or the window is full.
        case done
        /// The budget is used up, and messages are left.
        case more
        /// The next message has a stamp at or past the horizon.
        case horizon
    }

    /// Takes the messages that an attachment's window, the horizon and the budget allow.
    ///
    /// - Parameters:
    ///   - horizon: The stamp below which everything is in the logs.
    ///   - bytes: The budget in bytes.
    ///   - most: How many messages are taken at most.
    mutating func take(
        for attachment: inout Attachment, now: UInt64, horizon: UInt64, bytes: Int, most: Int = .max,
        output: inout [QueueOutput], wakes: inout WakeList
    ) -> Turn {
        var left = bytes
        let end = most == .max ? .max : attachment.delivered + UInt64(most)
        guard tellGone(to: attachment, &output) else { return .more }
        if work != nil,
            let turn = takeAgain(
                for: &attachment, now: now, left: &left, upTo: end, output: &output, wakes: &wakes)
        {
            return turn
        }
        while let first = ready.first(in: cursors) {
            let room = min(attachment.room, Int(clamping: end - attachment.delivered))
            guard room > 0 else { return .done }
            guard left > 0 else { return .more }
            if isMerging, first.stamp >= horizon { return .horizon }
            ready.removeFirst()
            var limit = ReadLimit(messages: room, bytes: left)
            attachment.byteWindow?.bound(&limit)
            if isMerging {
                let next = ready.first(in: cursors)?.stamp ?? .max
                limit.before = min(max(next, first.stamp + 1), horizon)
            }
            let part = take(Int(first.slot), for: &attachment, limit, now: now, output: &output, wakes: &wakes)
            if part.isLast { return .done }
            left -= part.bytes
        }
        return .done
    }

    /// Takes the gap at the queue's front, if there is one, and those of messages that were lost after their delivery: gaps
    /// are sent even while the window is full.
    mutating func takeGap(
        for attachment: inout Attachment, now: UInt64, output: inout [QueueOutput], wakes: inout WakeList
    ) {
        guard tellGone(to: attachment, &output) else { return }
        if let work { tellMoved(work, to: attachment, &output) }
        guard let first = ready.first(in: cursors), !isNextThere(Int(first.slot), now: now) else { return }
        ready.removeFirst()
        let limit = ReadLimit(messages: 0, bytes: 0)
        _ = take(Int(first.slot), for: &attachment, limit, now: now, output: &output, wakes: &wakes)
    }

    /// Whether the next message of a slot is one that can be delivered, and its hold is where it should be, so that a turn
    /// without room changes nothing.
    private func isNextThere(_ slot: Int, now: UInt64) -> Bool {
        cursors.look(slot) { cursor in
            guard cursor.outstanding == nil else { return false }
            let next = cursor.position.sequence
            return cursor.topic.locked { state in
                guard !state.isGone, next <= state.log.headSequence, state.isAboveFloor(cursor, next: next, now: now)
                else { return false }
                // One that began ahead of the topic may still hold what comes before its first message.
                let hold = state.holds.needed(cursor.seat)
                return hold >= cursor.earliestNeeded(from: hold)
            }
        } ?? false
    }

    /// Takes what comes next of one topic.
    ///
    /// - Returns: The bytes taken or skipped, and whether nothing may follow in this turn.
    private mutating func take(
        _ slot: Int, for attachment: inout Attachment, _ limit: ReadLimit, now: UInt64, output: inout [QueueOutput],
        wakes: inout WakeList
    ) -> (bytes: Int, isLast: Bool) {
        let request = TakeRequest(
            limit: limit, now: now, wantsStamp: isMerging, byteRoom: attachment.byteWindow?.room,
            attachment: attachment.serial, hasHoles: work?.hasHoles == true, byKey: work?.byKey(slot),
            reader: reader, latest: keyedStarts?.latest(ofSlot: slot, serial: cursors[slot]?.serial))
        let before = output.count
        let (topic, result) = cursors.update(slot) { cursor in
            let topic = cursor.topic
            return (
                topic,
                topic.locked { $0.take(&cursor, request, topic: topic, output: &output, wakes: &wakes) }
            )
        }
        if result.isGone {
            // It is no longer among the ready ones.
            cursors[slot]!.isWaiting = true
            topicGone(slot, topicID: topic.id, wakes: &wakes)
            tellGone(to: attachment, &output)
            return (0, false)
        }
        if let next = result.next { ready.insert(stamp: next, slot: slot, serial: result.serial) }
        if result.hasFirstKeys { keyedSlots.append(slot) }
        wasReleased(slot)
        if request.latest != nil { endKeyedStart(ofSlot: slot) }
        if result.withheld > 0 { note(withheld: result) }
        if output.count == before + 1, result.runs == 1, attachment.isPlain {
            note(result.lastRun, of: topic, slot: slot, isDone: result.isAutoCommitted, for: &attachment, now: now)
            work?.delivered(now: now)
            if result.lastRun.isTraced {
                traceDelivery(output.last, isDone: result.isAutoCommitted, to: attachment)
            }
        } else {
            note(output, from: before, of: topic, slot: slot, for: &attachment, now: now)
        }
        // What is done as soon as it is delivered takes no room from what follows.
        let hasMadeRoom = result.messages > 0 && result.isAutoCommitted
        let isFull = result.exceedsWindow && !hasMadeRoom
        return (result.bytes, result.lacksMemory || result.isHeldByKeys || isFull)
    }

    /// Notes new messages that were put out.
    ///
    /// - Parameter isDone: Whether they are done as soon as they are delivered.
    @inline(__always)
    private mutating func note(
        _ taken: RunFigures, of topic: Topic, slot: Int, isDone: Bool, for attachment: inout Attachment, now: UInt64
    ) {
        if isDone {
            attachment.deliverDone(taken, now: now)
        } else {
            attachment.deliver(taken, slot: slot, attempt: 1, now: now)
            counters.inFlight += taken.count
        }
        progress.last = (topic.id, taken.lastSequence)
        progress.stamp = max(progress.stamp, taken.lastStamp)
    }

    /// Notes what a turn has put out.
    mutating func note(
        _ output: [QueueOutput], from first: Int, of topic: Topic, slot: Int, for attachment: inout Attachment,
        now: UInt64
    ) {
        for index in first..<output.count {
            switch output[index] {
            case .announcement, .gone: break
            case .gap(let reason, _, let first, let last):
                note(reason, first...last, in: topic, slot: slot, attachment)
            case .withheld(let reason, let topic, let sequence):
                traceWithout(.withheld, [sequence], of: topic, reason: reason, attachment)
            case .run(_, let taken):
                let isDone = cursors[slot]!.isAutoCommitted
                if !isDone { attachment.noteLengths(taken) }
                note(taken.figures, of: topic, slot: slot, isDone: isDone, for: &attachment, now: now)
                if taken.segment.hasTraced { traceDelivery(taken, of: topic, isDone: isDone, to: attachment) }
            case .again(_, let taken, let attempt):
                attachment.noteLengths(taken)
                attachment.deliver(taken.figures, slot: slot, attempt: attempt.number, now: now)
                counters.inFlight += taken.count
                if taken.segment.hasTraced {
                    traceDelivery(taken, of: topic, attempt: attempt.number, isDone: false, to: attachment)
                }
            }
        }
        work?.delivered(now: now)
        if attachment.commitsByItself { _ = commit(attachment.delivered, of: &attachment) }
    }

    @inline(never)
    private mutating func note(withheld result: TakeResult) {
        counters.duplicates += result.duplicates
        counters.outlived += result.outlived
    }

    /// Notes a gap. Not a part of the loop above, which has to be short: gaps are rare.
    @inline(never)
    private mutating func note(
        _ reason: GapReason, _ lost: ClosedRange<UInt64>, in topic: Topic, slot: Int, _ attachment: Attachment
    ) {
        work?.parked.someMayBeGone()
        let (cause, traced) = topic.locked { ($0.cause(of: reason), $0.traced(within: lost)) }
        counters.lost(lost.numbers, cause)
        traceWithout(.lost, traced, of: topic, reason: "\(reason)", attachment)
        let total = cursors[slot]!.gapMessages
        if cause == .purged {
            losses.excuse(Int(clamping: lost.numbers), slot: slot, topicID: topic.id, total: total)
        } else {
            losses.note(slot: slot, topicID: topic.id, total: total, cause: cause)
        }
    }
}
