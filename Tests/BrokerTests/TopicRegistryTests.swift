import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The registry of topics")
struct TopicRegistryTests {
    private func registry() -> TopicRegistry { TopicRegistry(limit: 10_000, budget: MemoryBudget(limit: 1 << 30)) }

    private static func create(_ count: Int, in registry: TopicRegistry) async throws {
        for number in 0..<count { _ = try registry.findOrCreate(try TopicName("a.\(number)")) }
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

    @Test("a topic that is created while a pattern is subscribed to is met once: found, or told of its first message")
    func metOnce() async throws {
        let registry = registry()
        let pattern = try TopicPattern("a.*")
        async let created: Void = Self.create(4000, in: registry)
        var found: [ClientHandle: Set<UInt32>] = [:]
        for slot in 0..<40 {
            let reader = ClientHandle(shard: 0, slot: UInt32(slot), generation: 0)
            found[reader] = Set(registry.subscribe(reader, to: pattern).map(\.id))
            await Task.yield()
        }
        try await created
        for topic in registry.all {
            let waiting = topic.locked { $0.waiters.map(\.client) }
            for (reader, ids) in found {
                let times = waiting.count { $0 == reader } + (ids.contains(topic.id) ? 1 : 0)
                #expect(times == 1, "\(topic.name) and reader \(reader.slot)")
            }
            #expect(topic.locked { $0.readersToCome } == waiting.count)
        }
    }
}
