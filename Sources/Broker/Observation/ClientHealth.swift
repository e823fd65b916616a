import ZaichikProtocol

/// The state of a client, judged once a second from two samples. A value; `now` is an argument.
struct ClientHealth {
    /// The figures that are sampled once a second.
    struct Sample {
        var lag: QueueLag
        var window: UInt32
        var isSubscribed: Bool
        var published: UInt64
        var delivered: UInt64
        var committed: UInt64
        /// Whether its publishes wait for room.
        var isBlocked: Bool
        /// Whether its socket takes more bytes.
        var isWritable: Bool
    }

    private(set) var state = ClientState.idle
    /// In the last second.
    private(set) var publishRate: UInt64 = 0
    private(set) var deliverRate: UInt64 = 0
    private(set) var commitRate: UInt64 = 0
    /// The time of the last commit in µs since 1970; 0 if there was none.
    private(set) var lastCommit: UInt64 = 0
    private var published: UInt64 = 0
    private var delivered: UInt64 = 0
    private var committed: UInt64 = 0
    /// Of the last seconds, the oldest first.
    private var lags: [UInt64] = []
    /// The time since which the oldest delivery is in flight without a commit, in µs since 1970.
    private var waitingSince: UInt64?

    /// How long deliveries are in flight without a commit before commits count as stopped, in µs.
    static let commitPatience: UInt64 = 3_000_000
    /// The number of seconds over which the lag is compared, as publishers are not steady from one second to the next.
    static let trendSeconds = 3

    /// The state, if the lag is this now: a client that has caught up since it was judged keeps up.
    func state(with lag: QueueLag) -> ClientState {
        switch state {
        case .draining, .fallingBehind, .commitsStopped, .notReading: lag.messages == 0 ? .keepingUp : state
        case .idle, .publishing, .keepingUp, .paused, .blocked: state
        }
    }

    mutating func commitReceived(now: UInt64) {
        lastCommit = now
        waitingSince = nil
    }

    mutating func secondPassed(_ sample: Sample, now: UInt64) {
        publishRate = sample.published - published
        deliverRate = sample.delivered - delivered
        commitRate = sample.committed - committed
        if sample.lag.inFlight == 0 { waitingSince = nil } else if waitingSince == nil { waitingSince = now }
        state = judge(sample, now: now)
        published = sample.published
        delivered = sample.delivered
        committed = sample.committed
        if lags.count == Self.trendSeconds { lags.removeFirst() }
        lags.append(sample.lag.messages)
    }

    private func judge(_ sample: Sample, now: UInt64) -> ClientState {
        if sample.isBlocked { return .blocked }
        guard sample.isSubscribed || sample.lag.messages > 0 else { return publishRate > 0 ? .publishing : .idle }
        if sample.window == 0 { return .paused }
        guard sample.lag.messages > 0 else { return .keepingUp }
        if !sample.isWritable { return .notReading }
        if let waitingSince, now >= waitingSince + Self.commitPatience { return .commitsStopped }
        // Messages that fit into the window, or came within this second, count as under way.
        if sample.lag.pending <= max(deliverRate, UInt64(min(sample.window, 1))) { return .keepingUp }
        return sample.lag.messages < lags.first ?? 0 ? .draining : .fallingBehind
    }
}
