import ZaichikProtocol

@testable import ZaichikBroker

/// A queue with a client, a second at a time.
struct JudgedScene {
    var health = ClientHealth()
    var sample = ClientHealth.Sample(
        lag: QueueLag(), window: 1000, subscriptions: 1, published: 0, delivered: 0, committed: 0, lost: 0,
        unsentBytes: 0, isBlocked: false, isWritable: true)
    var now: UInt64 = 1_700_000_000_000_000
    var states: [ClientState] = []
    /// The times of those that are not committed.
    private var arrivals: [(time: UInt64, count: UInt64)] = []

    /// Lets a second pass: messages arrive, are delivered as the window allows, and some are committed.
    mutating func second(arriving: UInt64 = 0, commits: UInt64 = 0) {
        now += 1_000_000
        sample.lag.pending += arriving
        if arriving > 0 { arrivals.append((now, arriving)) }
        deliver()
        let committed = min(commits, sample.lag.inFlight)
        if committed > 0 {
            sample.lag.inFlight -= committed
            sample.committed += committed
            health.commitReceived(now: now)
            forget(committed)
            deliver()
        }
        sample.lag.oldest = sample.lag.messages > 0 ? arrivals.first?.time : nil
        look()
    }

    /// Lets the broker stand still for so many seconds.
    mutating func stand(still seconds: UInt64) {
        now += seconds * 1_000_000
        sample.stood += seconds * 1_000_000
    }

    mutating func look() {
        health.secondPassed(sample, now: now)
        states.append(health.state)
    }

    private mutating func forget(_ committed: UInt64) {
        var left = committed
        while left > 0, let first = arrivals.first {
            let count = min(left, first.count)
            left -= count
            arrivals[0].count -= count
            if arrivals[0].count == 0 { arrivals.removeFirst() }
        }
    }

    private mutating func deliver() {
        let count = min(sample.lag.pending, UInt64(sample.window) - min(sample.lag.inFlight, UInt64(sample.window)))
        sample.lag.pending -= count
        sample.lag.inFlight += count
        sample.delivered += count
    }

    static let alarms: Set<ClientState> = [
        .fallingBehind, .commitsStopped, .notReading, .windowTooSmall, .poisoned, .losing, .blocked, .paused,
    ]
    var criedWolf: Bool { states.contains { Self.alarms.contains($0) } }
}
