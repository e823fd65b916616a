/// Waits as long as there is progress.
struct Patience {
    /// Without progress, in ns.
    private let limit: UInt64
    private var reached: UInt64 = 0
    private var since: UInt64

    /// - Parameter now: In ns.
    init(limit: Duration, now: UInt64) {
        self.limit = UInt64(limit / .nanoseconds(1))
        since = now
    }

    /// - Parameters:
    ///   - progress: A number that grows.
    ///   - now: In ns.
    /// - Returns: Whether it did not grow for too long.
    mutating func isOver(_ progress: UInt64, now: UInt64) -> Bool {
        if progress > reached {
            reached = progress
            since = now
        }
        return now - min(since, now) > limit
    }
}
