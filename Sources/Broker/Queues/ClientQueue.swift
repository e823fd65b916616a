import DequeModule
import HeapModule
import ZaichikProtocol

/// What one client has still to get or to commit, over all its subscriptions, in arrival order.
///
/// It has no copies: a cursor into the log of each topic, merged by arrival stamp, the window, and the runs in
/// flight. A value that belongs to the client's loop; `now` is an argument.
struct ClientQueue {
    let client: ClientHandle
    /// How many deliveries may be in flight; 0 pauses.
    private(set) var window: UInt32
    /// Deliveries made, which number them from 1.
    private(set) var delivered: UInt64 = 0
    private(set) var committed: UInt64 = 0
    /// By slot; a slot that is free has none.
    private(set) var cursors: [Cursor?] = []
    private(set) var subscriptions = SubscriptionSet()
    private let acceptStamp: UInt64
    /// The message delivered last.
    private var last: (topic: Topic, sequence: UInt64)?
    /// Messages that gaps took from this queue.
    private(set) var gapMessages: UInt64 = 0
    /// Duplicates passed over by cursors that are gone.
    private(set) var duplicatesBefore: UInt64 = 0
    private var slots = TopicSlots()
    private var freeSlots: [Int] = []
    private var ready = Heap<Ready>()
    private var inFlight: Deque<Run> = []
    /// Slots whose cursors may hold what was committed since.
    private var loosened: [Int] = []

    /// A cursor that has something to deliver.
    private struct Ready: Comparable {
        /// Of its next message, or smaller.
        var stamp: UInt64
        var slot: Int

        static func < (left: Ready, right: Ready) -> Bool { left.stamp < right.stamp }
    }

    /// Deliveries in flight that follow one another in one topic.
    private struct Run {
        var slot: Int
        var firstSequence: UInt64
        var count: Int
    }

    init(client: ClientHandle, window: UInt32, acceptStamp: UInt64) {
        self.client = client
        self.window = min(window, FrameLimits.window)
        self.acceptStamp = acceptStamp
    }

    var inFlightCount: Int { Int(delivered - committed) }
    var room: Int { max(Int(window) - inFlightCount, 0) }
    /// Whether a turn might give something.
    var hasReady: Bool { !ready.isEmpty }
    var topicCount: Int { cursors.reduce(0) { $0 + ($1.map { $0.isDetached ? 0 : 1 } ?? 0) } }
    var duplicates: UInt64 { cursors.reduce(duplicatesBefore) { $0 + ($1?.duplicates ?? 0) } }

    mutating func setWindow(_ window: UInt32) { self.window = min(window, FrameLimits.window) }

    // MARK: Commits

    /// Commits the first `count` deliveries.
    ///
    /// - Returns: False, if so many were not made; then nothing is committed.
    mutating func commit(_ count: UInt64) -> Bool {
        guard count <= delivered else { return false }
        while committed < count {
            let slot = inFlight[0].slot
            let done = min(Int(count - committed), inFlight[0].count)
            inFlight[0].count -= done
            inFlight[0].firstSequence += UInt64(done)
            committed += UInt64(done)
            cursors[slot]!.inFlight -= done
            cursors[slot]!.committedSequence = inFlight[0].firstSequence - 1
            if inFlight[0].count == 0 { inFlight.removeFirst() }
            if loosened.last != slot { loosened.append(slot) }
            if cursors[slot]!.inFlight == 0, cursors[slot]!.isDetached { free(slot) }
        }
        return true
    }

    /// Lets go of what was committed. Taking does so too, but there may be nothing to take, or no room for it.
    mutating func releaseCommitted(wakes: inout WakeList) {
        for slot in loosened {
            Self.release(&cursors[slot], wakes: &wakes)
        }
        loosened.removeAll(keepingCapacity: true)
    }

    /// Where the cursor is: taking it out of its place copies it.
    private static func release(_ cursor: inout Cursor?, wakes: inout WakeList) {
        guard cursor != nil, !cursor!.isDetached else { return }
        let topic = cursor!.topic
        topic.locked { state in state.moveHold(&cursor!, wakes: &wakes) }
    }

    // MARK: Subscriptions

    /// Whether the queue reads a topic already.
    func reads(_ topicID: UInt32) -> Bool {
        guard let slot = slots.slot(of: topicID, in: cursors) else { return false }
        return !cursors[slot]!.isDetached
    }

