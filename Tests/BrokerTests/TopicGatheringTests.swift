import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("A gathering of topics")
struct TopicGatheringTests {
    private func registry(_ count: Int) throws -> TopicRegistry {
        let registry = TopicRegistry(limit: 1_000_000, budget: MemoryBudget(limit: 1 << 30))
        try create(0..<count, in: registry)
        return registry
    }

    private func create(_ numbers: Range<Int>, in registry: TopicRegistry) throws {
        for number in numbers { _ = try registry.findOrCreate(try TopicName("topic.\(number)")) }
    }

    /// - Parameter between: Called between two steps.
    private func gather(
        _ registry: TopicRegistry, _ queries: [TopicQuery], between: () throws -> Void = {}
    ) throws -> (listings: [Listing<Topic>], steps: Int) {
        var gathering = TopicGathering(registry.all, for: queries)
        var steps = 1
        while true {
            if let listings = gathering.step(now: 1) { return (listings, steps) }
            steps += 1
            try between()
        }
    }

    @Test("one pass answers every query, as the rows of all topics would")
    func answers() throws {
        let registry = try registry(3000)
        for topic in registry.all { topic.locked { $0.counters.duplicates = UInt64(topic.id) * 7919 % 101 } }
        let names = registry.all.map(\.name.string)
        let queries = [
            TopicQuery(limit: 20, filter: "IC.29"), TopicQuery(descending: true, limit: 5),
            TopicQuery(sort: .duplicateMessages, limit: 40), TopicQuery(limit: 0, filter: "9"),
        ]
        let listings = try gather(registry, queries).listings
        let twentyNine = names.filter { $0.contains("ic.29") }
        #expect(listings[0].rows.map(\.row.name.string) == Array(twentyNine.sorted().prefix(20)))
        #expect(listings[0].matching == twentyNine.count)
        #expect(listings[1].rows.map(\.row.name.string) == Array(names.sorted(by: >).prefix(5)))
        #expect(listings[2].rows.map(\.figure) == listings[2].rows.map(\.figure).sorted(by: >))
        #expect(listings[2].rows.first?.figure == 100)
        #expect(listings[2].rows.count == 40)
        #expect(listings[3].rows.isEmpty)
        #expect(listings[3].matching == names.count { $0.contains("9") })
    }

    @Test("a search finds each topic that existed at its start once, and none created meanwhile")
    func changingRegistry() throws {
        let registry = try registry(5000)
        var created = 5000
        let result = try gather(registry, [TopicQuery(limit: .max)]) {
            try create(created..<created + 10, in: registry)
            created += 10
        }
        let ids = result.listings[0].rows.map(\.row.id)
        #expect(created > 5000, "the registry changed")
        let first = registry.firstID
        #expect(Set(ids) == Set(first..<first + 5000))
        #expect(ids.count == 5000)
        #expect(result.listings[0].matching == 5000)
    }

    @Test("the work of a step is bounded: more topics and more queries take more steps")
    func steps() throws {
        let (small, large) = (try registry(100), try registry(20_000))
        let query = TopicQuery(sort: .heldBytes, limit: 1)
        #expect(try gather(small, [query]).steps <= 2)
        let one = try gather(large, [query]).steps
        #expect(one >= 20)
        let many = (0..<20).map { TopicQuery(sort: .heldBytes, limit: UInt32($0 + 1)) }
        #expect(try gather(large, many).steps > 2 * one)
    }

    @Test("a broker without topics gives empty lists at once")
    func empty() throws {
        let result = try gather(try registry(0), [TopicQuery(), TopicQuery(limit: 0)])
        #expect(result.steps == 1)
        #expect(result.listings.map(\.matching) == [0, 0])
    }

    @Test("a row has the figure that its list is sorted by as it was when the topic was ranked")
    func sortedFigure() throws {
        let registry = try registry(3)
        for (place, topic) in registry.all.enumerated() {
            topic.locked { $0.counters.duplicates = UInt64(place) + 1 }
        }
        let ranked = try gather(registry, [TopicQuery(sort: .duplicateMessages)]).listings[0].rows
        for (place, topic) in registry.all.enumerated() {
            topic.locked { $0.counters.duplicates = 9 - UInt64(place) }
        }
        #expect(ranked.map { $0.statistics(sort: .duplicateMessages, now: 1)[.duplicateMessages] } == [3, 2, 1])
    }
}
