import ZaichikProtocol

/// A connection as its reader knows it: the owner of an attachment.
protocol ReaderOwner: AnyObject {
    /// Its side of the queue.
    var attachment: Attachment { get set }
    /// Whether it could send deliveries now, if its window has room for them.
    var takesDeliveries: Bool { get }
    /// There may be something for it to send.
    func readerBecameReady()
    /// Another owner is told that a topic was deleted, and what was lost with it.
    func topicEnded(_ topic: Topic)
    /// Describes the reader of a topic.
    ///
    /// - Returns: nil if its queue does not read the topic in the slot.
    func topicReader(at slot: Int, topicID: UInt32, now: UInt64) -> TopicReader?
}

/// What has a reader whether or not connections do: a session.
protocol ReaderKeeper: AnyObject {
    /// Whether it stands for its reader among the clients, in place of a connection.
    var isListedAsClient: Bool { get }
    /// As ``ReaderOwner/topicReader(at:topicID:now:)``.
    func topicReader(at slot: Int, topicID: UInt32, now: UInt64) -> TopicReader?
}

/// The reading side of a client: its queue, and its work that takes more than one step. It lives in a seat of a loop,
/// knows no socket, and is addressed by a handle.
///
/// A reader without a session has one owner from its beginning to its end. That of a session has none, one or several.
final class Reader {
    let handle: ReaderHandle
    var queue: ClientQueue
    /// The first connection that has it; nil if none has.
    var owner: (any ReaderOwner)?
    /// The others, in the order in which they came.
    var otherOwners: [any ReaderOwner] = []
    /// nil if it belongs to its connection.
    var keeper: (any ReaderKeeper)?
    /// Whose turn it is among several owners.
    var nextOwner = 0
    /// The first owner that could not take the next message, as it is too long for the bytes that it may have in flight; nil
    /// if the last one that was asked could. Others are asked after it.
    var firstInVain: ObjectIdentifier?
    /// When the loop looks at it because of the time, in µs since 1970; `.max` if it does not.
    var alarm = UInt64.max
    /// nil if it delivers what it has.
    private(set) var pause: OperatorPause?
    /// Whether an operator has paused its deliveries.
    private(set) var isPaused = false
    /// Whether it was given up.
    private(set) var isAbandoned = false
    /// The work under way, and what is to follow it.
    private var undertakings: [Undertaking] = []
    /// What the last look at the lag has found to be its largest part; nil if there was no lag.
    private var worst: (slot: Int, messages: UInt64)?
    /// nil until the queue is measured in steps.
    private var gauge: LagGauge?

    /// Work on a subscription by pattern, which concerns any number of topics and handles a few at a time. Work within a
    /// topic is the queue's: see ``ClientQueue/judgeKeys()``.
    private enum Undertaking {
        case attaching(TopicSearch, CursorStart)
        case detaching(TopicPattern, nextSlot: Int)
        case abandoning(nextSlot: Int)
        case seeking(TopicPattern, StartPosition, SeekTally, nextSlot: Int)
        /// Parked messages that are lost are forgotten.
        case sweeping
        /// An operator takes messages out of the queue.
        case cutting(QueueCut)
    }

    /// How many topics are attached or detached in a step: some 25 µs, when none of the memory is cached.
    static let topicsPerStep = 16
    /// How many cursors a step checks.
    private static let slotsPerStep = 64

    init(_ queue: ClientQueue) {
        handle = queue.reader
        self.queue = queue
    }

    convenience init(handle: ReaderHandle, budget: MemoryBudget, acceptStamp: UInt64) {
        self.init(ClientQueue(reader: handle, budget: budget, acceptStamp: acceptStamp))
    }

    // MARK: In steps

    /// Whether steps are left to do.
    var isBusy: Bool { !undertakings.isEmpty || queue.isJudging || queue.isSettling }

    /// Subscribes to a pattern: ``step(now:wakes:)`` attaches the topics that exist.
    ///
    /// - Parameters:
    ///   - stamp: A stamp of now: "from now on" is the same moment for all topics.
    ///   - search: The topics that exist.
    func subscribe(from start: StartPosition, stamp: UInt64, search: TopicSearch) {
        let start: CursorStart =
            switch start {
            case .new: .after(stamp: stamp)
            case .last(let count): .last(count, before: stamp)
            default: .position(start, queue.progress)
            }
        undertakings.append(.attaching(search, start))
    }

