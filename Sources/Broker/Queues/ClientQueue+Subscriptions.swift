import ZaichikProtocol

/// What became of a subscription by name.
enum SubscribeOutcome: Equatable {
    case begun
    /// There was such a subscription, which goes on.
    case unchanged
    /// The topic was deleted a moment ago: its name is free.
    case topicGone
}

// How cursors begin and end.
extension ClientQueue {
    /// Memory of a cursor here and at its topic, in bytes, including what arrays allocate ahead of need.
    static let bytesPerCursor = (MemoryLayout<Cursor?>.stride + Holds.bytesPerCursor) * 3 / 2 + 32

    /// Whether the queue reads a topic already.
    func reads(_ topicID: UInt32) -> Bool { cursors.slot(of: topicID) != nil }

    /// Whether a subscription has the topic's name.
    func isSubscribed(to topicID: UInt32) -> Bool {
        guard let slot = cursors.slot(of: topicID) else { return false }
        return cursors[slot]!.isNamed
    }

    /// Begins to read a topic. If the queue reads it already, its cursor does not move, and goes on as it began.
    ///
    /// - Returns: Whether it reads the topic now; if not, the topic was deleted.
    @discardableResult
    mutating func attach(
        _ topic: Topic, from start: CursorStart, _ options: SubscribeOptions = [], now: UInt64
    ) -> Bool {
        if reads(topic.id) { return true }
        let slot = cursors.nextSlot
        let waiter = Waiter(reader: reader, slot: UInt32(slot))
        let begun = topic.locked { state in state.attach(topic, from: start, now: now, waiter: waiter) }
        guard let (begun, stamp, latest) = begun else { return false }
        var cursor = begun
        cursor.isAutoCommitted = options.contains(.autoCommit)
        cursor.isWithoutEcho = options.contains(.noEcho)
        cursors.insert(cursor)
        budget.charge(Self.bytesPerCursor)
        counters.topics += 1
        noteGoneBefore(slot, now: now)
        if cursors.count == 2 { ready.restamp(in: cursors) }
        if let latest {
            begin(KeyedStart(slot: slot, serial: cursors[slot]!.serial, topic: topic, latest: latest))
        } else if let stamp {
            ready.insert(stamp: stamp, slot: slot, serial: cursors[slot]!.serial)
        }
        return true
    }

    /// Messages that are no longer kept when a cursor begins are a gap, but not a loss of this queue.
    private mutating func noteGoneBefore(_ slot: Int, now: UInt64) {
        let cursor = cursors[slot]!
        let gone = cursor.goneAtStart > 0 ? lag(ofSlot: slot, now: now) { _ in nil }.untoldGaps : 0
        counters.goneBefore += gone
        losses.begin(slot: slot, topicID: cursor.topic.id, total: cursor.gapMessages + gone)
    }

    /// Subscribes to a topic by its name.
    ///
    /// A topic that a pattern matches and that is not read yet was created a moment ago: the pattern reads it from its
    /// first message, and this subscription does not skip any of them.
    ///
    /// - Returns: What became of the subscription.
    mutating func subscribe(
        _ topic: Topic, from start: StartPosition, _ options: SubscribeOptions = [], now: UInt64
    ) -> SubscribeOutcome {
        if isSubscribed(to: topic.id) { return .unchanged }
        let isOwed = !reads(topic.id) && subscriptions.matches(topic.name)
        let start = isOwed ? CursorStart.firstMessage : .position(start, progress)
        guard attach(topic, from: start, options, now: now) else { return .topicGone }
        subscriptions.insert(topic.id, options)
        budget.charge(SubscriptionSet.bytesPerName)
        let slot = cursors.slot(of: topic.id)!
        cursors[slot]!.isNamed = true
        cursors[slot]!.awaitsCreation = isOwed
        return .begun
    }

    /// Ends a subscription by name, and reading the topic if no pattern matches it.
    ///
    /// - Returns: Whether there was such a subscription.
    mutating func unsubscribe(_ topicID: UInt32, wakes: inout WakeList) -> Bool {
        guard let slot = cursors.slot(of: topicID), cursors[slot]!.isNamed else { return false }
        subscriptions.remove(topicID)
        budget.charge(-SubscriptionSet.bytesPerName)
        cursors[slot]!.isNamed = false
        if !subscriptions.matches(cursors[slot]!.topic.name) { detach(slot, wakes: &wakes) }
        return true
    }

