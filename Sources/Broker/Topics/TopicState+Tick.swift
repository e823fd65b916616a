import ZaichikProtocol

// Work that is done once a second.
extension TopicState {
    /// Drops more of the segments that are not needed.
    ///
    /// - Returns: Whether more are left to drop.
    mutating func dropMore(now: UInt64) -> Bool {
        guard !isGone else { return false }
        hasMoreToDrop = false
        expire(now: now)
        dropPurged()
        trim()
        return hasMoreToDrop
    }

    /// The steps of forgetting keys in a tick, for all topics and clients together: about 0.3 ms.
    static let forgettingSteps = 1 << 14
    /// The fewest steps for each of them.
    static let fewestForgettingSteps = 16

    /// Removes what has become too old, and takes the rate.
    ///
    /// - Parameter steps: The steps left for forgetting keys; reduced by those that were done.
    /// - Returns: Whether there is more to be dropped.
    mutating func secondPassed(now: UInt64, wakes: inout WakeList, steps: inout Int) -> Bool {
        counters.published = (log.headSequence, log.headSequence - counters.published.sampled)
        hasMoreToDrop = false
        endPauseIfOver(now: now)
        expire(now: now)
        dropPurged()
        keptFloor = max(keptFloor, earliest(now: now))
        trim()
        wakeBlocked(&wakes)
        noteSecond(now: now)
        if !keys.isEmpty {
            let most = max(steps, Self.fewestForgettingSteps)
            steps -= keys.forget(window: settings.deduplicationWindow, now: now, most: most)
            keys.settle(budget)
        }
        return hasMoreToDrop
    }
}
