import DequeModule
import NIOCore
import ZaichikProtocol

/// The messages that one client has still to get or to commit, over all its subscriptions, in arrival order.
///
/// It has no copies: a cursor into the log of each topic, merged by arrival stamp, the window, and the runs in
/// flight. A value that belongs to the client's loop; `now` is an argument.
///
/// This file has the state and the commits; `+Subscriptions` has how cursors begin and end, `+Take` how messages go
/// out, `+Lag` the lag.
struct ClientQueue {
    let reader: ReaderHandle
    let budget: MemoryBudget
    /// How many deliveries may be in flight; 0 pauses.
    private(set) var window: UInt32
    /// How many bytes of them; nil if they never were bounded.
    private(set) var byteWindow: ByteWindow?
    /// Deliveries made, which number them from 1.
    private(set) var delivered: UInt64 = 0
    private(set) var committed: UInt64 = 0
    var cursors = CursorTable()
    var ready = ReadyCursors()
    var inFlight: InFlight
    var subscriptions = SubscriptionSet()
    /// How far deliveries have come in arrival order.
    var progress: QueueProgress
    var counters = Counters()
    /// How many deliveries may still be made before the end; nil until the end has come.
    private var last: Int?
    /// Slots whose cursors may still hold messages that were committed since.
    private var committedSlots: [Int] = []
    /// Slots whose cursors have keys.
    var keyedSlots: [Int] = []
    var losses = QueueLosses()
    /// Topics that were deleted, of which the client has not been told yet.
    var gone: Deque<GoneTopic> = []

    struct Counters {
        /// Messages that gaps took from this queue, as far as the client was told.
        var gapMessages: UInt64 = 0
        /// Messages that were gone when a subscription began that was to have them.
        var goneBefore: UInt64 = 0
        /// Duplicates withheld.
        var duplicates: UInt64 = 0
        /// Topics that the queue reads.
        var topics = 0
    }

    /// - Parameter acceptStamp: Where the connection's accept stands in arrival order.
    init(reader: ReaderHandle, budget: MemoryBudget, window: UInt32, acceptStamp: UInt64) {
        self.reader = reader
        self.budget = budget
        inFlight = InFlight(budget: budget)
        self.window = min(window, FrameLimits.window)
        progress = QueueProgress(stamp: acceptStamp)
    }

    var inFlightCount: Int { Int(delivered - committed) }
    /// How many deliveries may be made now.
    var room: Int {
        if inFlight.isFull || byteWindow?.isFull == true { return 0 }
        return last ?? max(Int(window) - inFlightCount, 0)
    }
    /// Whether a turn might have something to deliver.
    var hasReady: Bool { !ready.isEmpty || !gone.isEmpty }

    /// - Parameter bytes: How many bytes of deliveries may be in flight; 0 if they are not bounded.
    mutating func setWindow(_ window: UInt32, bytes: Int = 0) {
        self.window = min(window, FrameLimits.window)
        if byteWindow == nil, bytes > 0 { byteWindow = ByteWindow(limit: bytes, inFlight: inFlight, budget: budget) }
        byteWindow?.limit = bytes > 0 ? bytes : nil
    }

    /// Notes the lengths of deliveries, if their bytes are bounded.
    mutating func noteLengths(_ taken: TakenRun) {
        if byteWindow != nil { taken.bytes.withUnsafeReadableBytes { byteWindow!.delivered($0) } }
    }

    /// Drops what is in flight, and gives back its memory: the client is gone.
    mutating func abandonInFlight() {
        abandonGone()
        inFlight.removeAll()
        byteWindow?.close()
        byteWindow = nil
    }

    /// Commits the first `count` deliveries.
    ///
    /// - Returns: Whether that many were made; if not, none is committed.
    mutating func commit(_ count: UInt64) -> Bool {
        guard count <= delivered else { return false }
        while committed < count {
            let retired = inFlight.retire(most: count - committed)
            committed += UInt64(retired.count)
            byteWindow?.committed(retired)
            let slot = retired.slot
            cursors[slot]!.committed(retired)
            if cursors[slot]!.hasBreaks, let next = inFlight.first(ofSlot: slot) {
                // Sequences that are missing in between count as committed, too.
                cursors[slot]!.committedSequence = next.firstSequence - 1
            }
            if committedSlots.last != slot { committedSlots.append(slot) }
            freeIfDone(slot)
        }
        return true
    }

    /// Ends commits: messages in flight are no longer held, and those that the window still allows are not held once
    /// they are delivered.
    mutating func endDeliveries(wakes: inout WakeList) {
        if last == nil { last = room }
        byteWindow?.end()
        letGoInFlight()
        releaseCommitted(wakes: &wakes)
    }

    /// Notes deliveries.
    mutating func delivered(_ count: Int) {
        delivered += UInt64(count)
        guard let last else { return }
        self.last = last - count
        letGoInFlight()
    }

    private mutating func letGoInFlight() {
        if delivered > committed { _ = commit(delivered) }
    }

    /// Releases what was committed. Taking does so too, but there may be no message to take, or no room for it.
    mutating func releaseCommitted(wakes: inout WakeList) {
        while let slot = committedSlots.popLast() {
            if slot < cursors.slots.count { Self.release(&cursors[slot], wakes: &wakes) }
        }
    }

    /// Notes that the hold of a cursor was moved during its turn.
    mutating func wasReleased(_ slot: Int) {
        if committedSlots.last == slot { committedSlots.removeLast() }
    }

    /// Works on the cursor in place, as taking it out of the table would copy it.
    private static func release(_ cursor: inout Cursor?, wakes: inout WakeList) {
        guard cursor != nil, !cursor!.isDetached else { return }
        let topic = cursor!.topic
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
