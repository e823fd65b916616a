import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The registry of topics")
struct TopicRegistryTests {
    private func registry() -> TopicRegistry { TopicRegistry(limit: 10_000, budget: MemoryBudget(limit: 1 << 30)) }

    /// - Returns: The readers that have to be told of each topic.
    private static func create(_ count: Int, in registry: TopicRegistry) async throws -> [UInt32: [ReaderHandle]] {
        var told: [UInt32: [ReaderHandle]] = [:]
        for number in 0..<count {
            let found = try registry.findOrCreate(try TopicName("a.\(number)"))
            told[found.topic.id] = found.readers
        }
        return told
    }

    @Test("each topic has an id of its own, in the order of creation, and is found by it and by its name")
    func ids() throws {
        let registry = registry()
        let first = registry.firstID
        for number in 0..<3000 {
            let found = try registry.findOrCreate(try TopicName("t.\(number)"))
            #expect(found.isNew && found.topic.id == first + UInt32(number))
        }
        #expect(registry.count == 3000)
        #expect(registry.topic(id: 0) == nil)
        #expect(registry.topic(id: first - 1) == nil)
        #expect(registry.topic(id: first + 3000) == nil)
        let all = registry.all
        for (index, topic) in all.enumerated() {
            #expect(topic.id == first + UInt32(index))
            #expect(registry.topic(id: topic.id) === topic)
            #expect(registry.topic(named: topic.name) === topic)
            #expect(try registry.findOrCreate(topic.name).topic === topic)
        }
        _ = try registry.findOrCreate(try TopicName("later"))
        #expect(all.count == 3000, "a copy is what there was")
        #expect(all[first + 3000] == nil)
        #expect(registry.all[first + 3000] != nil)
    }

    @Test("ids never reach the largest number, whatever they begin at", arguments: [TopicTable.firstIDs.upperBound, 1])
    func bounds(first: UInt32) throws {
        #expect(first > 0 && Int(first) + TopicTable.most - 1 <= UInt32.max)
        var table = TopicTable(firstID: first)
        let topic = Topic(
            id: table.nextID, name: try TopicName("a"), settings: TopicSettings(), budget: MemoryBudget(limit: 1 << 20))
        table.append(topic)
        #expect(table[first] === topic)
        #expect(table[0] == nil && table[.max] == nil && table.nextID == first + 1)
    }

    @Test("a loop that keeps topics by id asks the registry for none twice, and finds none of another process")
    func cache() throws {
        let (registry, other) = (registry(), registry())
        var cache = TopicCache()
        for number in 0..<3 {
            let topic = try registry.findOrCreate(try TopicName("t.\(number)")).topic
            let foreign = try other.findOrCreate(try TopicName("t.\(number)")).topic
            for _ in 0..<2 { #expect(cache.topic(topic.id, registry) === topic) }
            #expect(cache.topic(foreign.id, registry) == nil)
        }
        #expect(cache.topic(0, registry) == nil && cache.topic(.max, registry) == nil)
    }

    @Test("two topics of one name have two incarnations")
    func incarnations() throws {
        let name = try TopicName("a")
        let topics = try [registry(), registry()].map { try $0.findOrCreate(name).topic }
        #expect(topics[0].incarnation != topics[1].incarnation && topics[0].incarnation > 0)
    }

    @Test("a topic that is created while a pattern is subscribed to is met once: found, or told of its creation")
    func metOnce() async throws {
        let registry = registry()
        let pattern = try TopicPattern("a.*")
        async let created = Self.create(4000, in: registry)
        var found: [ReaderHandle: Set<UInt32>] = [:]
        for seat in 0..<40 {
            let reader = ReaderHandle(shard: 0, seat: UInt32(seat), generation: 0)
            var search = registry.subscribe(reader, to: pattern)
            while !search.isDone { found[reader, default: []].formUnion(search.next(most: 100).map(\.id)) }
            await Task.yield()
        }
        let told = try await created
        for topic in registry.all {
            for (reader, ids) in found {
                let times = (told[topic.id]?.contains(reader) == true ? 1 : 0) + (ids.contains(topic.id) ? 1 : 0)
                #expect(times == 1, "\(topic.name) and reader \(reader.seat)")
            }
            #expect(topic.locked { $0.readersToCome } == told[topic.id]?.count)
        }
    }
}
