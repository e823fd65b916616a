import ZaichikProtocol

// Publishes to a topic that an operator has paused.
extension TopicState {
    /// Takes no publishes from now on. Those that wait for room go on waiting if the topic blocks, and are refused when they
    /// are tried again if it does not; delayed messages wait.
    mutating func pausePublishes(_ pause: OperatorPause) { self.pause = pause }

    /// Takes publishes again.
    ///
    /// - Returns: Whether it did not before.
    mutating func resumePublishes(_ wakes: inout WakeList) -> Bool {
        guard pause != nil else { return false }
        pause = nil
        wakeBlocked(&wakes)
        return true
    }

    /// Ends a pause whose time has come. Those that wait are woken by whoever looks once a second.
    mutating func endPauseIfOver(now: UInt64) {
        if let pause, pause.until > 0, pause.until <= now { self.pause = nil }
    }

    /// What becomes of publishes to a topic that may be paused.
    ///
    /// - Returns: nil if it is not paused, or the pause is over.
    @inline(never)
    mutating func heldBack(_ run: PublishRun, wakes: inout WakeList) -> PublishResult? {
        guard pause != nil else { return nil }
        endPauseIfOver(now: run.now)
        guard pause != nil else {
            wakeBlocked(&wakes)
            return nil
        }
        guard settings.overflow != .block else {
            waitForRoom(run.publisher.handle, isFirst: run.hasWaited)
            return PublishResult(refusal: .blocked)
        }
        refused(run.count, .topicPaused)
        return PublishResult(refusal: .paused)
    }
}

extension Topic {
    /// For a publisher that is refused: that it is paused, by whom, why and how long.
    func pauseText(now: UInt64) -> String {
        guard let pause = locked({ $0.pause }) else { return "publishes to '\(name)' were paused a moment ago" }
        return "publishes to '\(name)' are paused by \(pause.by)"
            + OperatorText.end(pause.reason, until: pause.until, now: now)
    }
}

/// What clients are told of an operator's decision.
enum OperatorText {
    /// Why something is so and for how long, to follow a text.
    ///
    /// - Parameter until: In µs since 1970; 0 if no end is known.
    static func end(_ reason: String, until: UInt64 = 0, now: UInt64 = 0) -> String {
        let time = until > now ? " for \((until - now) / 1_000_000 + 1) s more" : ""
        return reason.isEmpty ? time : "\(time): \(reason)"
    }
}
