import DequeModule
import ZaichikProtocol

// How messages come again.
extension ClientQueue {
    /// What a queue has once something was not done in the order of its delivery.
    mutating func beginWork() -> WorkState {
        let work = self.work ?? WorkState(budget: budget)
        self.work = work
        return work
    }

    /// Has every cursor note what is in flight, from now on and what is now: something is settled ahead of what was
    /// delivered before it. At that time, the queue has this attachment only.
    mutating func beginHoles(_ attachment: Attachment) {
        let work = beginWork()
        guard !work.hasHoles else { return }
        work.hasHoles = true
        for run in attachment.inFlight.runs where cursors[Int(run.slot)]?.isDetached == false {
            let outstanding = cursors[Int(run.slot)]!.outstanding ?? Outstanding()
            outstanding.delivered(run.sequences)
            cursors[Int(run.slot)]!.outstanding = outstanding
        }
    }

    /// Goes back to noting only the end of a run behind which all is done, if nothing else is there to note.
    mutating func endWorkIfDone() {
        guard let work else { return }
        if work.parked.hasGone { forgetGoneParked(work) }
        guard work.hasHoles, !work.rules.isShared, counters.inFlight == 0, !work.isLeft else { return }
        work.hasHoles = false
    }

    /// Takes deliveries that have been settled by their attachment back into the queue: they come again.
    ///
    /// - Parameter delay: How long they wait at least, in µs.
    mutating func giveBack(_ run: InFlight.Run, as cause: RedeliveryCause, reason: String, delay: UInt64, now: UInt64) {
        let work = beginWork()
        let slot = Int(run.slot)
        if cause == .deadline {
            work.totals.overdue += UInt64(run.count)
        } else {
            work.totals.returned += UInt64(run.count)
        }
        leaveFlight(run)
        defer { wasSettled(slot) }
        guard let cursor = cursors[slot], !cursor.isDetached, let outstanding = cursor.outstanding else {
            return keysSettled(slot, run.sequences)
        }
        let rules = work.rules
        if rules.attempts > 0, UInt64(run.attempt) >= rules.attempts, hasRoomToPark(UInt64(run.count)) {
            return park(run, reason: reason.isEmpty ? "\(cause)" : reason, now: now)
        }
        keysSettled(slot, run.sequences, delay > 0 ? .comesLater : .comesAgain)
        if traces != nil {
            let reason = reason.isEmpty ? "\(cause)" : "\(cause): \(reason)"
            trace(.returned, run, of: cursor.topic, reason: reason, due: now + delay)
        }
        let attempt = Attempt(number: run.attempt &+ 1, cause: cause, reason: reason)
        let parts = outstanding.giveBack(run.sequences, bytes: run.bytes)
        let stamps = cursor.topic.locked { state in
            parts.map { state.log.stamp(at: state.log.position(ofStored: $0.lowerBound)) ?? 0 }
        }
        for (part, stamp) in zip(parts, stamps) {
            work.returned.add(
                ReturnedRun(
                    stamp: stamp, slot: run.slot, serial: cursor.serial, range: part,
                    bytes: run.bytes * Int(part.numbers) / Int(run.count), due: now + delay, attempt: attempt),
                now: now)
        }
    }

    /// Delivers again what is due.
    ///
    /// - Parameter end: The number of the last delivery that may be made.
    /// - Returns: How the turn ends; nil if nothing is due any more, so that new messages follow.
    mutating func takeAgain(
        for attachment: inout Attachment, now: UInt64, left: inout Int, upTo end: UInt64, output: inout [QueueOutput],
        wakes: inout WakeList
    ) -> Turn? {
        guard let work else { return nil }
        guard tellMoved(work, to: attachment, &output) else { return .more }
        work.becomeDue(now: now)
        guard !work.isSettling else { return .done }
        addFreed(work)
        while let run = work.returned.first {
            guard cursors.isReading(run.slot, serial: run.serial), !isHeldByKey(run, from: attachment, work) else {
                work.returned.removeFirst()
                continue
            }
            let room = min(attachment.room, Int(clamping: end - attachment.delivered))
            guard room > 0 else { return .done }
            guard left > 0 else { return .more }
            var limit = ReadLimit(messages: room, bytes: left)
            attachment.byteWindow?.bound(&limit)
            let request = TakeRequest(
                limit: limit, now: now, wantsStamp: true, byteRoom: attachment.byteWindow?.room,
                attachment: attachment.serial, hasHoles: true, byKey: work.byKey(Int(run.slot)), reader: reader)
            let (before, slot) = (output.count, Int(run.slot))
            let topic = cursors[slot]!.topic
            let result = topic.locked { state in
                state.takeAgain(run, &cursors[slot]!, request, topic: topic, output: &output, wakes: &wakes)
            }
            if run.attempt.number > 1 { work.totals.redelivered += UInt64(result.messages) }
            if result.messages > 0 { work.keys?.deliveredAgain(run.message, to: attachment.serial) }
            wasReleased(slot)
            note(output, from: before, of: topic, slot: slot, for: &attachment, now: now)
            left -= result.bytes
            if let rest = result.rest {
                work.returned.shortenFirst(to: rest, bytes: max(run.bytes - result.bytes, 0), stamp: result.next ?? 0)
            } else {
                work.returned.removeFirst()
            }
            if result.exceedsWindow || result.isStuck { return .done }
            addFreed(work)
        }
        return work.returned.isFull ? .done : nil
    }

    // MARK: Time

    /// Takes back the deliveries of an attachment for which the deadline has passed.
    ///
    /// - Returns: Whether there were any.
    mutating func takeBackOverdue(_ attachment: inout Attachment, now: UInt64) -> Bool {
        guard let work, work.rules.commitDeadline > 0 else { return false }
        let deadline = work.rules.commitDeadline
        guard let longest = attachment.longestInFlight(now: now) else { return false }
        if longest >= deadline {
            beginHoles(attachment)
            let late = attachment.takeBackOverdue(deadline: deadline, now: now)
            settled(late, .comesAgain(.deadline, reason: "", after: 0), now: now)
        }
        if let longest = attachment.longestInFlight(now: now) {
            work.nextDeadline = min(work.nextDeadline, now + deadline - min(longest, deadline))
        }
        return longest >= deadline
    }
}
