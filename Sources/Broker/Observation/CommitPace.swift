/// How patiently a client's commits are waited for: as long as it usually takes, and longer for one that may be gathering
/// a large batch, or has only begun.
struct CommitPace {
    /// The time of the last commit in µs since 1970; 0 if there was none.
    var lastCommit: UInt64
    /// Since when a delivery is in flight without a commit, in µs since 1970; 0 if none is.
    var waitingSince: UInt64
    /// How long a delivery was last in flight before it was committed, in µs.
    var pace: UInt64

    /// In µs: of a client whose window is full, of one that has room for more, and of both before their first commit.
    private static let usual: (full: UInt64, roomy: UInt64) = (3_000_000, 10_000_000)
    private static let first: (full: UInt64, roomy: UInt64) = (10_000_000, 30_000_000)
    private static let longWait: UInt64 = 5_000_000
    private static let longest: UInt64 = 60_000_000

    func patience(isFull: Bool) -> UInt64 {
        let span = lastCommit == 0 ? Self.first : Self.usual
        return min(max(isFull ? span.full : span.roomy, 2 * pace), Self.longest)
    }

    /// How old the oldest message may be while the client keeps up, in µs.
    func longestWait(isFull: Bool) -> UInt64 {
        lastCommit == 0 ? patience(isFull: isFull) : min(max(Self.longWait, 2 * pace), Self.longest)
    }

    /// Whether no commit has come for too long.
    func hasStopped(isFull: Bool, now: UInt64) -> Bool {
        waitingSince > 0 && now >= waitingSince + patience(isFull: isFull)
    }

    func hasCommitted(lately now: UInt64) -> Bool {
        lastCommit > 0
            && now <= lastCommit + max(UInt64(LagTrend.patience) * 1_000_000, patience(isFull: false))
    }
}
