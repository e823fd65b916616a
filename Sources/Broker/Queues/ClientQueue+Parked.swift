import ZaichikProtocol

// Parked messages: they hold their place in the log until somebody decides about them.
extension ClientQueue {
    var parkedCount: Int { work?.parked.count ?? 0 }

    /// The cursor of a parked message; nil if its subscription has ended, or the message is lost.
    private func cursor(of message: ParkedEntry, now: UInt64) -> Cursor? {
        guard cursors.isReading(message.slot, serial: message.serial), let cursor = cursors[Int(message.slot)],
            cursor.outstanding?.parked.contains(message.sequence) == true,
            cursor.topic.locked({ $0.settledFloor(of: cursor, now: now).sequence }) <= message.sequence
        else { return nil }
        return cursor
    }

    /// How many parked messages a step looks at.
    private static let parkedInOneGo = 1024

    /// Whether more of them may be parked.
    mutating func hasRoomToPark(_ more: UInt64) -> Bool {
        let work = beginWork()
        while !work.parked.hasRoom(for: more), work.parked.hasGone { forgetGoneParked(work) }
        return work.parked.hasRoom(for: more)
    }

    /// Forgets parked messages whose subscriptions have ended, and those that the client was told are lost, among some that
    /// may be.
    func forgetGoneParked(_ work: WorkState) {
        work.parked.forgetGone(most: Self.parkedInOneGo) { entry in
            !cursors.isReading(entry.slot, serial: entry.serial)
                || cursors[Int(entry.slot)]!.outstanding?.parked.contains(entry.sequence) != true
        }
    }

    /// Likewise, and those that are lost and the client was not told of. Their cursors are to tell it.
    mutating func forgetLostParked(_ work: WorkState, now: UInt64) {
        var untold: Set<Int> = []
        work.parked.forgetGone(most: Self.parkedInOneGo) { entry in
            guard cursor(of: entry, now: now) == nil else { return false }
            if cursors.isReading(entry.slot, serial: entry.serial) { untold.insert(Int(entry.slot)) }
            return true
        }
        for slot in untold where cursors[slot]?.isWaiting == true { lookAgain(slot) }
    }

    /// Some of the parked messages.
    ///
    /// - Parameter number: The number after which they begin.
    func parked(after number: UInt64, most: Int, now: UInt64) -> [(message: ParkedEntry, topic: Topic)] {
        guard let work else { return [] }
        return work.parked.after(number).lazy.compactMap { message in
            self.cursor(of: message, now: now).map { (message, $0.topic) }
        }.prefix(most).map(\.self)
    }

    /// Has parked messages come again, or ends them: a few at once, many in steps. What is gone has been forgotten before.
    ///
    /// - Parameter numbers: Their numbers, ascending and disjoint; all if there are none.
    /// - Returns: How many there were, or the first number that no parked message has: then nothing was done.
    mutating func settleParked(
        _ numbers: [ClosedRange<UInt64>], _ action: ParkedAction, now: UInt64
    ) -> Result<Int, UnknownParked> {
        guard let work else {
            return numbers.isEmpty ? .success(0) : .failure(UnknownParked(number: numbers[0].lowerBound))
        }
        for range in numbers {
            if let missing = work.parked.firstMissing(in: range) { return .failure(UnknownParked(number: missing)) }
        }
        let wanted = numbers.isEmpty ? [0...UInt64.max] : numbers
        let messages = work.parked.remove(wanted)
        unparked(messages, action, now: now)
        endWorkIfDone()
        return .success(messages.count)
    }

    mutating func settle(_ message: ParkedEntry, _ action: ParkedAction, _ work: WorkState, now: UInt64) {
        let slot = Int(message.slot)
        guard cursors.isReading(message.slot, serial: message.serial), let cursor = cursors[slot],
            let outstanding = cursor.outstanding
        else { return }
        defer { wasSettled(slot) }
        guard action == .release else {
            traceDone(cursor.topic.id, message.sequence...message.sequence, as: .dropped)
            return _ = outstanding.drop(message.sequence)
        }
        guard outstanding.release(message.sequence) else { return }
        traces?.tell(message.sequence...message.sequence, ofTopic: cursor.topic.id, isDone: false) {
            QueueTraces.News(message: $0, kind: .released)
        }
        let (stamp, key) = cursor.topic.locked { state in
            let position = state.log.position(ofStored: message.sequence)
            let key = work.keys.flatMap { state.log.key(at: position, for: $0, slot: message.slot) }
            return (state.log.stamp(at: position) ?? 0, key)
        }
        if let key {
            work.keys?.comesAgain(KeyOwners.Message(slot: message.slot, sequence: message.sequence), key: key)
        }
        work.returned.add(
            ReturnedRun(
                stamp: stamp, slot: message.slot, serial: message.serial,
                range: message.sequence...message.sequence, bytes: 0, due: now,
                attempt: Attempt(number: message.attempts &+ 1, cause: .released, reason: message.reason)),
            now: now)
    }
}

/// The number of a message that was to be parked, and is not.
struct UnknownParked: Error, Equatable {
    var number: UInt64
}
