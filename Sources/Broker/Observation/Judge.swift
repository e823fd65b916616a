import ZaichikProtocol

/// The verdict on a queue, from what was seen of it: the only place where it is found. Pure; the rules stand in the order of
/// their urgency.
///
/// It rather waits than cries wolf: nothing is said against a client that has just begun, that gathers large batches before
/// it commits, or whose publishers come in bursts.
struct Judge {
    let sample: ClientHealth.Sample
    /// nil while there is neither lag nor loss.
    let course: LagCourse?
    let isLosing: Bool
    /// Whether its publishes waited for room lately.
    let isBlocked: Bool
    /// Whether it has published lately.
    let isPublishing: Bool
    /// Whether its socket took nothing for a second.
    let isStuck: Bool
    let commits: CommitPace
    let now: UInt64

    var state: ClientState {
        if isLosing { return .losing }
        if isBlocked { return .blocked }
        guard sample.subscriptions > 0 || sample.lag.messages > 0 else { return isPublishing ? .publishing : .idle }
        if sample.isPaused { return .paused }
        guard let course else { return .keepingUp }
        if course.repeated != nil { return .poisoned }
        guard sample.lag.messages > 0 else { return .keepingUp }
        if isStuck { return .notReading }
        if commits.hasStopped(isFull: isFull, now: now) { return .commitsStopped }
        if sample.isShare || course.wasEmptyLately || isUnderWay(course) { return .keepingUp }
        return lagging(course)
    }

    /// The verdict on a queue that is behind.
    private func lagging(_ course: LagCourse) -> ClientState {
        switch course.trend.direction {
        case nil: .keepingUp
        case .shrinking: commits.hasCommitted(lately: now) ? .draining : .fallingBehind
        // Everything has been delivered, and commits come: that is no backlog.
        case .level where course.isAllInFlight: .keepingUp
        case .level, .growing: course.window.isTooSmall ? .windowTooSmall : .fallingBehind
        }
    }

    private var isFull: Bool { sample.lag.inFlight >= UInt64(sample.window) }

    /// Whether the lag is of messages that have come lately: they fit into the window, or came within a second, and none
    /// has waited for long.
    private func isUnderWay(_ course: LagCourse) -> Bool {
        if let oldest = sample.lag.oldest, now > oldest + commits.longestWait(isFull: isFull) { return false }
        return course.isRecent(window: sample.window)
    }
}
