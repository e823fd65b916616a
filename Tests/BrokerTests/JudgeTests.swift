import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The judge does not cry wolf")
struct WolfTests {
    @Test("a topic on which nothing happens keeps everybody quiet")
    func idleTopic() {
        var scene = JudgedScene()
        for _ in 0..<300 { scene.second() }
        #expect(scene.states.allSatisfy { $0 == .keepingUp })
        #expect(scene.health.course == nil, "nothing is remembered of an idle client")
    }

    @Test("a client that begins with a backlog has some seconds before anything is said against it")
    func start() {
        var scene = JudgedScene()
        scene.second(arriving: 100_000)
        for _ in 0..<5 { scene.second(arriving: 500) }
        #expect(!scene.criedWolf, "\(scene.states)")
    }

    @Test(
        "bursts that are read before the next one comes are no trouble, however large and far apart",
        arguments: [2, 3, 5, 8, 13, 30, 60])
    func bursts(period: Int) {
        var scene = JudgedScene()
        let capacity: UInt64 = 1000
        let burst = capacity * UInt64(period) * 8 / 10
        for second in 0..<(8 * period) {
            scene.second(arriving: second % period == 0 ? burst : 0, commits: capacity)
        }
        #expect(!scene.criedWolf, "\(scene.states)")
    }

    @Test("a client that commits in large batches gathers them in peace", arguments: [5, 10, 20, 25])
    func batches(period: Int) {
        var scene = JudgedScene()
        scene.sample.window = 10_000
        for second in 1...(10 * period) {
            scene.second(arriving: 100, commits: second % period == 0 ? 100 * UInt64(period) : 0)
        }
        #expect(!scene.criedWolf, "\(scene.states)")
    }

    @Test("after a seek the lag that came with it says nothing about the client")
    func seek() {
        var scene = JudgedScene()
        for _ in 0..<20 { scene.second(arriving: 500, commits: 500) }
        scene.sample.moves += 1
        scene.sample.lag.pending += 1_000_000
        scene.second(arriving: 500, commits: 500)
        #expect(scene.states.last == .keepingUp)
        for _ in 0..<20 { scene.second(arriving: 500, commits: 900) }
        #expect(!scene.criedWolf, "\(scene.states)")
        #expect(scene.states.last == .draining)
    }

    @Test("after a purge a client that fell behind has a clean slate")
    func purge() {
        var scene = JudgedScene()
        for _ in 0..<20 { scene.second(arriving: 500, commits: 100) }
        #expect(scene.states.last == .fallingBehind)
        scene.states = []
        scene.sample.moves += 1
        scene.sample.lag.pending = 0
        for _ in 0..<20 { scene.second(arriving: 100, commits: 100) }
        #expect(!scene.criedWolf, "\(scene.states)")
    }

    @Test("a topic with a single late message, which takes some seconds, is no trouble")
    func lateMessage() {
        var scene = JudgedScene()
        scene.sample.window = 1
        for _ in 0..<60 { scene.second() }
        scene.second(arriving: 1)
        for _ in 0..<8 { scene.second() }
        scene.second(commits: 1)
        for _ in 0..<60 { scene.second() }
        #expect(!scene.criedWolf, "\(scene.states)")
    }

    @Test("what came while an operator had paused the queue says nothing about the client")
    func resumed() {
        var scene = JudgedScene()
        scene.sample.window = 100
        for _ in 0..<20 { scene.second(arriving: 90, commits: 90) }
        scene.sample.isHeld = true
        for _ in 0..<60 { scene.second(arriving: 90) }
        #expect(scene.states.last == .paused)
        scene.states = []
        scene.sample.isHeld = false
        for _ in 0..<30 { scene.second(arriving: 90, commits: 100) }
        #expect(!scene.criedWolf, "\(scene.states)")
        #expect(scene.states.last == .draining)
    }

    @Test("after the broker itself stood still, nobody is blamed for that time", arguments: [1, 1000])
    func brokerStopped(window: UInt32) {
        var scene = JudgedScene()
        scene.sample.window = window
        for _ in 0..<20 { scene.second(arriving: UInt64(window), commits: UInt64(window)) }
        // Something is in flight when it stops, and the first look is before anything is read.
        scene.second(arriving: UInt64(window))
        scene.stand(still: 120)
        scene.look()
        for _ in 0..<2 { scene.second() }
        for _ in 0..<20 { scene.second(arriving: UInt64(window), commits: 2 * UInt64(window)) }
        #expect(!scene.criedWolf, "\(scene.states)")
        #expect(scene.states.last == .keepingUp)
    }

    @Test("a worker that always has one message of an old backlog in hand keeps up")
    func workerOfOldBacklog() {
        var scene = JudgedScene()
        scene.sample.window = 1
        scene.sample.isShare = true
        for _ in 0..<60 {
            scene.now += 1_000_000
            scene.sample.delivered += 1
            scene.sample.committed += 1
            scene.sample.lag = QueueLag(inFlight: 1, oldest: 1)
            scene.health.commitReceived(now: scene.now)
            scene.look()
        }
        #expect(scene.states.allSatisfy { $0 == .keepingUp }, "\(scene.states)")
    }

