import ZaichikProtocol

// A queue that is shared by key: see ``KeyOwners``.
extension WorkState {
    /// What a turn of a cursor needs of it.
    func byKey(_ slot: Int) -> (owners: KeyOwners, slot: UInt32)? {
        guard let keys, rules.mode == .sharedByKey else { return nil }
        return (keys, UInt32(slot))
    }
}

extension ClientQueue {
    /// Notes that messages of a slot are not in flight any more.
    ///
    /// - Parameter fate: Whether they come again.
    mutating func keysSettled(_ slot: Int, _ sequences: ClosedRange<UInt64>, _ fate: KeyFate = .done) {
        guard let keys = work?.keys, !keys.isEmpty else { return }
        for sequence in sequences {
            keys.settled(KeyOwners.Message(slot: UInt32(slot), sequence: sequence), fate)
        }
    }

    /// Forgets messages of a slot that were to come: their subscription ends.
    mutating func forgetKeys(of outstanding: Outstanding, _ slot: Int) {
        for range in outstanding.aside.ranges + outstanding.returned.ranges {
            for sequence in range { work?.keys?.forget(KeyOwners.Message(slot: UInt32(slot), sequence: sequence)) }
        }
    }

    /// Has what was put aside come, as far as nothing is in flight of its keys.
    func addFreed(_ work: WorkState) {
        guard let keys = work.keys, keys.hasFreed else { return }
        for run in keys.takeFreed() { work.returned.add(run, now: .max) }
    }

    /// Puts a message that comes ahead of new ones aside, if it has to wait for what is in flight of its key.
    func isHeldByKey(_ run: ReturnedRun, from attachment: Attachment, _ work: WorkState) -> Bool {
        guard work.rules.mode == .sharedByKey, let keys = work.keys, let key = keys.key(of: run.message),
            !keys.mayHave(run.message, key: key, attachment.serial)
        else { return false }
        keys.putAside(run, key: key)
        return true
    }
}

extension ReturnedRun {
    /// Its message, if it is one.
    var message: KeyOwners.Message { KeyOwners.Message(slot: slot, sequence: range.lowerBound) }
}

extension TopicLog {
    /// What stands for the key of a message; nil if it has none, or is not stored.
    func key(at position: LogPosition, for owners: KeyOwners, slot: UInt32) -> UInt64? {
        var position = position
        // Whatever its age is.
        let limit = ReadLimit(messages: 1, bytes: .max)
        guard case .messages(let taken) = read(&position, limit: limit, now: 0) else { return nil }
        return taken.segment.withKey(at: taken.offsets.lowerBound) { owners.fingerprint($0, slot: slot) }
    }
}
