import ZaichikProtocol

/// A topic's figures at rest, held against what was published and what queues still need.
struct TopicCheck {
    private let world: ModelWorld
    private let index: Int
    private let topic: TopicModel
    private let connections: [ConnectionModel]
    private let row: TopicStatistics

    init(_ world: ModelWorld, _ index: Int, _ connections: [ConnectionModel], _ row: TopicStatistics) {
        self.world = world
        self.index = index
        topic = world.topics[index]
        self.connections = connections
        self.row = row
    }

    func check() throws {
        try checkPublished()
        try checkKept()
        try checkHeld()
        try checkBlocked()
        try checkRefused()
        try checkDropped()
        let readers = connections.filter { $0.readings[index] != nil }
        if topic.head > 0 {
            try expect(.subscribers, readers.count { $0.isOpen }...readers.count + world.lingering + world.classics)
        }
    }

    private func fail(_ rule: String, _ detail: String) throws {
        try ModelFailure(rule: rule, detail: "\(topic.name): \(detail)").raise()
    }

    private func expect(_ figure: TopicFigure, _ value: some BinaryInteger) throws {
        try expect(figure, value...value)
    }

    private func expect<T: BinaryInteger>(_ figure: TopicFigure, _ values: ClosedRange<T>) throws {
        guard !values.contains(T(row[figure])) else { return }
        let text = "\(values.lowerBound)" + (values.lowerBound == values.upperBound ? "" : " to \(values.upperBound)")
        try fail("figures of a topic are right", "\(figure.name) is \(row[figure]), not \(text), head \(topic.head)")
    }

    private func checkPublished() throws {
        let accepted = world.accepted(in: index)
        guard accepted.contains(topic.head) else {
            return try fail(
                "what is confirmed and not rejected is in the topic", "\(accepted) of them, head \(topic.head)")
        }
        try expect(.publishedMessages, topic.head)
        try expect(.publishedBytes, topic.head * topic.frameSize)
        try expect(.purgedMessages, topic.acts.purgedMessages)
        guard !topic.acts.wasPausedThroughout || topic.head == topic.before.head else {
            return try fail("a paused topic takes no publishes", "head \(topic.head), not \(topic.before.head)")
        }
        try expect(.rejectedMessages, topic.rejected...topic.rejected + topic.unknown)
        if topic.settings.deduplicationScope == .topic {
            try expect(.duplicateMessages, topic.duplicates...topic.duplicates + topic.unknown)
        }
        try expect(.lastPublishAge, topic.head == 0 ? 0 : topic.now - topic.time(of: topic.head))
    }

    /// The first message that some queue is not done with, and of these the first that counts against the limit: the
    /// least and the most they can be.
    private var firstHeld: (all: ClosedRange<UInt64>, counted: ClosedRange<UInt64>) {
        let past = topic.head + 1
        // A classic client may hold anything.
        var all = (world.classics > 0 ? 1 : past)...past
        var counted = all
        for connection in connections where connection.isOpen {
            let uncommitted = connection.deliveries.enumerated()
                .filter { $0.offset >= connection.committed && $0.element.topic == index }
            // What is in flight from a subscription that has ended may hold, or may not.
            let oldest = uncommitted.first?.element.sequence ?? past
            all = min(all.lowerBound, oldest)...all.upperBound
            counted = min(counted.lowerBound, oldest)...counted.upperBound
            guard let reading = connection.readings[index] else { continue }
            let own = uncommitted.first { $0.offset >= reading.start.delivered }?.element.sequence
            let (needed, itsCounted) = held(by: reading, inFlight: own ?? past)
            all = min(all.lowerBound, needed.lowerBound)...min(all.upperBound, needed.upperBound)
            counted = min(counted.lowerBound, itsCounted.lowerBound)...min(counted.upperBound, itsCounted.upperBound)
        }
        // What is purged is held by nobody.
        return (max(all, topic.acts.purgedBelow), max(counted, topic.acts.purgedBelow))
    }

