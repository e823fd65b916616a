import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The end of a topic")
struct TopicEndTests {
    private static func gone(_ output: [QueueOutput]) -> [GoneTopic] {
        output.compactMap { if case .gone(let gone) = $0 { gone } else { nil } }
    }

    @Test("nothing is published to it any more, and nobody begins to read it")
    func closed() throws {
        var bench = QueueBench()
        let topic = try bench.topic("t")
        bench.publish(topic, "a")
        let deleted = bench.delete(topic)
        let end = try #require(deleted)
        #expect(end.messages == 1 && end.needed == 0 && end.readers == 0)
        let again = bench.delete(topic)
        #expect(again == nil, "it ends once")
        let result = Publishes.frames(["b"], topic: topic.id).withUnsafeReadableBytes { frames in
            topic.locked { $0.publish(PublishRun(frames, count: 1, stamp: 9, now: 1), wakes: &bench.wakes) }
        }
        #expect(result.refusal == .gone && result.count == 0)
        let reader = bench.client(window: 10)
        #expect(bench.readers[reader].queue.subscribe(topic, from: .new, now: 1) == .topicGone)
        #expect(bench.queue(reader).subscriptions.isEmpty && bench.queue(reader).counters.topics == 0)
    }

    @Test("a queue is told what it lost and of the end, even with a full window; its subscription by name ends")
    func told() throws {
        var bench = QueueBench()
        let topic = try bench.topic("t")
        let slow = bench.client(window: 2)
        try bench.subscribe(slow, "t")
        bench.publish(topic, "1", "2", "3", "4", "5")
        #expect(bench.payloads(slow) == ["1", "2"])
        let deleted = bench.delete(topic)
        let end = try #require(deleted)
        #expect(end.messages == 5 && end.needed == 5 && end.readers == 1)
        let lag = bench.readers[slow].lag(now: 1)
        #expect(lag.pending == 0 && lag.inFlight == 2 && lag.untoldGaps == 3 && lag.lossCause == .purged)
        let told = Self.gone(bench.take(slow))
        let notice = try #require(told.first)
        #expect(notice.topic === topic && notice.lost == 3...5)
        #expect(bench.queue(slow).counters.gapMessages == 3 && bench.readers[slow].lag(now: 1).untoldGaps == 0)
        #expect(bench.queue(slow).subscriptions.isEmpty && bench.queue(slow).counters.topics == 0)
        let more = bench.take(slow)
        #expect(more.isEmpty, "it is told once")
    }

    @Test("commits pass over what is in flight of it")
    func inFlight() throws {
        var bench = QueueBench()
        let (topic, other) = (try bench.topic("a.t"), try bench.topic("a.u"))
        let reader = bench.client(window: 10)
        try bench.subscribe(reader, "a.*")
        bench.publish(topic, "1", "2")
        bench.publish(other, "3")
        bench.publish(topic, "4")
        #expect(bench.payloads(reader) == ["1", "2", "3", "4"])
        bench.delete(topic)
        #expect(Self.gone(bench.take(reader)).map(\.lost) == [nil])
        #expect(bench.attachment(reader).inFlightCount == 4)
        #expect(bench.commit(reader, 3) && bench.commit(reader, 4))
        #expect(bench.readers[reader].lag(now: 1).messages == 0)
        bench.publish(other, "5")
        #expect(bench.payloads(reader) == ["5"], "the pattern goes on")
        #expect(bench.queue(reader).cursors.count == 1)
    }

    @Test("a queue that takes before it is told finds out by itself")
    func foundOut() throws {
        var bench = QueueBench()
        let (topic, other) = (try bench.topic("a.t"), try bench.topic("a.u"))
        let reader = bench.client(window: 10)
        try bench.subscribe(reader, "a.*")
        bench.publish(topic, "1", "2")
        bench.publish(other, "3")
        _ = topic.locked { $0.end(now: 1, wakes: &bench.wakes) }
        let output = bench.take(reader)
        #expect(Self.gone(output).map(\.lost) == [1...2])
        #expect(output.deliveries.map { String(buffer: $0.payload) } == ["3"])
        #expect(!bench.queue(reader).hasReady)
    }

