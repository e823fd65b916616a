import ZaichikProtocol

/// The messages that one client has still to get or to commit, over all its subscriptions, in arrival order.
///
/// It has no copies: a cursor into the log of each topic, merged by arrival stamp. The window and the runs in flight are
/// those of an ``Attachment``, which its connection hands in. A value that belongs to the client's loop; `now` is an
/// argument.
///
/// This file has the state and the commits; `+Subscriptions` has how cursors begin and end, `+Take` how messages go out,
/// `+Again` how they come again, `+Settle` and `+Parked` what becomes of them otherwise, `+Lag` the lag.
struct ClientQueue {
    let reader: ReaderHandle
    let budget: MemoryBudget
    var cursors = CursorTable()
    var ready = ReadyCursors()
    var subscriptions = SubscriptionSet()
    /// How far deliveries have come in arrival order.
    var progress: QueueProgress
    var counters = Counters()
    /// Slots whose cursors may still hold messages that were committed since.
    private var committedSlots: [Int] = []
    /// Slots whose cursors have keys.
    var keyedSlots: [Int] = []
    var losses = QueueLosses()
    /// Cursors that began with the last message of each key and have not passed all of them; nil if there are none.
    var keyedStarts: KeyedStarts?
    /// Topics that have ended; nil if nothing is left to be told of them.
    var gone: GoneTopics?
    /// The serial of the attachment that came last.
    private var lastAttachment: UInt16 = 0
    /// What was returned and parked, and the rules for it; nil for a queue that is only read and committed.
    var work: WorkState?
    /// Traced messages that it is not done with; nil if there are none.
    var traces: QueueTraces?

    struct Counters {
        /// Messages that gaps took from this queue, as far as the client was told.
        var gapMessages: UInt64 = 0
        /// Messages in gaps that are no loss: that were gone when a subscription began which was to have them, or that
        /// somebody has moved the queue past.
        var goneBefore: UInt64 = 0
        /// How often somebody has moved the queue, taken messages out of it, or changed its window from outside.
        var moves: UInt32 = 0
        /// Duplicates withheld.
        var duplicates: UInt64 = 0
        /// Topics that the queue reads.
        var topics = 0
        /// Deliveries in flight at all attachments.
        var inFlight = 0
        /// Messages withheld because they were older than they asked for themselves.
        var outlived: UInt64 = 0
        /// Of the messages in gaps; nil if there were none.
        var gaps: Apart<GapCounts>?

        var gapCounts: GapCounts { gaps?.value ?? GapCounts() }

        /// Counts messages that a gap took.
        mutating func lost(_ count: UInt64, _ cause: LossCause) {
            gapMessages += count
            var counts = gaps?.value ?? GapCounts()
            counts.add(count, cause)
            gaps = Apart(counts)
        }

        /// The messages that a move or an operator took from the queue, and the client has not been told of, are so many
        /// now.
        mutating func recounted(_ count: UInt64, before: UInt64, _ cause: LossCause) {
            gapMessages = gapMessages + count - before
            var counts = gaps?.value ?? GapCounts()
            counts.remove(before, cause)
            counts.add(count, cause)
            gaps = Apart(counts)
        }
    }

    /// - Parameter acceptStamp: Where the connection's accept stands in arrival order.
    init(reader: ReaderHandle, budget: MemoryBudget, acceptStamp: UInt64) {
        self.reader = reader
        self.budget = budget
        progress = QueueProgress(stamp: acceptStamp)
    }

    /// Whether a turn might have something to deliver.
    var hasReady: Bool { !ready.isEmpty || gone != nil && !gone!.untold.isEmpty || work?.hasNews == true }
    var hasHoles: Bool { work?.hasHoles == true }

    /// Makes an attachment one of this queue.
    mutating func begin(_ attachment: inout Attachment) {
        if lastAttachment == .max {
            // The serials begin anew, so that of a topic's first announcement may stand for another attachment.
            lastAttachment = 0
            for slot in cursors.slots { cursors[slot]?.announcedTo = 0 }
        }
        lastAttachment += 1
        attachment.serial = lastAttachment
    }

