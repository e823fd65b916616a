import Testing
import ZaichikProtocol

@testable import ZaichikBroker

/// A client's figures, a second at a time.
private struct Course {
    var health = ClientHealth()
    var sample = ClientHealth.Sample(
        lag: QueueLag(), window: 10, subscriptions: 1, published: 0, delivered: 0, committed: 0, lost: 0,
        unsentBytes: 0, isBlocked: false, isWritable: true)
    var now: UInt64 = 0
    var states: [ClientState] = []

    /// Lets a second pass.
    mutating func second(seconds: UInt64 = 1, _ change: (inout ClientHealth.Sample) -> Void = { _ in }) {
        let before = sample.committed
        change(&sample)
        now += seconds * 1_000_000
        if sample.committed > before { health.commitReceived(now: now) }
        health.secondPassed(sample, now: now)
        states.append(health.state)
    }

    /// Lets a second pass in which a queue gets messages, and commits as many as there are, at most `commits`.
    mutating func second(arriving: UInt64, commits: UInt64, limit: UInt64 = .max) {
        second { sample in
            let committed = min(commits, sample.lag.pending + arriving)
            sample.lag.pending = sample.lag.pending + arriving - committed
            sample.delivered += committed
            sample.committed += committed
            if sample.lag.pending > limit {
                sample.lost += sample.lag.pending - limit
                sample.lag.pending = limit
            }
        }
    }

    var changes: Int { zip(states, states.dropFirst()).count { $0 != $1 } }
}

