import ZaichikProtocol

/// The object that is notified when a reader may have something to send.
protocol ReaderOwner: AnyObject {
    func readerBecameReady()
    /// Describes the reader of a topic.
    ///
    /// - Returns: nil if its queue does not read the topic in the slot.
    func topicReader(at slot: Int, topicID: UInt32, now: UInt64) -> TopicReader?
}

/// The reading side of a client: its queue, and its work that takes more than one step. It lives in a seat of a loop,
/// knows no socket, and is addressed by a handle.
final class Reader {
    let handle: ReaderHandle
    var queue: ClientQueue
    /// The connection that has it; nil after that is gone.
    var owner: (any ReaderOwner)?
    private var undertaking: Undertaking?
    private var gauge = LagGauge()

    /// Work on a subscription by pattern, which concerns any number of topics and handles a few at a time.
    private enum Undertaking {
        case attaching(TopicSearch, CursorStart)
        case detaching(TopicPattern, nextSlot: Int)
        case abandoning(nextSlot: Int)
    }

    /// How many topics are attached or detached in a step: some 25 µs, when none of the memory is cached.
    static let topicsPerStep = 16
    /// How many cursors a step checks.
    private static let slotsPerStep = 64

    init(handle: ReaderHandle, budget: MemoryBudget, acceptStamp: UInt64) {
        self.handle = handle
        queue = ClientQueue(reader: handle, budget: budget, window: 0, acceptStamp: acceptStamp)
    }

    // MARK: In steps

    /// Whether steps are left to do.
    var isBusy: Bool { undertaking != nil }

    /// Subscribes to a pattern: ``step(now:wakes:)`` attaches the topics that exist.
    ///
    /// - Parameters:
    ///   - stamp: A stamp of now: "from now on" is the same moment for all topics.
    ///   - search: The topics that exist.
    func subscribe(from start: StartPosition, stamp: UInt64, search: TopicSearch) {
        let start: CursorStart = start == .new ? .after(stamp: stamp) : .position(start, queue.progress)
        undertaking = .attaching(search, start)
    }

    /// Ends reading the topics that a pattern matched, in steps.
    func unsubscribed(from pattern: TopicPattern) { undertaking = .detaching(pattern, nextSlot: 0) }

    /// Gives up a subscription by pattern that is being made: the topics attached so far are detached again, in steps.
    ///
    /// - Returns: The pattern; nil if no subscription is being made.
    func giveUp() -> TopicPattern? {
        guard case .attaching(let search, _) = undertaking else { return nil }
        _ = queue.remove(search.pattern)
        unsubscribed(from: search.pattern)
        return search.pattern
    }

    /// Ends everything, in steps: the client is gone.
    func abandon() {
        owner = nil
        queue.abandonSubscriptions()
        undertaking = .abandoning(nextSlot: 0)
    }

    /// Does the next step of the work under way.
    func step(now: UInt64, wakes: inout WakeList) {
        switch undertaking {
        case nil: break
        case .attaching(var search, let start):
            for topic in search.next(most: Self.topicsPerStep) { queue.attach(topic, from: start, now: now) }
            undertaking = search.isDone ? nil : .attaching(search, start)
        case .detaching(let pattern, let first):
            let end = forEachSlot(from: first, most: Self.slotsPerStep) {
                queue.detach($0, matching: pattern, wakes: &wakes)
            }
            undertaking = end.map { .detaching(pattern, nextSlot: $0) }
        case .abandoning(let first):
            let end = forEachSlot(from: first, most: Self.topicsPerStep) {
                queue.abandon($0, wakes: &wakes)
            }
            undertaking = end.map { .abandoning(nextSlot: $0) }
        }
    }

    /// - Returns: The slot to continue with; nil after the last one.
    private func forEachSlot(from first: Int, most: Int, _ body: (Int) -> Void) -> Int? {
        var slot = first
        while slot < first + most, slot < queue.cursors.slots.count {
            body(slot)
            slot += 1
        }
        return slot < queue.cursors.slots.count ? slot : nil
    }

    // MARK: Wakes

    func messageVisible(slot: UInt32, topicID: UInt32, stamp: UInt64) {
        queue.messageVisible(slot: slot, topicID: topicID, stamp: stamp)
        owner?.readerBecameReady()
    }

    /// Ends reading a topic that was deleted.
    func topicGone(slot: UInt32, topicID: UInt32, wakes: inout WakeList) {
        queue.topicGone(Int(slot), topicID: topicID, wakes: &wakes)
        owner?.readerBecameReady()
    }

    /// Reads a new topic that one of the patterns matches, from its first message.
    func topicCreated(_ topic: Topic, now: UInt64) {
        guard queue.subscriptions.matches(topic.name) else { return }
        queue.attach(topic, from: .firstMessage, now: now)
        owner?.readerBecameReady()
    }

    // MARK: Lag

    /// Takes a sample of the queue, once a second: its lag over all topics, and how many messages it has lost. A queue of
    /// many topics is measured in steps (``measureLag(now:)``): its sample is that of the last complete pass.
    func sample(now: UInt64) -> (lag: QueueLag, lost: UInt64) {
        guard !isMeasuredInSteps else { return (gauge.measured, gauge.lost) }
        var tally = QueueTally()
        queue.sample(queue.cursors.slots, into: &tally, now: now)
        queue.losses.secondPassed()
        return (tally.lag, queue.lost(tally.lag))
    }

    var isMeasuredInSteps: Bool { LagGauge.isStepwise(queue) }

    /// Does the next step of measuring the lag over many topics.
    ///
    /// - Returns: Whether the pass is not complete yet.
    func measureLag(now: UInt64) -> Bool { gauge.step(&queue, now: now) }
}