    /// Notes a subscription by pattern. Its topics are attached one after the other: see ``Reader``.
    ///
    /// - Returns: Whether it is new; if not, the call has no effect.
    mutating func add(_ pattern: TopicPattern, _ options: SubscribeOptions = []) -> Bool {
        guard subscriptions.insert(pattern, options) else { return false }
        budget.charge(SubscriptionSet.bytesPerPattern)
        return true
    }

    /// Ends a subscription by pattern. Its topics are detached one after the other: see ``Reader``.
    ///
    /// - Returns: Whether there was such a subscription.
    mutating func remove(_ pattern: TopicPattern) -> Bool {
        guard subscriptions.remove(pattern) else { return false }
        budget.charge(-SubscriptionSet.bytesPerPattern)
        return true
    }

    /// Ends reading the topic of a slot if a pattern matches it that has ended and no subscription is left.
    mutating func detach(_ slot: Int, matching ended: TopicPattern, wakes: inout WakeList) {
        guard let cursor = cursors[slot], !cursor.isDetached, !cursor.isNamed, ended.matches(cursor.topic.name),
            !subscriptions.matches(cursor.topic.name)
        else { return }
        detach(slot, wakes: &wakes)
    }

    /// Ends reading the topic of a slot. Deliveries in flight stay in flight.
    mutating func detach(_ slot: Int, wakes: inout WakeList) {
        guard var cursor = cursors[slot], !cursor.isDetached else { return }
        let wasReady = !cursor.isWaiting && !isJudging(slot)
        cursor.topic.locked { state in state.detach(&cursor, wakes: &wakes) }
        cursor.isDetached = true
        // A later subscription begins without keys, so that it gets everything it replays.
        cursor.keys = DeduplicationWindow()
        if cursor.outstanding?.parked.isEmpty == false { work?.parked.someMayBeGone() }
        if work?.keys != nil, let outstanding = cursor.outstanding { forgetKeys(of: outstanding, slot) }
        cursor.outstanding = nil
        cursors[slot] = cursor
        cursors.ended(slot)
        endKeyedStart(ofSlot: slot)
        counters.topics -= 1
        freeIfDone(slot)
        if wasReady { ready.cursorEnded(cursors) }
    }

    /// Has no cursor wait at its topic: nobody is there to take what comes. They are looked at again when somebody is. With
    /// very many, each of them is woken once more.
    mutating func stopWaiting() {
        guard cursors.slots.count <= Self.fewCursors else { return }
        for slot in cursors.slots {
            if let cursor = cursors[slot], cursor.isWaiting, !cursor.isDetached { lookAgain(slot) }
        }
    }

    /// Has a cursor that waits have a turn.
    mutating func lookAgain(_ slot: Int) {
        guard let cursor = cursors[slot] else { return }
        cursor.topic.locked { $0.holds.stopWaiting(cursor.seat) }
        cursors[slot]!.isWaiting = false
        cursors.mayLag(slot)
        ready.insert(stamp: 0, slot: slot, serial: cursor.serial)
    }

    /// How many cursors one step looks at.
    private static let fewCursors = 64

    /// Ends everything at a slot, including what is in flight: the client is gone.
    mutating func abandon(_ slot: Int, wakes: inout WakeList) {
        detach(slot, wakes: &wakes)
        guard cursors.slots.contains(slot), cursors[slot] != nil else { return }
        counters.inFlight -= cursors[slot]!.inFlight
        cursors[slot]!.inFlight = 0
        freeIfDone(slot)
    }

    /// Drops the subscriptions, and gives back their memory.
    mutating func abandonSubscriptions() {
        abandonGone()
        let patterns = subscriptions.patterns.count
        budget.charge(-patterns * SubscriptionSet.bytesPerPattern)
        budget.charge(-(subscriptions.count - patterns) * SubscriptionSet.bytesPerName)
        subscriptions = SubscriptionSet()
        work?.close()
        work = nil
    }

    /// Frees the slot of an ended cursor once it has no deliveries in flight.
    mutating func freeIfDone(_ slot: Int) {
        // A cursor is not taken out of the table: that would copy it.
        guard cursors[slot]?.isDetached == true, cursors[slot]?.inFlight == 0 else { return }
        cursors.remove(slot)
        budget.charge(-Self.bytesPerCursor)
    }

    /// Some of the names and patterns that the client subscribes to, in the order of the subscriptions.
    func subscribed(_ places: Range<Int>) -> [String] { subscriptionEntries(places).map(\.text) }

    /// Likewise, and what is asked for with each.
    func subscriptionEntries(_ places: Range<Int>) -> [(text: String, options: SubscribeOptions)] {
        subscriptions.entries(places) { topicID in
            cursors.slot(of: topicID).flatMap { cursors[$0]?.topic.name.string } ?? ""
        }
    }
}