@Suite("How a client does")
struct ClientHealthTests {
    @Test("the word follows from the samples")
    func words() {
        func judge(_ changes: (inout ClientHealth.Sample) -> Void..., seconds: UInt64 = 1) -> ClientState {
            var course = Course()
            for change in changes { course.second(seconds: seconds, change) }
            return course.health.state
        }
        #expect(judge({ $0.subscriptions = 0 }) == .idle)
        #expect(
            judge(
                { $0.subscriptions = 0 },
                {
                    $0.subscriptions = 0
                    $0.published = 5
                }) == .publishing)
        #expect(judge({ _ in }) == .keepingUp)
        #expect(
            judge({
                $0.window = 0
                $0.lag.pending = 5
            }) == .paused)
        #expect(
            judge(
                { $0.lag.pending = 200 },
                {
                    $0.lag.pending = 100
                    $0.committed = 100
                }) == .draining)
        #expect(
            judge({
                $0.lag.pending = 9
                $0.isWritable = false
            }) == .notReading)
        #expect(judge({ $0.isBlocked = true }) == .blocked)
        #expect(
            judge({ $0.lag.inFlight = 10 }, { $0.lag.inFlight = 10 }, seconds: 10) == .commitsStopped,
            "the window is full, and no commit came for 10 s")
    }

    @Test("losing wins over every other state", arguments: [true, false])
    func losing(isSubscribed: Bool) {
        var course = Course()
        course.second {
            $0.lost = 480
            $0.lag.pending = 9
            $0.lag.inFlight = 1
            $0.window = 0
            $0.isBlocked = true
            $0.isWritable = false
            $0.subscriptions = isSubscribed ? 1 : 0
        }
        #expect(course.health.state == .losing)
        #expect(course.health.state(with: QueueLag(), isSubscribed: isSubscribed) == .losing)
    }

    @Test("a reader at 2/s of a topic that gets 500/s and drops at its limit is losing, second after second")
    func losingForLong() {
        var course = Course()
        for _ in 0..<60 { course.second(arriving: 500, commits: 2, limit: 600) }
        #expect(course.states.drop { $0 != .losing }.allSatisfy { $0 == .losing })
        #expect(course.states.count { $0 == .losing } >= 57)
        #expect((490...500).contains(course.health.losses.perSecond))
    }

    @Test("losses that come in bursts are losing in between, and end ten seconds after the last one")
    func bursts() {
        var course = Course()
        for second in 0..<30 { course.second { if second % 6 == 0 { $0.lost += 6000 } } }
        #expect(course.states.allSatisfy { $0 == .losing })
        #expect((300...6000).contains(course.health.losses.perSecond))
        for _ in 0..<10 { course.second() }
        #expect(course.states.last == .keepingUp)
        #expect(course.health.losses.perSecond == 0)
    }

    @Test("one message lost is one a second at least, and no total is too large", arguments: [1, UInt64.max])
    func extremeLosses(lost: UInt64) {
        var meter = LossMeter()
        meter.sample(lost)
        for _ in 0..<9 {
            #expect(meter.perSecond > 0)
            meter.sample(lost)
        }
        meter.sample(lost)
        #expect(meter.perSecond == 0)
    }

    @Test("a client in its first second with a large backlog neither falls behind nor is idle")
    func firstSecond() {
        var course = Course()
        #expect(course.health.state(with: QueueLag(pending: 1000), isSubscribed: true) == .keepingUp)
        course.second {
            $0.subscriptions = 0
        }
        course.second {
            $0.subscriptions = 1
            $0.lag.pending = 1000
        }
        #expect(course.states == [.idle, .keepingUp])
        course.second(arriving: 0, commits: 5)
        #expect(course.states.last == .draining)
    }

    @Test("a second subscription with a backlog begins anew")
    func nextSubscription() {
        var course = Course()
        for _ in 0..<5 { course.second(arriving: 10, commits: 10) }
        course.second {
            $0.subscriptions = 2
            $0.lag.pending += 100_000
        }
        for _ in 0..<5 { course.second(arriving: 10, commits: 1000) }
        #expect(course.states == Array(repeating: .keepingUp, count: 6) + Array(repeating: .draining, count: 5))
    }

    @Test("a lag that shrinks without a commit is not draining")
    func nothingCommitted() {
        var course = Course()
        for pending in stride(from: UInt64(1000), to: 0, by: -100) { course.second { $0.lag.pending = pending } }
        #expect(!course.states.contains(.draining))
    }

    @Test("a client whose oldest message has waited for long does not keep up, even if all fit into its window")
    func oldLag() {
        var course = Course()
        course.sample.window = 256
        course.sample.lag.oldest = 0
        course.sample.lag.inFlight = 300
        for _ in 0..<30 {
            course.second { sample in
                sample.lag.inFlight -= 5
                sample.delivered += 5
                sample.committed += 5
            }
        }
        #expect(course.states[3] == .keepingUp && course.health.state == .draining, "\(course.states)")
        #expect(course.changes == 1)
        course.sample.lag = QueueLag()
        course.second()
        #expect(course.health.state == .keepingUp)
    }

    @Test("a client that has caught up since the last second does not count as lagging")
    func caughtUp() {
        var course = Course()
        for _ in 0..<9 { course.second { $0.lag.pending += 100 } }
        #expect(course.health.state(with: QueueLag(pending: 1), isSubscribed: true) == .fallingBehind)
        #expect(course.health.state(with: QueueLag(), isSubscribed: true) == .keepingUp)
    }

    @Test("a lag that shrinks over some seconds is draining, whatever one of them brought")
    func trend() {
        var course = Course()
        course.second(arriving: 100_000, commits: 150)
        for _ in 0..<20 {
            course.second(arriving: 0, commits: 150)
            course.second(arriving: 0, commits: 150)
            course.second(arriving: 400, commits: 150)
        }
        #expect(course.states.dropFirst().allSatisfy { $0 == .draining }, "\(course.states)")
    }

    @Test("a lag that grows over some seconds is falling behind, whatever one of them brought")
    func growing() {
        var course = Course()
        course.second(arriving: 2000, commits: 150)
        for _ in 0..<20 {
            course.second(arriving: 0, commits: 150)
            course.second(arriving: 0, commits: 150)
            course.second(arriving: 600, commits: 150)
        }
        #expect(course.states.dropFirst(8).allSatisfy { $0 == .fallingBehind }, "\(course.states)")
    }

    @Test("a reader that is done with each burst before the next one keeps up throughout")
    func burstsReadInTime() {
        var course = Course()
        for second in 0..<30 { course.second(arriving: second % 3 == 0 ? 300 : 0, commits: 110) }
        #expect(course.states.allSatisfy { $0 == .keepingUp }, "\(course.states)")
    }

    @Test("a lag that stays where it is does not change the word from second to second")
    func level() {
        var course = Course()
        course.second(arriving: 50_000, commits: 1000)
        for second in 0..<60 { course.second(arriving: second % 2 == 0 ? 900 : 1100, commits: 1000) }
        #expect(course.states.dropFirst(2).allSatisfy { $0 == .draining || $0 == .fallingBehind }, "\(course.states)")
        #expect(course.changes <= 3, "\(course.states)")
        #expect(course.states.last == .fallingBehind)
    }

    @Test("a lag that stops shrinking falls behind, and one that stops growing and shrinks is draining")
    func turning() {
        var course = Course()
        course.second(arriving: 10_000, commits: 0)
        for _ in 0..<10 { course.second(arriving: 0, commits: 100) }
        #expect(course.states.last == .draining)
        for _ in 0..<10 { course.second(arriving: 300, commits: 100) }
        #expect(course.states.last == .fallingBehind)
        for _ in 0..<10 { course.second(arriving: 0, commits: 100) }
        #expect(course.states.last == .draining)
        #expect(course.changes == 3, "\(course.states)")
    }

    @Test("a client that takes five seconds for each commit does so throughout")
    func slowCommits() {
        var course = Course()
        for second in 0..<60 {
            course.second {
                $0.lag = QueueLag(pending: 1000 - UInt64(second / 5), inFlight: 1)
                $0.delivered = UInt64(second / 5) + 1
                $0.committed = UInt64(second / 5)
            }
        }
        #expect(course.states.dropFirst(10).allSatisfy { $0 == .draining }, "\(course.states)")
    }

    @Test("a fast client whose socket is full for a moment reads")
    func fullForAMoment() {
        var course = Course()
        for second in 0..<10 {
            course.second {
                $0.lag.pending = 1_000_000
                $0.delivered += 50_000
                $0.isWritable = second % 2 == 0
            }
        }
        #expect(!course.states.contains(.notReading))
    }

    @Test("a publisher that waits for room now and then is blocked throughout")
    func blockedNowAndThen() {
        var course = Course()
        for second in 0..<10 {
            course.second {
                $0.subscriptions = 0
                $0.published += 10
                $0.isBlocked = second % 2 == 0
            }
        }
        #expect(course.states.allSatisfy { $0 == .blocked })
        for _ in 0..<3 {
            course.second {
                $0.isBlocked = false
                $0.published += 10
            }
        }
        #expect(course.states.last == .publishing)
    }
}