    /// What a reading holds. Messages from before it began do not count against the limit, for a newcomer would take the
    /// room of those that were there.
    private func held(
        by reading: ReadingModel, inFlight: UInt64
    ) -> (needed: ClosedRange<UInt64>, counted: ClosedRange<UInt64>) {
        let past = topic.head + 1
        // What was gone before it began cannot be held.
        let next = max(reading.next, reading.start.earliest)
        var needed = min(inFlight, next.lowerBound, past)...min(inFlight, next.upperBound, past)
        let heads = reading.start.heads
        var counted = max(needed, min(heads.lowerBound + 1, past)...min(heads.upperBound + 1, past))
        guard topic.mayDrop else { return (needed, counted) }
        // What is past the limit is taken, to a frame or two.
        let fitting = topic.settings.limit / topic.frameSize
        let least = min(topic.head > fitting + 1 ? topic.head - fitting - 1 : 1, past)
        let most = min(least + 4, past)
        let isTaken = counted.upperBound < least
        let mayBeTaken = counted.lowerBound < most
        needed = max(needed, (isTaken ? least : 1)...(mayBeTaken ? most : 1))
        counted = max(counted, least...max(least, mayBeTaken ? most : 1))
        return (needed, counted)
    }

    private func max(_ left: ClosedRange<UInt64>, _ right: ClosedRange<UInt64>) -> ClosedRange<UInt64> {
        Swift.max(left.lowerBound, right.lowerBound)...Swift.max(left.upperBound, right.upperBound)
    }

    private func max(_ left: UInt64, _ right: UInt64) -> UInt64 { Swift.max(left, right) }

    private func checkKept() throws {
        let held = firstHeld.all
        let history = topic.firstOfHistory
        let first = max(
            max(topic.firstAlive, min(history, held.lowerBound))...max(topic.firstAlive, history),
            topic.acts.purgedBelow)
        try expect(.earliestSequence, first)
        try expect(.retainedMessages, topic.head + 1 - min(topic.earliest, topic.head + 1))
        try expect(.retainedBytes, topic.bytes(from: topic.earliest))
    }

    private func checkHeld() throws {
        let held = firstHeld
        let slack = 2 * topic.frameSize
        let least = topic.bytes(from: max(held.all.upperBound, topic.firstAlive))
        let most = topic.bytes(from: held.all.lowerBound)
        try expect(.heldBytes, (least > slack ? least - slack : 0)...most + slack)
        let counted = topic.bytes(from: max(held.counted.upperBound, topic.firstAlive))
        guard topic.mayDrop || counted <= topic.settings.limit + slack else {
            return try fail("a limit holds to a frame or two", "\(counted) held, limit \(topic.settings.limit)")
        }
    }

    /// A publisher waits only while there is no room for it.
    private func checkBlocked() throws {
        let waiting = connections.filter { $0.inbox.blockedBy == topic.id }
        let held = topic.bytes(from: firstHeld.counted.lowerBound)
        // A pause of the topic has publishes wait, too.
        guard let first = waiting.first, !topic.acts.wasPaused, held + 2 * topic.frameSize < topic.settings.limit else {
            return
        }
        try fail(
            "a publish waits only while the topic is full",
            "one of connection \(first.number) waits, \(held) bytes are held, limit \(topic.settings.limit)")
    }

    /// A publish is refused only while the topic is full.
    private func checkRefused() throws {
        let held = min(firstHeld.counted.lowerBound, topic.heldBefore, topic.before.head + 1)
        guard topic.refusedInRound > 0, topic.bytes(from: held) + 2 * topic.frameSize < topic.settings.limit else {
            return
        }
        try fail(
            "a publish is refused only while the topic is full",
            "\(topic.refusedInRound) were, \(topic.bytes(from: held)) bytes are held, limit \(topic.settings.limit)")
    }

    /// The first message that counts against the limit, at the least.
    var leastHeld: UInt64 { firstHeld.counted.lowerBound }

    private func checkDropped() throws {
        let known = UInt64(topic.droppedFromQueues.count)
        guard topic.mayDrop, row[.droppedMessages] > 0 || known > 0 else {
            return try expect(.droppedMessages, 0)
        }
        try expect(.droppedMessages, known...topic.head)
        guard topic.head * topic.frameSize > topic.settings.limit else {
            return try fail(
                "a limit takes no more than it must", "\(row[.droppedMessages]) dropped, head \(topic.head)")
        }
    }
}
