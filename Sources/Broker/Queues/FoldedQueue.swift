import ZaichikProtocol

/// The queue of a session to which nobody is attached, in little memory: there may be 100,000 of them.
///
/// Its cursors keep their seats at their topics, so that what they need is kept, but none of them waits there: a publish
/// does not know of it.
struct FoldedQueue {
    /// In the order of their slots, of which none is empty.
    fileprivate var cursors: [FoldedCursor] = []
    fileprivate let progress: QueueProgress
    /// Those of the queue.
    let counters: ClientQueue.Counters
    /// nil if nothing ever came again, or was parked.
    fileprivate let work: Apart<WorkTotals>?

    var workTotals: WorkTotals { work?.value ?? WorkTotals() }

    /// A queue of more topics stays as it is.
    private static let most = 8

    /// - Returns: nil if the queue has more to it: patterns, many topics, work that is not done, keys, or losses lately.
    init?(_ queue: ClientQueue) {
        let slots = queue.cursors.slots
        guard queue.isPlain, slots.count <= Self.most, queue.cursors.count == slots.count else { return nil }
        cursors.reserveCapacity(slots.count)
        for slot in slots {
            guard let cursor = queue.cursors[slot].flatMap({ FoldedCursor($0) }) else { return nil }
            cursors.append(cursor)
        }
        progress = queue.progress
        counters = queue.counters
        let totals = queue.work?.totals ?? WorkTotals()
        work = totals == WorkTotals() ? nil : Apart(totals)
    }

    var slotCount: Int { cursors.count }

    /// Adds some of its slots.
    func tally(_ slots: Range<Int>, into tally: inout QueueTally, now: UInt64) {
        for slot in slots.clamped(to: cursors.indices) {
            let folded = cursors[slot]
            let (lag, isHolding) = folded.topic.locked { state in
                var cursor = state.unfolded(folded)
                return (state.lag(of: &cursor, now: now), state.isHeldBack(by: cursor))
            }
            tally.add(lag, slot: slot)
            if isHolding { tally.holding = slot }
        }
    }

    /// The topic in a slot.
    func topic(at slot: Int) -> Topic? { cursors.indices.contains(slot) ? cursors[slot].topic : nil }

    /// The row of the topic in a slot.
    func topicRow(at slot: Int, _ reader: ReaderHandle, now: UInt64) -> ClientTopicStatistics? {
        guard let budget = cursors.first?.topic.locked({ $0.budget }) else { return nil }
        return ClientQueue(self, reader: reader, budget: budget).topicRow(at: slot, now: now) { _ in nil }
    }

    /// Some of the names that it subscribes to.
    func subscribed(_ places: Range<Int>) -> [String] {
        cursors[places.clamped(to: cursors.indices)].map(\.topic.name.string)
    }
}

/// A cursor that is no more than a place in a topic.
private struct FoldedCursor {
    let topic: Topic
    /// The next message to deliver.
    let next: UInt64
    let gapMessages: UInt64
    let duplicates: UInt64
    let seat: UInt32
    let goneAtStart: UInt32
    // What the subscription asked for that began it, which may have ended since.
    let isAutoCommitted: Bool
    let isWithoutEcho: Bool

    /// - Returns: nil if there is more to the cursor.
    init?(_ cursor: Cursor) {
        let position = cursor.position
        guard cursor.isNamed, !cursor.awaitsCreation, !position.isAwaiting, !cursor.isWaiting, cursor.inFlight == 0,
            cursor.outstanding == nil, cursor.keys.isEmpty, cursor.ownFloor <= position.sequence
        else { return nil }
        topic = cursor.topic
        next = position.sequence
        gapMessages = cursor.gapMessages
        duplicates = cursor.duplicates
        seat = cursor.seat
        goneAtStart = cursor.goneAtStart
        isAutoCommitted = cursor.isAutoCommitted
        isWithoutEcho = cursor.isWithoutEcho
    }
}

extension TopicState {
    /// A cursor as it was before it was folded.
    fileprivate func unfolded(_ folded: FoldedCursor) -> Cursor {
        var cursor = Cursor(topic: folded.topic, position: log.position(before: folded.next), seat: folded.seat)
        cursor.isNamed = true
        cursor.gapMessages = folded.gapMessages
        cursor.duplicates = folded.duplicates
        cursor.goneAtStart = folded.goneAtStart
        cursor.isAutoCommitted = folded.isAutoCommitted
        cursor.isWithoutEcho = folded.isWithoutEcho
        return cursor
    }
}

extension ClientQueue {
    /// Whether it is no more than its cursors: it has no patterns, no keys, and nothing to be done again.
    fileprivate var isPlain: Bool {
        !subscriptions.hasPatterns && !subscriptions.hasOptions && keyedSlots.isEmpty && losses.isEmpty && isReleased
            && gone == nil && keyedStarts == nil
            && work.map { !$0.isLeft && $0.moved.isEmpty && $0.purged.isEmpty } ?? true
    }

    /// A queue as it was before it was folded; every cursor looks what there is for it.
    init(_ folded: FoldedQueue, reader: ReaderHandle, budget: MemoryBudget) {
        self.init(reader: reader, budget: budget, acceptStamp: folded.progress.stamp)
        progress = folded.progress
        counters = folded.counters
        for folded in folded.cursors {
            let (cursor, stamp) = folded.topic.locked { state in
                let cursor = state.unfolded(folded)
                return (cursor, state.log.stamp(at: cursor.position) ?? 0)
            }
            let slot = cursors.insert(cursor)
            subscriptions.insert(folded.topic.id)
            ready.insert(stamp: stamp, slot: slot, serial: cursors[slot]!.serial)
        }
        if let totals = folded.work?.value { beginWork().totals = totals }
    }
}
