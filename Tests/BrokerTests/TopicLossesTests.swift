import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("What a topic drops and refuses, once a second")
struct TopicLossesTests {
    private typealias Bench = TopicKeepTests.Bench
    private let second: UInt64 = 1_000_000

    private func bench(_ overflow: TopicSettings.Overflow) throws -> Bench {
        try Bench {
            $0.limit = 10 * UInt64(Publishes.size(payload: 100))
            $0.historyBytes = 0
            $0.overflow = overflow
        }
    }

    @Test("a topic that drops tells the first message dropped at once, and all of them when it has stopped")
    func drops() throws {
        var bench = try bench(.drop)
        _ = bench.cursor()
        bench.publish(10)
        #expect(bench.state.lookAtLosses(now: second) == TopicLosses.Look())
        #expect(bench.state.losses == nil, "most topics need no memory for this")
        bench.publish(5)
        var look = bench.state.lookAtLosses(now: 2 * second)
        let begun = Incident(began: 2 * second, last: 2 * second, count: 5)
        #expect(look == TopicLosses.Look(news: [.dropping(.began(begun), first: 1, last: 5)], dropped: 5))
        #expect(bench.state.figure(.dropRate, now: 2 * second) == 5)
        bench.publish(3)
        #expect(bench.state.lookAtLosses(now: 3 * second) == TopicLosses.Look(news: [], dropped: 3))
        look = bench.state.lookAtLosses(now: 13 * second)
        let ended = Incident(began: 2 * second, last: 3 * second, count: 8)
        #expect(look == TopicLosses.Look(news: [.dropping(.ended(ended), first: 1, last: 8)], dropped: 0))
        #expect(bench.state.figure(.dropRate, now: 13 * second) == 0)
        bench.publish(1)
        look = bench.state.lookAtLosses(now: 14 * second)
        let again = Incident(began: 14 * second, last: 14 * second, count: 1)
        #expect(look.news == [.dropping(.began(again), first: 9, last: 9)])
    }

    @Test("a topic that refuses publishes tells why")
    func rejects() throws {
        var bench = try bench(.reject)
        _ = bench.cursor()
        bench.publish(12)
        let look = bench.state.lookAtLosses(now: second)
        let begun = Incident(began: second, last: second, count: 2)
        #expect(look.news == [.rejecting(.began(begun), code: .topicFull)])
        #expect(bench.state.figure(.rejectRate, now: second) == 2)
    }

    @Test("a topic that can take no memory tells that")
    func memory() throws {
        var bench = try Bench(memory: 1 << 20)
        bench.state.budget.charge(2 << 20)
        bench.publish(1000)
        bench.publish(1000)
        let look = bench.state.lookAtLosses(now: second)
        guard case .rejecting(.began(let begun), .memoryFull)? = look.news.first else {
            Issue.record("\(look)")
            return
        }
        #expect(begun.count == bench.state.counters.rejected)
    }
}