    /// Commits the first `count` deliveries of an attachment.
    ///
    /// - Parameter now: 0 if it is not the client that commits.
    /// - Returns: Whether that many were made; if not, none is committed.
    mutating func commit(_ count: UInt64, of attachment: inout Attachment, now: UInt64 = 0) -> Bool {
        guard count <= attachment.delivered else { return false }
        if hasHoles, attachment.inFlight.hasMore(than: Self.fewRuns, upTo: count) {
            settled(attachment.settleCommitted([0...count], now: now), .done, now: now)
            return true
        }
        while let retired = attachment.commitNext(upTo: count, now: now) {
            counters.inFlight -= retired.count
            let slot = retired.slot
            cursors[slot]!.committed(retired)
            if work != nil { keysSettled(slot, retired.sequences) }
            if traces != nil { traceDone(cursors[slot]!.topic.id, retired.sequences) }
            if cursors[slot]!.hasBreaks, let next = attachment.inFlight.first(ofSlot: slot) {
                // Sequences that are missing in between count as committed, too.
                cursors[slot]!.committedSequence = next.firstSequence - 1
            }
            wasSettled(slot)
        }
        return true
    }

    /// Notes that something of a slot is not in flight any more, so that its hold may move.
    mutating func wasSettled(_ slot: Int) {
        guard cursors[slot] != nil else { return }
        if !cursors[slot]!.isSettled {
            cursors[slot]!.isSettled = true
            committedSlots.append(slot)
        }
        if cursors[slot]!.isDetached { freeIfDone(slot) }
    }

    /// Ends commits: messages in flight are no longer held, and those that the window still allows are not held once
    /// they are delivered.
    mutating func endDeliveries(of attachment: inout Attachment, wakes: inout WakeList) {
        // Nobody has committed what is in flight: it ends with the queue.
        traces?.end()
        attachment.end(committing: true)
        _ = commit(attachment.delivered, of: &attachment)
        releaseCommitted(wakes: &wakes)
    }

    /// Whether no hold is behind what was committed.
    var isReleased: Bool { committedSlots.isEmpty }

    /// Releases what was committed. Taking does so too, but there may be no message to take, or no room for it.
    mutating func releaseCommitted(wakes: inout WakeList) {
        while let slot = committedSlots.popLast() {
            if slot < cursors.slots.count { Self.release(&cursors[slot], wakes: &wakes) }
        }
        if work != nil { endWorkIfDone() }
    }

    /// Notes that the hold of a cursor was moved during its turn.
    mutating func wasReleased(_ slot: Int) {
        guard committedSlots.last == slot else { return }
        committedSlots.removeLast()
        cursors[slot]?.isSettled = false
    }

    /// Works on the cursor in place, as taking it out of the table would copy it.
    private static func release(_ cursor: inout Cursor?, wakes: inout WakeList) {
        guard cursor != nil else { return }
        cursor!.isSettled = false
        guard !cursor!.isDetached else { return }
        let topic = cursor!.topic
        cursor!.closeHoles()
        topic.locked { state in state.moveHold(&cursor!, wakes: &wakes) }
    }

    /// Forgets keys that have left their topics' deduplication windows.
    ///
    /// - Parameter steps: The steps that are left; reduced by those that were done.
    mutating func forgetKeys(now: UInt64, steps: inout Int) {
        guard !keyedSlots.isEmpty else { return }
        let slots = keyedSlots
        keyedSlots = []
        for slot in slots where cursors.slots.contains(slot) {
            guard let cursor = cursors[slot], !cursor.keys.isEmpty else { continue }
            // The next message is judged by its own timestamp, so the window of a slow client ends at that time.
            let (window, next) = cursor.topic.locked { state in
                (
                    state.deduplicatesAtDelivery ? state.settings.deduplicationWindow : 0,
                    cursor.isWaiting ? nil : state.log.timestamp(at: cursor.position)
                )
            }
            let most = max(steps, TopicState.fewestForgettingSteps)
            steps -= cursors[slot]!.keys.forget(window: window, now: next ?? now, most: most)
            cursors[slot]!.keys.settle(budget)
            if !cursors[slot]!.keys.isEmpty { keyedSlots.append(slot) }
        }
    }
}
