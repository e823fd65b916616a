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
        for number in 1...3000 {
            let found = try registry.findOrCreate(try TopicName("t.\(number)"))
            #expect(found.isNew && found.topic.id == UInt32(number))
        }
        #expect(registry.count == 3000)
        #expect(registry.topic(id: 0) == nil)
        #expect(registry.topic(id: 3001) == nil)
        let all = registry.all
        for (index, topic) in all.enumerated() {
            #expect(topic.id == UInt32(index + 1))
            #expect(registry.topic(id: topic.id) === topic)
            #expect(registry.topic(named: topic.name) === topic)
            #expect(try registry.findOrCreate(topic.name).topic === topic)
        }
        _ = try registry.findOrCreate(try TopicName("later"))
        #expect(all.count == 3000, "a copy is what there was")
        #expect(all[3001] == nil)
        #expect(registry.all[3001] != nil)
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