    /// Ends reading the topics that a pattern matched, in steps.
    func unsubscribed(from pattern: TopicPattern) { undertakings.append(.detaching(pattern, nextSlot: 0)) }

    /// Gives up a subscription by pattern that is being made: the topics attached so far are detached again, in steps.
    ///
    /// - Returns: The pattern; nil if no subscription by pattern is being made.
    func giveUp() -> TopicPattern? {
        guard case .attaching(let search, _) = undertakings.first else { return nil }
        undertakings.removeFirst()
        _ = queue.remove(search.pattern)
        unsubscribed(from: search.pattern)
        return search.pattern
    }

    /// Ends everything, in steps: the client or the session is gone.
    func abandon() {
        isAbandoned = true
        for owner in owners { _ = owner.attachment.settleAll() }
        owner = nil
        otherOwners = []
        queue.abandonSubscriptions()
        undertakings = [.abandoning(nextSlot: 0)]
    }

    /// Does the next step of the work under way.
    func step(now: UInt64, wakes: inout WakeList) {
        if queue.isSettling { return queue.settleMore(now: now) }
        guard let undertaking = undertakings.first else { return queue.judgeKeys() }
        if case .attaching = undertaking, queue.isJudging { return queue.judgeKeys() }
        if let rest = step(undertaking, now: now, wakes: &wakes) {
            undertakings[0] = rest
        } else {
            undertakings.removeFirst()
        }
    }

    /// - Returns: What is left of the work; nil if it is done.
    private func step(_ undertaking: Undertaking, now: UInt64, wakes: inout WakeList) -> Undertaking? {
        switch undertaking {
        case .attaching(var search, let start):
            let options = queue.subscriptions.options(of: search.pattern)
            for topic in search.next(most: Self.topicsPerStep) { queue.attach(topic, from: start, options, now: now) }
            return search.isDone && !queue.isJudging ? nil : .attaching(search, start)
        case .detaching(let pattern, let first):
            let end = forEachSlot(from: first, most: Self.slotsPerStep) {
                queue.detach($0, matching: pattern, wakes: &wakes)
            }
            return end.map { .detaching(pattern, nextSlot: $0) }
        case .abandoning(let first):
            let end = forEachSlot(from: first, most: Self.topicsPerStep) {
                queue.abandon($0, wakes: &wakes)
            }
            return end.map { .abandoning(nextSlot: $0) }
        case .seeking(let pattern, let start, let tally, let first):
            if let owner { queue.beginHoles(owner.attachment) }
            let end = forEachSlot(from: first, most: Self.topicsPerStep) { slot in
                if queue.seek(slot, matching: pattern, to: start, now: now) { tally.topics += 1 }
            }
            if end == nil { queue.seekEnded() }
            return end.map { .seeking(pattern, start, tally, nextSlot: $0) }
        case .sweeping:
            guard let work = queue.work else { return nil }
            queue.forgetLostParked(work, now: now)
            return work.parked.hasGone ? .sweeping : nil
        case .cutting(let cut):
            if cut.makesHoles, let owner { queue.beginHoles(owner.attachment) }
            return cut.step(&queue, now: now, wakes: &wakes) ? .cutting(cut) : nil
        }
    }

    /// Counts the topics in which a queue was moved.
    final class SeekTally { fileprivate(set) var topics: UInt32 = 0 }

    /// Moves the queue in the topics that a pattern matches, in steps.
    ///
    /// - Returns: How many topics these are, when the steps are done.
    func seek(_ pattern: TopicPattern, to start: StartPosition) -> SeekTally {
        let tally = SeekTally()
        undertakings.append(.seeking(pattern, start, tally, nextSlot: 0))
        return tally
    }

    /// Takes messages out of the queue, in steps.
    func cut(_ cut: QueueCut) { undertakings.append(.cutting(cut)) }

    /// Has the queue deliver nothing, or deliver again.
    func setPause(_ pause: OperatorPause?) {
        self.pause = pause
        isPaused = pause != nil
        guard !isPaused else { return }
        for owner in owners { owner.readerBecameReady() }
    }

    /// Forgets parked messages that are lost, in steps.
    func sweepParked() {
        guard let work = queue.work, work.parked.count > 0 else { return }
        work.parked.someMayBeGone()
        undertakings.append(.sweeping)
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
        wakeOwner()
    }

