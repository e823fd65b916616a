import DequeModule
import ZaichikProtocol

/// What a queue has besides its cursors, once something was not done in the order of its delivery: what was returned and
/// parked, and the rules for it. A queue that is only read and committed has none.
final class WorkState {
    var rules = QueueRules()
    /// What comes again.
    var returned: ReturnedRuns
    var parked: ParkedMessages
    /// What was parked and has not been told as an event.
    var parkedNews = ParkedNews()
    /// Deliveries, and parked messages, that are being settled in steps.
    var unsettled: Deque<UnsettledRuns> = []
    /// Whether more of what was returned is due than one step could move.
    private var isCatchingUp = false
    /// What will not come because the queue was moved ahead of it, by slots, and the client has not been told.
    var moved: [Int: MovedAhead] = [:]
    /// What will not come because an operator took it out of the queue after its first delivery, or while it was put aside.
    var purged: [Int: MovedAhead] = [:]
    /// Who has the messages of which key; nil unless the queue is shared by key.
    var keys: KeyOwners?
    /// Whether every cursor notes what is in flight: a run behind which all is done does not tell it any more.
    var hasHoles = false
    var totals = WorkTotals()
    /// No delivery's deadline is before this, in µs since 1970.
    var nextDeadline = UInt64.max

    init(budget: MemoryBudget) {
        returned = ReturnedRuns(budget: budget)
        parked = ParkedMessages(budget: budget)
    }

    /// Whether something was returned or parked that may still be there.
    var isLeft: Bool { returned.count > 0 || parked.count > 0 || keys.map { $0.asideCount > 0 } == true }

    /// Whether there are steps to do before anything is delivered.
    var isSettling: Bool { !unsettled.isEmpty || isCatchingUp }

    /// Finds out what is due of what was returned, as far as a step may.
    ///
    /// - Returns: Whether more is due than before.
    @discardableResult
    func becomeDue(now: UInt64) -> Bool {
        let (moved, isComplete) = returned.becomeDue(now: now)
        isCatchingUp = !isComplete
        return moved
    }

    /// Whether there is something to deliver again, or to tell.
    var hasNews: Bool { returned.hasDue || !moved.isEmpty || !purged.isEmpty || keys?.hasFreed == true }

    /// When the queue is to be looked at next because of the time; nil if at no time.
    var nextAlarm: UInt64? {
        let next = min(returned.nextDue ?? .max, nextDeadline)
        return next == .max ? nil : next
    }

    /// Notes that deliveries were made at a time.
    func delivered(now: UInt64) {
        guard rules.commitDeadline > 0 else { return }
        nextDeadline = min(nextDeadline, now + rules.commitDeadline)
    }

    /// Messages of a topic that a queue was moved ahead of, or that an operator took out of it.
    struct MovedAhead {
        /// Of the cursor.
        let serial: UInt32
        var messages = NumberRanges()
    }

    func close() {
        unsettled = []
        isCatchingUp = false
        returned.removeAll()
        parked.removeAll()
    }
}
