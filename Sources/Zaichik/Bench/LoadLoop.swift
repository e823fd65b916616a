import NIOCore

/// The connections of one event loop, and what they measure together. Belongs to its loop.
final class LoadLoop {
    /// The shortest time between two looks at the schedule, in ns: what is due in between goes out in one go.
    private static let tickInterval: UInt64 = 50_000

    let eventLoop: any EventLoop
    private let setup: LoadSetup
    let backlog: Backlog?
    /// Publishers that wait for it, who waits longest first.
    private var held: [LoadConnection] = []
    private(set) var connections: [LoadConnection] = []
    private var publishers: [LoadConnection] = []
    private var subscribers: [LoadConnection] = []
    private var slowSubscribers: [LoadConnection] = []

    private(set) var schedule: PublishSchedule?
    private var dueMessages: DueMessages?
    private var ticking: Scheduled<Void>?

    var deliveryLatency = LatencyRecorder()
    var confirmLatency = LatencyRecorder()
    /// Of slow subscribers; never told.
    var slowLatency = LatencyRecorder()
    /// When the last CONFIRM and the last delivery came, in ns.
    var lastConfirm: UInt64 = 0
    var lastDelivery: UInt64 = 0
    private var failure: String?
    private var refusal: String?

    init(_ eventLoop: any EventLoop, _ setup: LoadSetup, _ backlog: Backlog?) {
        self.eventLoop = eventLoop
        self.backlog = backlog
        self.setup = setup
    }

    /// In ns, by the monotonic clock that event loops go by.
    static func now() -> UInt64 { NIODeadline.now().uptimeNanoseconds }

    func add(_ connection: LoadConnection) {
        connections.append(connection)
        switch connection.role {
        case .publisher: publishers.append(connection)
        case .subscriber: subscribers.append(connection)
        case .slowSubscriber: slowSubscribers.append(connection)
        case .idle: break
        }
    }

    func tellFailure(_ text: String) { if failure == nil { failure = text } }

    func tellRefusal(_ text: String) { if refusal == nil { refusal = text } }

    /// Starts the schedule, if there is one, or starts it anew: what is overdue then is left out.
    func start(now: UInt64) {
        publishers.sort { $0.publisher?.index ?? 0 < $1.publisher?.index ?? 0 }
        guard setup.plan.rate > 0, !publishers.isEmpty else { return }
        let schedule = PublishSchedule(start: now, rate: setup.plan.rate, publishers: setup.plan.publishers)
        self.schedule = schedule
        for connection in publishers { connection.publisher?.restart() }
        dueMessages = DueMessages(schedule, publishers: publishers.compactMap { $0.publisher?.index })
    }

    /// Publishes from now on.
    ///
    /// - Parameter count: How many each publisher publishes; nothing: until ``stopPublishing()``.
    func publish(_ count: UInt64?, now: UInt64) {
        for connection in publishers { connection.publisher?.allow(count) }
        if dueMessages != nil { return tick() }
        for connection in publishers { connection.publish(now: now) }
    }

    /// Measures latencies of what is published from now on.
    func measure(from now: UInt64) {
        start(now: now)
        deliveryLatency.since = now
        confirmLatency.since = now
    }

    /// Has a publisher wait until less is to be delivered.
    func hold(_ connection: LoadConnection) {
        guard let backlog, !connection.isHeld else { return }
        connection.isHeld = true
        held.append(connection)
        guard held.count == 1 else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let resume: @Sendable () -> Void = { [eventLoop] in eventLoop.execute { bound.value.resumeHeld() } }
        backlog.wait(resume)
        if backlog.room > 0 { resume() }
    }

    private func resumeHeld() {
        let resumed = held
        held = []
        let now = Self.now()
        for connection in resumed {
            connection.isHeld = false
            connection.publish(now: now)
        }
    }

    func stopPublishing() {
        ticking?.cancel()
        ticking = nil
        dueMessages = nil
        for connection in publishers { connection.publisher?.allow(0) }
    }

    /// Has those publish whose messages are due.
    private func tick() {
        ticking?.cancel()
        guard var due = dueMessages, let schedule else { return }
        let now = Self.now()
        var touched: [LoadConnection] = []
        due.advance(to: now) { place in
            touched.append(publishers[place])
        }
        dueMessages = due
        for connection in touched {
            connection.publisher?.becomeDue(schedule, now: now)
            connection.publish(now: now)
        }
        // From the end of this look on: one that is late already would run before anything is read.
        let next = NIODeadline.uptimeNanoseconds(max(due.next, Self.now() + Self.tickInterval))
        ticking = eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.tick() }
    }

    func close() {
        stopPublishing()
        for connection in connections { connection.close() }
    }

    // MARK: What it knows

    var sample: LoadSample {
        var sample = LoadSample(
            time: Self.now(), lastConfirm: lastConfirm, lastDelivery: lastDelivery, failure: failure, refusal: refusal)
        for publisher in publishers.lazy.compactMap(\.publisher) {
            sample.sent += publisher.sent
            sample.confirmed += publisher.confirmed
            sample.isPublishing = sample.isPublishing || !publisher.isDone
            sample.refused += publisher.refused.reduce(0, +)
        }
        for subscriber in subscribers.lazy.compactMap(\.subscriber) {
            sample.delivered += subscriber.ledger.received
            sample.deliveredBytes += subscriber.payloadBytes
            sample.gaps += subscriber.ledger.gapMessages
        }
        return sample
    }

    /// Adds what this loop's publishers published.
    func add(to totals: inout PublishedTotals) {
        for publisher in publishers.lazy.compactMap(\.publisher) {
            totals.sent[publisher.index] = publisher.sent
            for (topic, refused) in zip(publisher.topics, publisher.refused) { totals.refused[topic] += refused }
        }
    }

    /// - Parameter isSettled: Whether everything had the time to arrive.
    func result(_ totals: PublishedTotals, isSettled: Bool) -> LoadResult {
        var result = LoadResult(deliveryLatency: deliveryLatency, confirmLatency: confirmLatency)
        for subscriber in subscribers.lazy.compactMap(\.subscriber) {
            result.outcome += subscriber.ledger.outcome(totals, countsTail: isSettled)
            if setup.spread.isShared { result.shares.append(subscriber.ledger.shares) }
        }
        for connection in slowSubscribers {
            guard let subscriber = connection.subscriber else { continue }
            // Its published totals are the same ones, read by other subscribers; the tail is its lag.
            result.slowOutcome += subscriber.ledger.outcome(totals, countsTail: false)
            result.slowIDs.append(connection.id)
            result.slowCommitted += subscriber.committed
        }
        return result
    }
}
