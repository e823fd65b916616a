import ZaichikProtocol

/// How a client or a session does: its rates, and the verdict on its queue, judged once a second from samples. A value;
/// `now` is an argument.
///
/// This is what is known; ``Judge`` has the rules. The verdict is a word that people watch, so it does not change back and
/// forth from one second to the next.
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
        /// Whether its deliveries are paused by an operator.
        var isHeld = false
        /// Whether others share its queue, so that the lag is only what is in flight there.
        var isShare = false
        /// How often somebody has moved or emptied the queue, or changed its window.
        var moves: UInt32 = 0
        /// Of the last ping, in µs; 0 if it was not measured.
        var roundTrip: UInt64 = 0
        /// nil unless a message was delivered several times.
        var repeated: RepeatedMessage?
        /// How long the broker itself has stood still, in all, in µs.
        var stood: UInt64 = 0

        var isPaused: Bool { window == 0 || isHeld }
    }

    /// What a sample is compared with: the totals of the one before.
    private struct Totals {
        var published: UInt64 = 0
        var delivered: UInt64 = 0
        var committed: UInt64 = 0
        var unsentBytes: UInt64 = 0
        var subscriptions: UInt32 = 0
        var moves: UInt32 = 0
        var stood: UInt64 = 0
        var wasPaused = false
    }

    private(set) var state = ClientState.idle
    /// How many seconds it counts as blocked, or as publishing, after it was last seen so.
    private var blockedSeconds: UInt8 = 0
    private var publishingSeconds: UInt8 = 0
    /// Since when the state holds, in µs since 1970.
    private(set) var since: UInt64 = 0
    /// In the last second.
    private(set) var publishRate: UInt64 = 0
    private(set) var deliverRate: UInt64 = 0
    private(set) var commitRate: UInt64 = 0
    /// The time of the last commit in µs since 1970; 0 if there was none.
    private(set) var lastCommit: UInt64 = 0
    private(set) var losses = LossMeter()
    private var last = Totals()
    /// The time since which the oldest delivery is in flight without a commit, in µs since 1970; 0 if none is.
    private var waitingSince: UInt64 = 0
    /// How long a delivery was last in flight before it was committed, in µs.
    private var pace: UInt64 = 0
    /// nil while there is neither lag nor loss.
    private(set) var course: LagCourse?

    private static let blockedMemory: UInt8 = 3
    private static let publishingMemory: UInt8 = 10

    init() {}

    /// How a session does to which nobody is attached.
    init(lostPerSecond: UInt64) { losses = LossMeter(perSecond: lostPerSecond) }

    /// The state, if the lag is this now: a client that has caught up since it was judged keeps up, and one that has just
    /// subscribed is not idle.
    func state(with lag: QueueLag, isSubscribed: Bool) -> ClientState {
        switch state {
        case .draining, .fallingBehind, .commitsStopped, .notReading, .windowTooSmall:
            lag.messages == 0 ? .keepingUp : state
        case .idle, .publishing: isSubscribed ? .keepingUp : state
        case .keepingUp, .paused, .blocked, .losing, .absent, .poisoned: state
        }
    }

    /// Whether it neither published, got nor committed anything in the last second.
    var isQuiet: Bool { publishRate == 0 && deliverRate == 0 && commitRate == 0 }
    /// Whether the round trip to the client is to be measured.
    var wantsPing: Bool { course?.window.wantsPing == true }

    mutating func commitReceived(now: UInt64) {
        lastCommit = now
        guard waitingSince > 0 else { return }
        pace = now > waitingSince ? now - waitingSince : 0
        waitingSince = 0
    }

    mutating func secondPassed(_ sample: Sample, now: UInt64) {
        publishRate = sample.published - last.published
        deliverRate = sample.delivered - last.delivered
        commitRate = sample.committed - last.committed
        if sample.lag.inFlight == 0 { waitingSince = 0 } else if waitingSince == 0 { waitingSince = max(now, 1) }
        blockedSeconds = sample.isBlocked ? Self.blockedMemory : blockedSeconds > 0 ? blockedSeconds - 1 : 0
        publishingSeconds =
            publishRate > 0 ? Self.publishingMemory : publishingSeconds > 0 ? publishingSeconds - 1 : 0
        // What a new subscription finds in its topics says nothing about how fast the client is, nor does what somebody has
        // moved or emptied, nor what came during a pause.
        if UInt32(clamping: sample.subscriptions) > last.subscriptions || sample.moves != last.moves
            || last.wasPaused && !sample.isPaused
        {
            course = nil
        }
        if sample.stood != last.stood {
            wentOn(after: sample.stood - last.stood, now: now)
        } else {
            judge(sample, now: now)
        }
        last = Totals(
            published: sample.published, delivered: sample.delivered, committed: sample.committed,
            unsentBytes: sample.unsentBytes, subscriptions: UInt32(clamping: sample.subscriptions),
            moves: sample.moves, stood: sample.stood, wasPaused: sample.isPaused)
    }

    private mutating func judge(_ sample: Sample, now: UInt64) {
        let lostBefore = losses.total
        losses.sample(sample.lost)
        note(sample, now: now)
        let judged = judgement(sample, now: now).state
        guard judged != state else { return }
        state = judged
        since = judged == .commitsStopped ? waitingSince : now
        if judged == .losing { course?.lostBefore = lostBefore }
    }

    /// The broker itself stood still, and what clients have done meanwhile is still to be read: nobody is judged by that, and
    /// they have so much more time.
    private mutating func wentOn(after pause: UInt64, now: UInt64) {
        course = nil
        if waitingSince > 0 { waitingSince = min(waitingSince + pause, now) }
        if lastCommit > 0 { lastCommit = min(lastCommit + pause, now) }
    }

    /// Notes a sample in the course, which begins with the first lag or loss.
    private mutating func note(_ sample: Sample, now: UInt64) {
        if course == nil, sample.lag.messages > 0 || losses.perSecond > 0 { course = LagCourse() }
        course?.secondPassed(
            sample, delivered: deliverRate, committed: commitRate, lost: losses.perSecond, now: now)
        if course?.isOver == true { course = nil }
    }

    private func judgement(_ sample: Sample, now: UInt64) -> Judge {
        Judge(
            sample: sample, course: course, isLosing: losses.perSecond > 0, isBlocked: blockedSeconds > 0,
            isPublishing: publishingSeconds > 0,
            isStuck: !sample.isWritable && deliverRate == 0 && sample.unsentBytes >= last.unsentBytes,
            commits: CommitPace(lastCommit: lastCommit, waitingSince: waitingSince, pace: pace), now: now)
    }
}