    @Test("a pattern reads a new topic of the name from its first message, under another id and incarnation")
    func again() throws {
        var bench = QueueBench()
        let topic = try bench.topic("a.t")
        let (pattern, name) = (bench.client(window: 10), bench.client(window: 10))
        try bench.subscribe(pattern, "a.*")
        try bench.subscribe(name, "a.t")
        bench.publish(topic, "old")
        bench.delete(topic)
        let new = try bench.create(try TopicName("a.t"))
        #expect(new.id > topic.id && new.incarnation != topic.incarnation)
        bench.publish(new, "new")
        #expect(bench.payloads(pattern) == ["new"])
        #expect(bench.payloads(name) == [], "the subscription by name has ended")
    }

    @Test("who reads it by a pattern, was never told of it and had nothing pending is not told of its end")
    func unknown() throws {
        var bench = QueueBench()
        let topic = try bench.topic("a.t")
        let (pattern, name) = (bench.client(window: 10), bench.client(window: 10))
        try bench.subscribe(pattern, "a.*")
        try bench.subscribe(name, "a.t")
        bench.delete(topic)
        #expect(bench.take(pattern).isEmpty)
        let output = bench.take(name)
        guard case .announcement = output.first, case .gone = output.last, output.count == 2 else {
            Issue.record("a subscription by name is told of the topic and of its end, not \(output)")
            return
        }
    }

    @Test("a pattern hears of a topic that has come and gone meanwhile: what it was to get is lost, and told once")
    func missed() throws {
        var bench = QueueBench()
        let (pattern, both) = (bench.client(window: 10), bench.client(window: 10))
        for client in [pattern, both] { try bench.subscribe(client, "a.*") }
        let topic = try bench.create(try TopicName("a.t"))
        // This one asks for the name before its pattern has heard of the topic.
        #expect(bench.readers[both].queue.subscribe(topic, from: .new, now: 1) == .begun)
        Publishes.frames(["1", "2"], topic: topic.id).withUnsafeReadableBytes { frames in
            _ = topic.locked { $0.publish(PublishRun(frames, count: 2, stamp: 9, now: 1), wakes: &bench.wakes) }
        }
        let end = bench.delete(topic)
        #expect(end?.needed == 2 && end?.readersToCome == 2)
        #expect(bench.registry.leaving(topic.id) === topic)
        for client in [pattern, both] {
            let output = bench.take(client)
            #expect(Self.gone(output).map(\.lost) == [1...2])
            let more = bench.take(client)
            #expect(more.isEmpty)
        }
        #expect(bench.registry.leaving(topic.id) == nil)
        #expect(bench.queue(both).subscriptions.count == 1 && bench.queue(both).gone == nil)
    }

    @Test("all of its memory goes back to the budget, some at a time")
    func memory() throws {
        var bench = QueueBench()
        let before = bench.registry.budget.used
        do {
            let topic = try bench.topic("t") {
                $0.deduplicationWindow = 1000
                $0.deduplicationScope = .topic
            }
            for number in 0..<300 { bench.publish(topic, [String(repeating: "x", count: 40_000)], key: "\(number)") }
            let end = topic.locked { $0.end(now: 1, wakes: &bench.wakes) }
            #expect(end?.messages == 300)
            bench.registry.remove([topic], loops: 0)
            bench.registry.haveBeenTold([topic])
            var steps = 1
            while topic.locked({ $0.giveBackPart() }) { steps += 1 }
            #expect(steps > 2)
            #expect(topic.locked { $0.memory } == 0)
        }
        #expect(bench.registry.budget.used == before)
        #expect(bench.registry.count == 0)
    }