    /// Begins to read a topic. One that is read already is left where it is.
    mutating func attach(_ topic: Topic, from start: StartPosition, now: UInt64) {
        guard !reads(topic.id) else { return }
        let standing = standing
        let existing = slots.slot(of: topic.id, in: cursors)
        let slot = existing ?? freeSlots.popLast() ?? cursors.count
        if slot == cursors.count { cursors.append(nil) }
        let waiter = Waiter(client: client, cursor: UInt32(slot))
        var (cursor, stamp) = topic.locked { state in
            state.attach(topic, from: start, standing: standing, now: now, waiter: waiter)
        }
        if existing != nil, let old = cursors[slot] {
            cursor.inFlight = old.inFlight
            cursor.isAnnounced = true
            cursor.keys = old.keys
            if old.inFlight > 0 { cursor.committedSequence = old.committedSequence }
        }
        cursors[slot] = cursor
        if existing == nil { slots.insert(topic.id, at: slot, in: cursors) }
        if slots.count == 2 { restamp() }
        if let stamp { ready.insert(Ready(stamp: stamp, slot: slot)) }
    }

    /// Where the queue stands in arrival order: at the connection's accept, if nothing was delivered yet.
    private var standing: Standing {
        guard let last else { return Standing(stamp: acceptStamp) }
        let stamp = last.topic.locked { $0.stamp(of: last.sequence) }
        return Standing(stamp: max(stamp, acceptStamp), last: (last.topic.id, last.sequence))
    }

    /// Subscribes to a topic by its name.
    ///
    /// - Returns: False, if that is so already: nothing changes.
    mutating func subscribe(_ topic: Topic, from start: StartPosition, now: UInt64) -> Bool {
        if let slot = slots.slot(of: topic.id, in: cursors), cursors[slot]!.isNamed { return false }
        subscriptions.insert(topic.id)
        attach(topic, from: start, now: now)
        cursors[slots.slot(of: topic.id, in: cursors)!]!.isNamed = true
        return true
    }

    /// Ends a subscription by name, and reading the topic if no pattern matches it.
    ///
    /// - Returns: False, if there is none.
    mutating func unsubscribe(_ topicID: UInt32, wakes: inout WakeList) -> Bool {
        guard let slot = slots.slot(of: topicID, in: cursors), cursors[slot]!.isNamed else { return false }
        subscriptions.remove(topicID)
        cursors[slot]!.isNamed = false
        guard !subscriptions.matches(cursors[slot]!.topic.name) else { return true }
        detach(slot, wakes: &wakes)
        dropDetached()
        return true
    }

    /// Notes a subscription that meets its topics as they come.
    ///
    /// - Returns: False, if it is there already: nothing changes.
    mutating func add(_ pattern: TopicPattern) -> Bool { subscriptions.insert(pattern) }

    /// Ends a subscription that meets its topics as they come, and reading those that no other one matches.
    ///
    /// - Returns: False, if there is none.
    mutating func remove(_ pattern: TopicPattern, wakes: inout WakeList) -> Bool {
        guard subscriptions.remove(pattern) else { return false }
        for slot in cursors.indices {
            guard let cursor = cursors[slot], !cursor.isDetached, !cursor.isNamed,
                pattern.matches(cursor.topic.name), !subscriptions.matches(cursor.topic.name)
            else { continue }
            detach(slot, wakes: &wakes)
        }
        dropDetached()
        return true
    }

    private mutating func dropDetached() {
        ready = Heap(ready.unordered.filter { cursors[$0.slot]?.isDetached == false })
    }

    /// The names and patterns that the client subscribes to, in the order in which it did.
    var subscribed: [String] { subscribed(0..<subscriptions.count) }

    /// Some of the names and patterns that the client subscribes to, in the order in which it did.
    func subscribed(_ places: Range<Int>) -> [String] {
        subscriptions.texts(places) { topicID in cursors[slots.slot(of: topicID, in: cursors)!]!.topic.name.string }
    }

    /// Ends everything: the connection is gone.
    mutating func close(wakes: inout WakeList) {
        subscriptions = SubscriptionSet()
        ready = Heap()
        for slot in cursors.indices {
            guard let cursor = cursors[slot], !cursor.isDetached else { continue }
            detach(slot, wakes: &wakes)
        }
    }

    private mutating func detach(_ slot: Int, wakes: inout WakeList) {
        let waiter = Waiter(client: client, cursor: UInt32(slot))
        var cursor = cursors[slot]!
        cursor.topic.locked { state in state.detach(&cursor, waiter: waiter, wakes: &wakes) }
        cursor.isDetached = true
        cursors[slot] = cursor
        if cursor.inFlight == 0 { free(slot) }
    }

    private mutating func free(_ slot: Int) {
        guard let cursor = cursors[slot] else { return }
        duplicatesBefore += cursor.duplicates
        slots.remove(cursor.topic.id)
        cursors[slot] = nil
        freeSlots.append(slot)
    }

