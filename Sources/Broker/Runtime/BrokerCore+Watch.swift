import NIOConcurrencyHelpers
import Synchronization
import ZaichikProtocol

// What the broker as a whole refuses, once a second.
extension BrokerCore {
    /// Takes what a loop has refused so far.
    func note(_ counts: RefusalCounts, loop: Int) {
        refusals.withLockedValue { $0[loop] = counts }
    }

    /// What all loops have refused so far.
    var refusedRequests: RefusalCounts {
        refusals.withLockedValue { $0.reduce(into: RefusalCounts()) { $0.add($1) } }
    }

    /// How much was refused in the last seconds.
    var refusedLately: (requests: UInt64, connections: UInt64) {
        watch.withLockedValue { ($0.requestsLately.value, $0.connectionsLately.value) }
    }

    /// Logs what has begun or ended, and what was left out of the log.
    func secondPassed() {
        producers.secondPassed(now: now)
        for news in look() { tell(news) }
        if operations.isDeadlineNew(now: wallTime) { shards[0].onLoop { $0.tellDrainOver() } }
        log.secondPassed()
        reports.secondPassed()
    }

    /// In µs since 1970.
    var wallTime: UInt64 { configuration.clock?() ?? Machine.wallTime() }

    /// Logs the end of all that is under way: the broker ends.
    func finishLog() {
        let wall = wallTime
        for topic in registry.all {
            for news in topic.locked({ $0.finishLosses(now: wall) }) {
                log.tell(LogEntry(news, topic: topic.name.string))
            }
            tellLost(topic.locked { $0.delayed?.count ?? 0 }, delayedIn: topic)
        }
        for news in look() + watch.withLockedValue({ $0.unfinished }) { tell(news) }
        log.finish()
    }

    /// Logs that delayed messages of a topic are given up, as the topic or the broker ends.
    func tellLost(_ messages: Int, delayedIn topic: Topic) {
        guard messages > 0 else { return }
        log.tell(LogEntry(lost: messages, delayedIn: topic.name.string))
    }

    /// A time in µs on a clock that is never set.
    var now: UInt64 { configuration.clock?() ?? Machine.steadyTime() }

    private func look() -> [BrokerWatch.News] {
        let sample = BrokerWatch.Sample(
            refusals: refusedRequests, connectionsRefused: connectionsRefused,
            shortages: shortageCount.load(ordering: .relaxed),
            isMemoryExhausted: budget.isExhausted)
        return watch.withLockedValue { $0.look(sample, now: now) }
    }

    private func tell(_ news: BrokerWatch.News) {
        switch news {
        case .refusing(let change, let code): log.tell(LogEntry(change, refusing: code))
        case .memory(let change):
            let largest = budget.largestTopics.largest.flatMap { registry.topic(id: $0) }
            log.tell(LogEntry(change, memory: budget, largest: largest?.name.string))
        }
    }
}