    @Test("any number of readers leave it in steps that do not depend on their number")
    func manyReaders() {
        var holds = Holds()
        let seats = (0..<20_000).map { number in
            let reader = ReaderHandle(shard: 0, seat: UInt32(number), generation: 0)
            return holds.enter(Waiter(reader: reader, slot: 0), needed: UInt64(number) + 1, counted: UInt64(number) + 2)
        }
        holds.end()
        #expect(holds.lowest == .max)
        // Each was the lowest, so each would be a search for the next one.
        let risen = seats.map { holds.leave($0) }
        #expect(!risen.dropLast().contains(true) && risen.last == true && holds.count == 0)
    }

    @Test("the name of a topic that ends is known as such until all loops have told their readers")
    func leaving() throws {
        let registry = TopicRegistry(limit: 2, budget: MemoryBudget(limit: 1 << 30))
        let name = try TopicName("t")
        let topic = try registry.findOrCreate(name).topic
        _ = try registry.findOrCreate(try TopicName("u"))
        for _ in 0..<2 { registry.remove([topic], loops: 2) }
        #expect(registry.count == 1 && registry.topic(named: name) == nil && registry.topic(id: topic.id) == nil)
        let new = try registry.findOrCreate(name)
        #expect(new.isNew && new.topic.id != topic.id, "there is room for another topic")
        for _ in 0..<2 {
            registry.haveBeenTold([topic])
            #expect(registry.leaving(name) == [topic.id] && registry.leaving(topic.id) === topic)
        }
        registry.haveBeenTold([topic])
        #expect(registry.leaving(name).isEmpty && registry.leaving(topic.id) == nil)
        var cache = TopicCache()
        let found = cache.topic(new.topic.id, registry)
        #expect(found === new.topic)
        registry.remove([new.topic], loops: 0)
        cache.forget(new.topic.id, registry)
        let forgotten = cache.topic(new.topic.id, registry)
        #expect(forgotten == nil)
    }

    // MARK: Unused topics

    private static let times = UnusedTimes(empty: 100, keeping: 0)
    private static let second: UInt64 = 1_000_000

    @Test("a topic made by use that nobody uses is removed after a while, unless it keeps messages")
    func unused() throws {
        var bench = QueueBench()
        let topic = try bench.registry.findOrCreate(try TopicName("t"), isMadeByUse: true).topic
        func look(_ seconds: UInt64, _ times: UnusedTimes = Self.times) -> Bool {
            topic.locked { state in
                var steps = 0
                _ = state.secondPassed(now: seconds * Self.second, wakes: &bench.wakes, steps: &steps)
                return state.isToBeRemoved(times, now: seconds * Self.second)
            }
        }
        #expect(!look(10) && !look(109) && look(110))
        #expect(topic.locked { $0.noteUse() })
        #expect(!look(111) && !look(210) && look(211), "a look-up is a use")
        let reader = bench.client(window: 10)
        try bench.subscribe(reader, "t")
        #expect(!look(400))
        try bench.unsubscribe(reader, "t")
        #expect(!look(401) && look(501))
        let publisher = Publisher.test()
        bench.publish(topic, ["m"], by: publisher)
        #expect(!look(502) && !look(700), "its publisher is connected")
        publisher.leave()
        #expect(!look(701) && !look(5000), "it keeps a message")
        #expect(look(5001, UnusedTimes(empty: 100, keeping: 1000)))
        #expect(!look(5002, UnusedTimes(empty: 0, keeping: 0)))
    }

    @Test("a topic that was created with CREATE TOPIC stays")
    func created() throws {
        let topic = try TopicRegistry(limit: 2, budget: MemoryBudget(limit: 1 << 30)).findOrCreate(try TopicName("t"))
            .topic
        #expect(topic.locked { !$0.isToBeRemoved(Self.times, now: 1) && !$0.isToBeRemoved(Self.times, now: 1 << 60) })
    }
}
