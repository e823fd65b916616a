import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("How a client does")
struct ClientHealthTests {
    private func judge(_ changes: (inout ClientHealth.Sample) -> Void..., seconds: UInt64 = 1) -> ClientState {
        var health = ClientHealth()
        var now: UInt64 = 0
        for change in changes {
            var sample = ClientHealth.Sample(
                lag: QueueLag(), window: 10, isSubscribed: true, published: 0, delivered: 0, committed: 0,
                isBlocked: false, isWritable: true)
            change(&sample)
            now += seconds * 1_000_000
            health.secondPassed(sample, now: now)
        }
        return health.state
    }

    @Test("the word follows from the samples")
    func words() {
        #expect(judge({ $0.isSubscribed = false }) == .idle)
        #expect(
            judge(
                { $0.isSubscribed = false },
                {
                    $0.isSubscribed = false
                    $0.published = 5
                }) == .publishing)
        #expect(judge({ _ in }) == .keepingUp)
        #expect(
            judge({
                $0.window = 0
                $0.lag.pending = 5
            }) == .paused)
        #expect(judge({ $0.lag.pending = 100 }, { $0.lag.pending = 200 }) == .fallingBehind)
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
            judge({ $0.lag.inFlight = 10 }, { $0.lag.inFlight = 10 }, seconds: 3) == .commitsStopped,
            "deliveries are in flight, and no commit came for 3 s")
    }

    @Test("a client that has caught up since the last second does not count as lagging")
    func caughtUp() {
        var health = ClientHealth()
        let sample = ClientHealth.Sample(
            lag: QueueLag(pending: 100), window: 10, isSubscribed: true, published: 0, delivered: 0, committed: 0,
            isBlocked: false, isWritable: true)
        health.secondPassed(sample, now: 1_000_000)
        #expect(health.state(with: QueueLag(pending: 1)) == .fallingBehind)
        #expect(health.state(with: QueueLag()) == .keepingUp)
    }

    @Test("a lag that shrinks over some seconds is draining, whatever one of them brought")
    func trend() {
        func pending(_ count: UInt64) -> (inout ClientHealth.Sample) -> Void {
            { $0.lag.pending = count }
        }
        #expect(judge(pending(300), pending(200), pending(100), pending(150)) == .draining)
        #expect(judge(pending(100), pending(300), pending(310), pending(305)) == .fallingBehind)
    }
}