    /// Ends reading a topic that was deleted.
    func topicGone(slot: UInt32, topicID: UInt32, wakes: inout WakeList) {
        queue.topicGone(Int(slot), topicID: topicID, wakes: &wakes)
        wakeOwner()
    }

    /// Reads a new topic that one of the patterns matches, from its first message.
    func topicCreated(_ topic: Topic, now: UInt64) {
        queue.topicCreated(topic, now: now)
        wakeOwner()
    }

    /// Describes the reader of a topic: its session, or its connection.
    func topicReader(at slot: Int, topicID: UInt32, now: UInt64) -> TopicReader? {
        if let keeper, keeper.isListedAsClient {
            return keeper.topicReader(at: slot, topicID: topicID, now: now)
        }
        return owner?.topicReader(at: slot, topicID: topicID, now: now)
    }

    // MARK: Lag

    /// Takes a sample of the queue, once a second: its lag over all topics, and how many messages it has lost. A queue of
    /// many topics is measured in steps (``measureLag(now:)``): its sample is that of the last complete pass.
    func sample(now: UInt64) -> (lag: QueueLag, lost: UInt64) {
        guard !isMeasuredInSteps else { return gauge.map { ($0.measured, $0.lost) } ?? (QueueLag(), 0) }
        let wasReady = queue.hasReady
        defer { wakeIfReady(since: wasReady) }
        var tally = QueueTally()
        queue.sample(queue.cursors.slots, into: &tally, now: now, first: firstInFlight)
        queue.losses.secondPassed()
        noteHolding(tally, now: now)
        worst = tally.worst
        return (tally.lag, queue.lost(tally.lag))
    }

    var isMeasuredInSteps: Bool { LagGauge.isStepwise(queue) }

    /// Does the next step of measuring the lag over many topics.
    ///
    /// - Returns: Whether the pass is not complete yet.
    func measureLag(now: UInt64) -> Bool {
        let wasReady = queue.hasReady
        defer { wakeIfReady(since: wasReady) }
        let gauge = gauge ?? LagGauge()
        self.gauge = gauge
        let hasMore = gauge.step(&queue, now: now, first: firstInFlight)
        noteHolding(gauge.tally, now: now)
        return hasMore
    }

    /// Tells a full topic who holds it back, while publishers wait.
    private func noteHolding(_ tally: QueueTally, now: UInt64) {
        guard let slot = tally.holding, let topic = queue.topic(at: slot),
            let row = topicReader(at: slot, topicID: topic.id, now: now)
        else { return }
        topic.note(HoldingQueue(id: row.id, name: row.name, noted: now))
    }

    /// Has an owner tell what the look at the lag has found to be lost.
    private func wakeIfReady(since wasReady: Bool) {
        if !wasReady, queue.hasReady { wakeOwner() }
    }

    /// The lag, or that of the last complete look at a queue of many topics.
    func lastLag(now: UInt64) -> QueueLag { isMeasuredInSteps ? gauge?.measured ?? QueueLag() : lag(now: now) }

    /// What the last look at the lag has found.
    ///
    /// - Parameter lag: The lag of that look.
    func lastTally(_ lag: QueueLag) -> QueueTally {
        QueueTally(lag: lag, worst: isMeasuredInSteps ? gauge?.worst : worst)
    }

    private func firstInFlight(ofSlot slot: Int) -> UInt64? {
        guard !otherOwners.isEmpty else { return owner?.attachment.inFlight.first(ofSlot: slot)?.timestamp }
        return owners.compactMap { $0.attachment.inFlight.first(ofSlot: slot)?.timestamp }.min()
    }

    /// The lag over all topics, which takes one subtraction for each topic in which the client lags.
    func lag(now: UInt64) -> QueueLag { tally(now: now).lag }
    func tally(now: UInt64) -> QueueTally { queue.tally(now: now, first: firstInFlight) }

    func tally(_ slots: Range<Int>, into tally: inout QueueTally, now: UInt64) {
        queue.tally(slots, into: &tally, now: now, first: firstInFlight)
    }

    func topicRow(at slot: Int, now: UInt64) -> ClientTopicStatistics? {
        queue.topicRow(at: slot, now: now, first: firstInFlight)
    }

    /// The rows of the queue's topics.
    func topics(now: UInt64) -> [ClientTopicStatistics] {
        queue.topics(now: now, first: firstInFlight)
    }
}
