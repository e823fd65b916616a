import ZaichikProtocol

// What the clock asks for, once a second.
extension TopicState {
    /// Goes on dropping what nobody needs.
    ///
    /// - Returns: Whether there is more.
    mutating func dropMore(now: UInt64) -> Bool {
        hasMoreToDrop = false
        expire(now: now)
        trim()
        return hasMoreToDrop
    }

    /// How many steps of forgetting keys a tick has for all topics and clients together: some 0.3 ms.
    static let forgettingSteps = 1 << 14
    /// What each of them has at least.
    static let fewestForgettingSteps = 16

    /// Removes what has become too old, and takes the rate.
    ///
    /// - Parameter steps: What is left for forgetting keys.
    /// - Returns: Whether there is more to be dropped.
    mutating func secondPassed(now: UInt64, wakes: inout WakeList, steps: inout Int) -> Bool {
        publishRate = log.headSequence - sampledPublished
        sampledPublished = log.headSequence
        hasMoreToDrop = false
        expire(now: now)
        keptFloor = max(keptFloor, earliest(now: now))
        trim()
        wakeBlocked(&wakes)
        if !keys.isEmpty {
            let most = max(steps, Self.fewestForgettingSteps)
            steps -= keys.forget(window: settings.deduplicationWindow, now: now, most: most)
            keys.settle(budget)
        }
        return hasMoreToDrop
    }
}