    @Test("one with a queue of its own, and one old message at a time, keeps up as well")
    func oldMessagesOneByOne() {
        var scene = JudgedScene()
        scene.sample.window = 1
        for second in 0..<60 {
            scene.now += 1_000_000
            scene.sample.delivered += 1
            scene.sample.committed += 1
            scene.sample.lag = QueueLag(inFlight: second % 3 == 0 ? 0 : 1, oldest: second % 3 == 0 ? nil : 1)
            scene.health.commitReceived(now: scene.now)
            scene.look()
        }
        #expect(scene.states.allSatisfy { $0 == .keepingUp }, "\(scene.states)")
    }
}

@Suite("The judge's verdicts")
struct JudgeTests {
    @Test("a client that is slower than its publishers falls behind, by so much a second")
    func fallingBehind() throws {
        var scene = JudgedScene()
        for _ in 0..<40 { scene.second(arriving: 120, commits: 100) }
        #expect(scene.states.last == .fallingBehind)
        let first = try #require(scene.states.firstIndex(of: .fallingBehind))
        #expect(scene.states.dropFirst(first).allSatisfy { $0 == .fallingBehind })
        let slope = try #require(RobustSlope(scene.health.course?.trend.samples ?? []))
        #expect(abs(slope.slope - 20) < 0.5 && slope.error < 1)
    }

    @Test("it is known since when the verdict holds")
    func since() {
        var scene = JudgedScene()
        scene.sample.window = 10
        for _ in 0..<5 { scene.second(arriving: 1, commits: 1) }
        let stopped = scene.now + 1_000_000
        for _ in 0..<30 { scene.second(arriving: 10) }
        #expect(scene.states.last == .commitsStopped)
        #expect(scene.health.since == stopped, "since the first delivery was in flight, not since it was noticed")
    }

    @Test("a window that is committed once in a round trip is too small, and it is said which one would do")
    func windowTooSmall() throws {
        var scene = JudgedScene()
        scene.sample.window = 10
        scene.sample.roundTrip = 100_000
        for _ in 0..<20 { scene.second(arriving: 300, commits: 100) }
        #expect(!scene.states.contains(.windowTooSmall), "at 100 commits at once the window was never full for long")
        scene = JudgedScene()
        scene.sample.window = 10
        scene.sample.roundTrip = 100_000
        for _ in 0..<20 {
            scene.now += 1_000_000
            scene.sample.lag.pending += 200
            scene.sample.lag.inFlight = 10
            scene.sample.delivered += 100
            scene.sample.committed += 100
            scene.health.commitReceived(now: scene.now)
            scene.look()
        }
        #expect(scene.states.last == .windowTooSmall, "\(scene.states)")
        #expect(scene.health.course?.window.wanted(window: 10, arrivals: 300) == 60)
    }

    @Test("a client that takes its time for each message is not said to have too small a window")
    func slowClient() {
        var scene = JudgedScene()
        scene.sample.window = 10
        scene.sample.roundTrip = 20_000
        for _ in 0..<30 {
            scene.now += 1_000_000
            scene.sample.lag.pending += 200
            scene.sample.lag.inFlight = 10
            scene.sample.delivered += 20
            scene.sample.committed += 20
            scene.health.commitReceived(now: scene.now)
            scene.look()
        }
        #expect(scene.states.last == .fallingBehind)
    }

    @Test("the round trip is measured only while a window is full, and now and then")
    func pings() {
        var scene = JudgedScene()
        for _ in 0..<20 {
            scene.second(arriving: 10, commits: 10)
            #expect(!scene.health.wantsPing)
        }
        scene.sample.window = 10
        var pings = 0
        for _ in 0..<30 {
            scene.second(arriving: 100, commits: 10)
            if scene.health.wantsPing {
                pings += 1
                scene.sample.roundTrip = 5000
            }
        }
        #expect((3...8).contains(pings))
    }

    @Test("one message that was delivered again and again poisons the queue, until it is gone")
    func poisoned() {
        var scene = JudgedScene()
        for attempts in 1...6 {
            scene.sample.repeated = RepeatedMessage(slot: 0, sequence: 42, attempts: UInt32(attempts))
            scene.second(arriving: 10, commits: 9)
        }
        #expect(scene.states == [.keepingUp, .keepingUp, .poisoned, .poisoned, .poisoned, .poisoned])
        scene.sample.repeated = nil
        for _ in 0..<5 { scene.second(arriving: 10, commits: 10) }
        #expect(scene.states.last == .keepingUp)
    }

    @Test("a pause by an operator is one, whatever the window")
    func held() {
        var scene = JudgedScene()
        scene.sample.isHeld = true
        for _ in 0..<20 { scene.second(arriving: 100) }
        #expect(scene.states.allSatisfy { $0 == .paused })
    }

    @Test("health takes little room, and its course none while nothing happens")
    func size() {
        #expect(MemoryLayout<ClientHealth>.size <= 176)
        var scene = JudgedScene()
        scene.second(arriving: 10, commits: 5)
        #expect(scene.health.course != nil)
        scene.second(commits: 10)
        for _ in 0..<10 { scene.second() }
        #expect(scene.health.course == nil)
    }
}
