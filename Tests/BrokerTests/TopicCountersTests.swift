import Testing

@testable import ZaichikBroker

@Suite("The counters of a topic")
struct TopicCountersTests {
    @Test(
        "a topic to which nothing rare happens has no memory for it; one to which it does is charged, until it is gone")
    func charged() {
        let budget = MemoryBudget(limit: 1 << 20)
        let before = budget.used
        do {
            var counters = TopicCounters(budget: budget)
            counters.publishedBytes = 7
            counters.duplicates += 0
            counters.expired += 0
            #expect(budget.used == before)
            counters.duplicates += 2
            #expect(budget.used > before)
            #expect(counters.duplicates == 2 && counters.expired == 0)
        }
        #expect(budget.used == before)
    }

    @Test("a copy counts for itself")
    func copies() {
        var counters = TopicCounters(budget: MemoryBudget(limit: 1 << 20))
        counters.rejected = 3
        var copy = counters
        copy.rejected += 1
        _ = copy.drop(5..<9)
        #expect(counters.rejected == 3 && counters.dropped == 0)
        #expect(copy.rejected == 4 && copy.dropped == 4 && copy.firstDropped == 5 && copy.lastDropped == 8)
    }
}
