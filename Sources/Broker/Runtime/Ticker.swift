import NIOCore

/// The work that a loop does once a second, spread over the second's ticks so that none takes long.
struct Ticker {
    /// How often the loop ticks, in ms.
    static let interval: Int64 = 50
    private static let ticksPerSecond = 20
    /// About how many topics are handled in one go, 0.1 ms; the others are handled after the sockets, a part at a time.
    static let mostTopicsAtOnce = 256

    private var ticks = 0
    /// Steps left in this tick for forgetting keys.
    var forgettingSteps = 0
    private var sampled = LoopTotals()
    /// Counts of the last second.
    private(set) var rates = LoopTotals()
    /// What was done in the last 10 s, and in the last 60 s, a second.
    private(set) var longer = (over10: RecentTotals.Second(), over60: RecentTotals.Second())
    private var recent = RecentTotals()
    /// The loop's last seconds.
    private(set) var history = LoopHistory()
    /// The lag of the clients that were looked at in this second so far.
    private var lag: UInt64 = 0
    /// Topics of this loop that have dropped messages lately, and those that have refused publishes.
    private(set) var droppingTopics = 0
    private(set) var rejectingTopics = 0
    /// The loop's time and its thread's processor time at the last tick, in µs.
    private var lastTick: (now: UInt64, worked: UInt64) = (0, 0)
    /// How long the loop did not tick though it should have, in all, in µs: the process was stopped, or had no processor.
    private(set) var stood: UInt64 = 0

    /// The longest time between two ticks that counts as usual, in µs.
    private static let usualGap: UInt64 = 1_000_000

    /// Whether this tick is the first one of a second.
    var beginsSecond: Bool { part == 0 }
    private var part: Int { ticks % Self.ticksPerSecond }

    mutating func tickPassed() { ticks += 1 }

    /// The seats whose tenants are handled in this tick.
    func seats(of count: Int) -> StrideTo<Int> { stride(from: part, to: count, by: Self.ticksPerSecond) }

    /// The topics that a loop handles in this tick.
    func topics(loop: Int, loops: Int) -> TopicShare {
        TopicShare(parts: UInt32(Self.ticksPerSecond * loops), part: UInt32(part * loops + loop))
    }

    /// Computes the rates, once a second.
    ///
    /// - Parameter connections: Those of the loop.
    mutating func sample(_ totals: LoopTotals, connections: Int, now: UInt64) {
        guard beginsSecond else { return }
        rates.published = totals.published - sampled.published
        rates.delivered = totals.delivered - sampled.delivered
        rates.committed = totals.committed - sampled.committed
        rates.rejected = totals.rejected - sampled.rejected
        rates.dropped = totals.dropped - sampled.dropped
        sampled = totals
        let second = RecentTotals.Second(
            published: rates.published, delivered: rates.delivered, committed: rates.committed)
        recent.add(second)
        longer = (recent.mean(over: 10), recent.mean(over: 60))
        history.add(second, lag: lag, connections: UInt64(connections), now: now)
        lag = 0
    }

    /// Takes note of a client's lag, once a second for each.
    mutating func noteLag(_ messages: UInt64) { lag += messages }

    /// Takes what a look at a topic has found.
    mutating func note(_ news: TopicLosses.News) {
        switch news {
        case .dropping(.began, _, _): droppingTopics += 1
        case .dropping(.ended, _, _): droppingTopics -= 1
        case .rejecting(.began, _): rejectingTopics += 1
        case .rejecting(.ended, _): rejectingTopics -= 1
        }
    }

    mutating func measureLoad(_ load: LoopLoad) {
        let tick = (now: NIODeadline.now().uptimeNanoseconds / 1000, worked: Machine.threadTime())
        let elapsed = tick.now - lastTick.now
        if lastTick.now > 0, elapsed > Self.usualGap { stood += elapsed }
        if lastTick.now > 0, elapsed > 0 { load.worked(Int((tick.worked - lastTick.worked) * 1000 / elapsed)) }
        lastTick = tick
    }
}
