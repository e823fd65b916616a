import ZaichikProtocol

// What the clock asks for, once a second.
extension TopicState {
    /// How many steps of forgetting keys a tick has for all topics and clients together: some 0.3 ms.
    static let forgettingSteps = 1 << 14
    /// What each of them has at least.
    static let fewestForgettingSteps = 16

    /// Removes what has become too old, and takes the rate.
    ///
    /// - Parameter steps: What is left for forgetting keys.
    mutating func secondPassed(now: UInt64, wakes: inout WakeList, steps: inout Int) {
        publishRate = log.headSequence - sampledPublished
        sampledPublished = log.headSequence
        expire(now: now)
        keptFloor = max(keptFloor, earliest(now: now))
        trim()
        wakeBlocked(&wakes)
        if !keys.isEmpty {
            let most = max(steps, Self.fewestForgettingSteps)
            steps -= keys.forget(window: settings.deduplicationWindow, now: now, most: most)
            keys.settle(budget)
        }
    }
}
