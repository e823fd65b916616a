import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("What the evidence says")
struct EvidenceTests {
    private func row(_ change: (inout ClientTopicStatistics) -> Void = { _ in }) -> ClientTopicStatistics {
        var row = ClientTopicStatistics()
        row.topic = "orders"
        row[.lagMessages] = 1000
        row[.lagBytes] = 100_000
        row[.oldestAge] = 10_000_000
        row[.limit] = 200_000
        change(&row)
        return row
    }

    private func scene(arriving: UInt64, commits: UInt64, seconds: Int = 30) -> JudgedScene {
        var scene = JudgedScene()
        scene.sample.lag.pending = 5000
        for _ in 0..<seconds { scene.second(arriving: arriving, commits: commits) }
        return scene
    }

    private func facts(_ scene: JudgedScene, _ row: ClientTopicStatistics? = nil) -> EvidenceFacts {
        var facts = EvidenceFacts(
            state: scene.health.state, health: scene.health, lag: scene.sample.lag, window: scene.sample.window)
        facts.worst = row.map { ($0, .drop) }
        return facts
    }

    @Test("a queue that drains says when it is empty, and how far off that may be")
    func timeLeft() throws {
        let scene = scene(arriving: 0, commits: 100)
        let evidence = facts(scene).evidence(now: scene.now)
        #expect(scene.health.state == .draining && scene.sample.lag.messages == 2000)
        #expect(evidence[.shrinkage] == 100_000 && evidence[.growth] == nil)
        #expect(evidence[.timeLeft] == 20_000_000)
        #expect(try #require(evidence[.timeLeftError]) < 1_000_000)
    }

    @Test("a lag that grows towards the limit says when it gets there, and what is lost from then on")
    func limit() {
        let scene = scene(arriving: 200, commits: 100)
        let row = row {
            $0[.lagMessages] = scene.sample.lag.messages
            $0[.lagBytes] = scene.sample.lag.messages * 100
            $0[.limit] = scene.sample.lag.messages * 100 + 100_000
            $0[.publishRate] = 200
        }
        let evidence = facts(scene, row).evidence(now: scene.now)
        #expect(scene.health.state == .fallingBehind)
        #expect(evidence.threat == .oldestDropped)
        #expect(evidence[.threatIn] == 10_000_000)
        #expect(evidence[.lossesThen] == 100_000)
        #expect(evidence[text: .topic] == "orders")
    }

    @Test("a backlog that is read more slowly than it expires says how much of it would be lost")
    func retention() throws {
        // 1000 messages came in over 10 s, and expire after 20 s; nobody reads: in 10 s the first is lost.
        var backlog = LossForecast.Backlog(
            messages: 1000, bytes: 100_000, age: 10, arrivals: 0, growth: 0, limit: 1e9, retention: 20, overflow: .drop)
        let all = try #require(LossForecast(backlog))
        #expect(all.threat == .messagesExpire && all.seconds == 10 && all.backlogLoss == 1000)
        // Read at 20/s, 250 are reached before expiry overtakes, and of the rest one in five.
        backlog.growth = -20
        let some = try #require(LossForecast(backlog))
        #expect(abs(some.seconds - 12.5) < 0.001 && abs(some.backlogLoss - 600) < 0.001)
        #expect(abs(some.lossesThen - 80) < 0.001)
        // Read as fast as it came in, nothing is.
        backlog.growth = -150
        #expect(LossForecast(backlog) == nil)
    }

    @Test("a limit that lets publishers wait or refuses them costs the queue nothing")
    func overflow() throws {
        var backlog = LossForecast.Backlog(
            messages: 100, bytes: 1000, age: 1, arrivals: 20, growth: 10, limit: 2000, retention: 0, overflow: .block)
        #expect(try #require(LossForecast(backlog)).lossesThen == 0)
        backlog.overflow = .reject
        #expect(try #require(LossForecast(backlog)).threat == .publishesRefused)
    }

    @Test("a slope is robust: a few wild samples do not move it")
    func slope() throws {
        var samples = (0..<30).map { Float(10 * $0) }
        samples[7] = 100_000
        samples[20] = 0
        let slope = try #require(RobustSlope(samples))
        #expect(abs(slope.slope - 10) < 0.01)
        #expect(RobustSlope([1, 2, 3]) == nil)
    }

    @Test("a slope of noise has an error that covers zero")
    func noise() throws {
        let samples = (0..<30).map { Float(($0 * 7919) % 101) }
        let slope = try #require(RobustSlope(samples))
        #expect(abs(slope.slope) <= slope.error)
    }
}

@Suite("What an absent session loses")
struct AbsentLossTests {
    @Test("losses are told a second, however seldom they are looked at, and end ten seconds after the last one")
    func rate() {
        var losses = AbsentLosses(total: 500, now: 1_000_000)
        losses.look(900, now: 5_000_000)
        #expect(losses.perSecond == 100)
        losses.look(1300, now: 9_000_000)
        #expect(losses.perSecond == 100)
        losses.look(1300, now: 12_000_000)
        #expect(losses.perSecond == 100)
        losses.look(1300, now: 19_000_000)
        #expect(losses.perSecond == 0)
    }

    @Test("all seats have their turn before one has a second one")
    func turns() {
        var looks = AbsentLooks()
        var seen: [Int] = []
        var now: UInt64 = 10_000_000
        for _ in 0..<20 {
            looks.tick(seats: 100, now: now) { seat, budget in
                seen.append(seat)
                budget.spend(400)
            }
            now += 50_000
        }
        #expect(seen.prefix(100) == ArraySlice(0..<100))
        #expect(seen.count == 100, "and no second one before a second has passed")
    }
}