    /// While there was one topic, stamps did not matter and were not looked up.
    private mutating func restamp() {
        ready = Heap(
            ready.unordered.map { old in
                let cursor = cursors[old.slot]!
                let stamp = cursor.topic.locked { $0.log.stamp(at: cursor.position) }
                return Ready(stamp: stamp ?? 0, slot: old.slot)
            })
    }

    /// Forgets keys that have left their topics' deduplication windows.
    ///
    /// - Parameter steps: What is left for it.
    mutating func forgetKeys(now: UInt64, steps: inout Int) {
        // To take each cursor out costs a look at its topic, and most clients have no keys at all.
        guard cursors.contains(where: { $0?.keys.isEmpty == false }) else { return }
        for slot in cursors.indices where cursors[slot]?.keys.isEmpty == false {
            let window = cursors[slot]!.topic.locked { $0.deduplicatesAtDelivery ? $0.settings.deduplicationWindow : 0 }
            let most = max(steps, TopicState.fewestForgettingSteps)
            steps -= cursors[slot]!.keys.forget(window: window, now: now, most: most)
        }
    }

    // MARK: Deliveries

    /// Whether arrival stamps matter. They do to a reader by pattern of one topic, too: what it meets next may have
    /// arrived before what that topic has now.
    private var isMerging: Bool { slots.count > 1 || !subscriptions.patterns.isEmpty }

    /// Notes that a topic has something for a cursor.
    mutating func wake(slot: UInt32, topicID: UInt32, stamp: UInt64) {
        let slot = Int(slot)
        // The slot's tenant may have changed while the wake was under way.
        guard slot < cursors.count, let cursor = cursors[slot], cursor.topic.id == topicID, cursor.isArmed else {
            return
        }
        cursors[slot]!.isArmed = false
        ready.insert(Ready(stamp: stamp, slot: slot))
    }

    /// How a turn ended.
    enum Turn: Equatable {
        /// Nothing is left, or the window is full.
        case done
        /// The budget is used up, there is more.
        case more
        /// What is next has a stamp at or past the horizon.
        case horizon
    }

    /// Gives out what the window, the horizon and the budget allow.
    ///
    /// - Parameters:
    ///   - horizon: Everything with a smaller stamp is in the logs.
    ///   - bytes: The budget.
    mutating func take(
        now: UInt64, horizon: UInt64, bytes: Int, output: inout [QueueOutput], wakes: inout WakeList
    ) -> Turn {
        var left = bytes
        while let first = ready.min {
            guard room > 0 else { return .done }
            guard left > 0 else { return .more }
            if isMerging, first.stamp >= horizon { return .horizon }
            ready.removeMin()
            var limit = ReadLimit(messages: room, bytes: left)
            if isMerging { limit.before = min(max(ready.min?.stamp ?? .max, first.stamp + 1), horizon) }
            left -= take(first.slot, limit, now: now, isMerging: isMerging, output: &output, wakes: &wakes)
        }
        return .done
    }

    /// Gives out the gap at the queue's front, if there is one: gaps are told while the window is full too.
    mutating func takeGap(now: UInt64, output: inout [QueueOutput], wakes: inout WakeList) {
        guard let first = ready.popMin() else { return }
        let limit = ReadLimit(messages: 0, bytes: 0)
        _ = take(first.slot, limit, now: now, isMerging: isMerging, output: &output, wakes: &wakes)
    }

    private mutating func take(
        _ slot: Int, _ limit: ReadLimit, now: UInt64, isMerging: Bool, output: inout [QueueOutput],
        wakes: inout WakeList
    ) -> Int {
        let request = TakeRequest(
            limit: limit, now: now, waiter: Waiter(client: client, cursor: UInt32(slot)), wantsStamp: isMerging)
        let before = output.count
        let topic = cursors[slot]!.topic
        let result = topic.locked { state in
            state.take(&cursors[slot]!, request, topic: topic, output: &output, wakes: &wakes)
        }
        if let next = result.next { ready.insert(Ready(stamp: next, slot: slot)) }
        if loosened.last == slot { loosened.removeLast() }
        for index in before..<output.count {
            switch output[index] {
            case .announcement: break
            case .gap(_, _, let first, let last): gapMessages += last - first + 1
            case .run(_, let taken):
                inFlight.append(Run(slot: slot, firstSequence: taken.firstSequence, count: taken.count))
                last = (topic, taken.firstSequence + UInt64(taken.count) - 1)
            }
        }
        delivered += UInt64(result.messages)
        return result.bytes
    }
}
