import ZaichikProtocol

/// What is agreed for a queue: who works on it, and for how long and how often.
struct QueueRules: Equatable {
    var mode = SessionSettings.Mode.exclusive
    /// How long a delivery may be in flight before it is taken back, in µs; 0 for any time.
    var commitDeadline: UInt64 = 0
    /// After how many deliveries without a commit a message is parked; 0 for never.
    var attempts: UInt64 = 0

    var isShared: Bool { mode != .exclusive }
}

extension QueueRules {
    /// Those of a session.
    init(_ settings: SessionSettings) {
        let (deadline, isLong) = settings.commitDeadline.multipliedReportingOverflow(by: 1000)
        self.init(
            mode: settings.mode, commitDeadline: isLong ? Self.longestDeadline : min(deadline, Self.longestDeadline),
            attempts: settings.attempts)
    }

    /// Ten years, in µs: a longer deadline is none that anybody waits for.
    private static let longestDeadline: UInt64 = 315_360_000_000_000
}
