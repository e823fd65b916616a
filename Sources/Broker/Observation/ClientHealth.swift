import ZaichikProtocol

/// The state of a client, judged once a second from samples. A value; `now` is an argument.
///
/// The state is a word that people watch, so it does not change back and forth from one second to the next.
struct ClientHealth {
    /// The figures that are sampled once a second.
    struct Sample {
        var lag: QueueLag
        var window: UInt32
        /// The number of names and patterns.
        var subscriptions: Int
        var published: UInt64
        var delivered: UInt64
        var committed: UInt64
        /// Messages that its queue lost, without those that were gone when it subscribed.
        var lost: UInt64
        /// Bytes that its socket has not taken.
        var unsentBytes: UInt64
        /// Whether its publishes wait for room.
        var isBlocked: Bool
        /// Whether its socket takes more bytes.
        var isWritable: Bool
    }

    /// What a sample is compared with: the totals of the one before.
    private struct Totals {
        var published: UInt64 = 0
        var delivered: UInt64 = 0
        var committed: UInt64 = 0
        var unsentBytes: UInt64 = 0
        var subscriptions = 0
    }

    private(set) var state = ClientState.idle
    /// In the last second.
    private(set) var publishRate: UInt64 = 0
    private(set) var deliverRate: UInt64 = 0
    private(set) var commitRate: UInt64 = 0
    /// The time of the last commit in µs since 1970; 0 if there was none.
    private(set) var lastCommit: UInt64 = 0
    private(set) var losses = LossMeter()
    private var last = Totals()
    private var trend = LagTrend()
    private var pending = RecentValues()
    private var deliverRates = RecentValues()
    /// The time since which the oldest delivery is in flight without a commit, in µs since 1970.
    private var waitingSince: UInt64?
    /// How long a delivery was last in flight before it was committed, in µs.
    private var pace: UInt64 = 0
    /// The numbers of seconds for which it still counts as blocked, or as publishing.
    private var blockedSeconds = 0
    private var publishingSeconds = 0

    /// How long deliveries are in flight without a commit before commits count as stopped, in µs; longer for a client
    /// that takes so long each time (``longestPatience``).
    static let commitPatience: UInt64 = 3_000_000
    static let longestPatience: UInt64 = 60_000_000
    /// How long the oldest message may wait for its commit while the client keeps up, in µs; longer for one that commits so
    /// seldom.
    private static let longWait: UInt64 = 5_000_000
    /// How many seconds a client counts as blocked, or as publishing, after it was last seen so.
    private static let blockedMemory = 3
    private static let publishingMemory = 10

    /// The state, if the lag is this now: a client that has caught up since it was judged keeps up, and one that has just
    /// subscribed is not idle.
    func state(with lag: QueueLag, isSubscribed: Bool) -> ClientState {
        switch state {
        case .draining, .fallingBehind, .commitsStopped, .notReading: lag.messages == 0 ? .keepingUp : state
        case .idle, .publishing: isSubscribed ? .keepingUp : state
        case .keepingUp, .paused, .blocked, .losing, .absent: state
        }
    }

    /// Whether it neither published, got nor committed anything in the last second.
    var isQuiet: Bool { publishRate == 0 && deliverRate == 0 && commitRate == 0 }

    mutating func commitReceived(now: UInt64) {
        lastCommit = now
        guard let waitingSince else { return }
        pace = now > waitingSince ? now - waitingSince : 0
        self.waitingSince = nil
    }

    mutating func secondPassed(_ sample: Sample, now: UInt64) {
        publishRate = sample.published - last.published
        deliverRate = sample.delivered - last.delivered
        commitRate = sample.committed - last.committed
        if sample.lag.inFlight == 0 { waitingSince = nil } else if waitingSince == nil { waitingSince = now }
        blockedSeconds = sample.isBlocked ? Self.blockedMemory : max(blockedSeconds - 1, 0)
        publishingSeconds = publishRate > 0 ? Self.publishingMemory : max(publishingSeconds - 1, 0)
        if sample.subscriptions > last.subscriptions { beginTrend() }
        trend.add(sample.lag.messages, noise: max(commitRate, deliverRate) / 4)
        pending.add(sample.lag.pending)
        deliverRates.add(deliverRate)
        losses.sample(sample.lost)
        state = judge(sample, now: now)
        last = Totals(
            published: sample.published, delivered: sample.delivered, committed: sample.committed,
            unsentBytes: sample.unsentBytes, subscriptions: sample.subscriptions)
    }

    /// What a new subscription finds in its topics says nothing about how fast the client is.
    private mutating func beginTrend() {
        trend = LagTrend()
        pending = RecentValues()
        deliverRates = RecentValues()
    }

    private func judge(_ sample: Sample, now: UInt64) -> ClientState {
        if losses.perSecond > 0 { return .losing }
        if blockedSeconds > 0 { return .blocked }
        guard sample.subscriptions > 0 || sample.lag.messages > 0 else {
            return publishingSeconds > 0 ? .publishing : .idle
        }
        if sample.window == 0 { return .paused }
        guard sample.lag.messages > 0 else { return .keepingUp }
        if isStuck(sample) { return .notReading }
        if let waitingSince, now >= waitingSince + patience { return .commitsStopped }
        if isUnderWay(sample, now: now) { return .keepingUp }
        switch trend.direction {
        case nil: return .keepingUp
        case .shrinking: return hasCommitted(lately: now) ? .draining : .fallingBehind
        case .growing: return .fallingBehind
        }
    }

    /// Whether its socket took nothing for a second.
    private func isStuck(_ sample: Sample) -> Bool {
        !sample.isWritable && deliverRate == 0 && sample.unsentBytes >= last.unsentBytes
    }

    /// Whether the lag is of messages that have come lately: they fit into the window, or came within a second, and none
    /// has waited for long.
    private func isUnderWay(_ sample: Sample, now: UInt64) -> Bool {
        if let oldest = sample.lag.oldest, now > oldest + max(Self.longWait, patience) { return false }
        return pending.lowest <= max(deliverRates.highest, UInt64(min(sample.window, 1)))
    }

    private var patience: UInt64 { min(max(Self.commitPatience, 2 * pace), Self.longestPatience) }

    private func hasCommitted(lately now: UInt64) -> Bool {
        lastCommit > 0 && now <= lastCommit + max(UInt64(LagTrend.patience) * 1_000_000, patience)
    }
}
