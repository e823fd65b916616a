import DequeModule
import ZaichikProtocol

// The connections that have a reader.
extension Reader {
    /// All of them, in the order in which they came.
    var owners: [any ReaderOwner] { (owner.map { [$0] } ?? []) + otherOwners }
    /// Whether no connection has it.
    var isAbsent: Bool { owner == nil }
    var ownerCount: Int { owner == nil ? 0 : 1 + otherOwners.count }

    /// Gives the queue to a connection, whose attachment has to be a new one. Others keep theirs.
    func attach(_ owner: any ReaderOwner) {
        queue.begin(&owner.attachment)
        if self.owner == nil { self.owner = owner } else { otherOwners.append(owner) }
        if queue.hasReady { wakeOwner() }
    }

    /// Takes the queue from a connection: what is in flight there comes again, at once and ahead of new messages; if it is
    /// much, this takes steps. The queue goes on, and so do its subscriptions and holds.
    ///
    /// - Returns: Whether the connection had it.
    @discardableResult
    func detach(_ owner: any ReaderOwner, now: UInt64, wakes: inout WakeList) -> Bool {
        if self.owner === owner {
            self.owner = otherOwners.isEmpty ? nil : otherOwners.removeFirst()
        } else if let place = otherOwners.firstIndex(where: { $0 === owner }) {
            otherOwners.remove(at: place)
        } else {
            return false
        }
        if owner.attachment.inFlightCount > 0 { queue.beginHoles(owner.attachment) }
        let fate = RunFate.comesAgain(.connectionEnded, reason: "", after: 0)
        queue.settled(owner.attachment.settleAll(), fate, now: now)
        queue.releaseCommitted(wakes: &wakes)
        if isAbsent { queue.stopWaiting() } else if queue.hasReady { wakeOwner() }
        return true
    }

    /// Sets the rules of the queue.
    func setRules(_ rules: QueueRules) {
        guard rules != (queue.work?.rules ?? QueueRules()) else { return }
        let work = queue.beginWork()
        work.rules = rules
        // Several connections settle in any order.
        if rules.isShared, let owner { queue.beginHoles(owner.attachment) }
        if rules.isShared { work.hasHoles = true }
        if rules.mode == .sharedByKey {
            if work.keys == nil { work.keys = KeyOwners() }
        } else {
            work.keys?.freeAll()
        }
        // What is in flight already is looked at soon.
        work.nextDeadline = rules.commitDeadline > 0 ? 0 : .max
    }

    // MARK: Turns

    /// How many messages an owner may take at once if others have room, too: one that is slow is not to sit on what others
    /// could do.
    private static let smallRun = 64

    /// How many messages an owner may take in a turn.
    func share(of owner: any ReaderOwner) -> Int {
        guard !otherOwners.isEmpty else { return .max }
        let others = owners.count { $0 !== owner && Self.hasRoom($0) }
        guard others > 0 else { return .max }
        return min(Self.smallRun, max(owner.attachment.room / (others + 1), 1))
    }

    private static func hasRoom(_ owner: any ReaderOwner) -> Bool {
        owner.attachment.room > 0 && owner.takesDeliveries
    }

    /// Tells an owner that there may be something to send: of several, the next one that could send it.
    func wakeOwner() {
        guard !otherOwners.isEmpty else { return owner?.readerBecameReady() ?? () }
        let count = ownerCount
        for place in 0..<count {
            let next = (nextOwner + place) % count
            // There may be thousands: no list of them is made.
            guard let candidate = next == 0 ? owner : otherOwners[next - 1], Self.hasRoom(candidate) else { continue }
            nextOwner = next + 1
            return candidate.readerBecameReady()
        }
    }

    /// After a turn of one of several owners: what is left is for the next. If this one could have had it and took nothing,
    /// neither could the others, unless the next message was too long for the bytes that this one may have in flight.
    func passOn(from owner: any ReaderOwner, hasTaken: Bool) {
        guard !otherOwners.isEmpty else { return }
        guard !hasTaken, Self.hasRoom(owner) else {
            firstInVain = nil
            if queue.hasReady { wakeOwner() }
            return
        }
        // Each of the others is asked once.
        guard queue.hasReady, owner.attachment.byteWindow != nil, firstInVain != ObjectIdentifier(owner),
            let place = owners.firstIndex(where: { $0 === owner })
        else { return firstInVain = nil }
        if firstInVain == nil { firstInVain = ObjectIdentifier(owner) }
        nextOwner = place + 1
        wakeOwner()
    }

    // MARK: Time

    /// When it is to be looked at because of the time; nil if at no time.
    var nextAlarm: UInt64? {
        guard let pause, pause.until > 0 else { return queue.work?.nextAlarm }
        return min(queue.work?.nextAlarm ?? .max, pause.until)
    }

    /// Whether the time may have something to do with it.
    @inline(__always)
    var heedsTime: Bool { queue.work != nil || isPaused }

    /// Ends the pause if it is time.
    ///
    /// - Returns: The pause that has ended; nil if none has.
    func endPause(now: UInt64) -> OperatorPause? {
        guard let pause, pause.until > 0, pause.until <= now else { return nil }
        setPause(nil)
        return pause
    }

    /// Takes back what its owners have not committed in time, and delivers what is due.
    func timePassed(now: UInt64, wakes: inout WakeList) {
        guard let work = queue.work else { return }
        work.nextDeadline = .max
        var hasMore = work.becomeDue(now: now)
        for owner in owners where queue.takeBackOverdue(&owner.attachment, now: now) { hasMore = true }
        queue.releaseCommitted(wakes: &wakes)
        guard hasMore else { return }
        guard !otherOwners.isEmpty else { return wakeOwner() }
        for owner in owners where Self.hasRoom(owner) { owner.readerBecameReady() }
    }
}
