import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("A start at the last message of each key")
struct LatestOfKeysTests {
    /// Publishes messages `KEY NUMBER`, with no key for the empty text.
    private func publish(_ bench: inout QueueBench, _ topic: Topic, _ keys: [String], from first: Int = 1) {
        for (index, key) in keys.enumerated() {
            bench.publish(topic, ["\(key)\(first + index)"], key: key.isEmpty ? nil : key)
        }
    }

    private func begin(
        _ bench: inout QueueBench, _ pattern: String, window: UInt32 = 1_000_000
    ) throws -> Int {
        let client = bench.client(window: window)
        try bench.subscribe(client, pattern, from: .lastOfEachKey)
        bench.finish(bench.readers[client])
        return client
    }

    @Test("of what is there it gives the last of each key and all without a key, in order; then everything")
    func rule() throws {
        var bench = QueueBench()
        let topic = try bench.topic("t")
        publish(&bench, topic, ["a", "b", "", "a", "c", "", "b", "d"])
        let client = try begin(&bench, "t")
        #expect(bench.payloads(client) == ["3", "a4", "c5", "6", "b7", "d8"])
        publish(&bench, topic, ["a", "a", "b"], from: 9)
        #expect(bench.payloads(client) == ["a9", "a10", "b11"])
        #expect(bench.queue(client).keyedStarts == nil)
    }

    @Test("a topic that keeps nothing is read from now on")
    func empty() throws {
        var bench = QueueBench()
        let topic = try bench.topic("t")
        let client = try begin(&bench, "t")
        publish(&bench, topic, ["a", "a"])
        #expect(bench.payloads(client) == ["a1", "a2"])
    }

    @Test("what comes while the messages are judged is new, and nothing is delivered before they are")
    func meanwhile() throws {
        var bench = QueueBench()
        let topic = try bench.topic("t")
        publish(&bench, topic, ["a", "b", "a"])
        let client = bench.client(window: 100)
        try bench.subscribe(client, "t", from: .lastOfEachKey)
        #expect(bench.readers[client].isBusy)
        publish(&bench, topic, ["b"], from: 4)
        #expect(bench.payloads(client) == [])
        bench.finish(bench.readers[client])
        #expect(bench.payloads(client) == ["b2", "a3", "b4"])
    }

    @Test("of each topic that a pattern matches; topics that it meets later come from their first message")
    func pattern() throws {
        var bench = QueueBench()
        for name in ["x.1", "x.2", "y.1"] { publish(&bench, try bench.topic(name), ["a", "a", "b"]) }
        let client = try begin(&bench, "x.*")
        publish(&bench, try bench.topic("x.3"), ["a", "a"])
        #expect(bench.payloads(client).sorted() == ["a1", "a2", "a2", "a2", "b3", "b3"])
    }

    @Test("it commits as any other, and what is superseded is no lag any more")
    func commits() throws {
        var bench = QueueBench()
        let topic = try bench.topic("t")
        publish(&bench, topic, ["a", "a", "a", "b"])
        let client = try begin(&bench, "t", window: 1)
        #expect(bench.payloads(client) == ["a3"])
        #expect(bench.commit(client, 1))
        #expect(bench.payloads(client) == ["b4"])
        #expect(bench.commit(client, 2))
        #expect(bench.queue(client).lag(now: bench.now) == QueueLag())
        #expect(bench.queue(client).counters.gapMessages == 0 && bench.queue(client).counters.duplicates == 0)
    }

    @Test("with deduplication, what is superseded is not a first message of its key")
    func deduplication() throws {
        var bench = QueueBench()
        let topic = try bench.topic("t") {
            $0.deduplicationScope = .consumer
            $0.deduplicationWindow = 60_000
        }
        publish(&bench, topic, ["a", "a", "b"])
        let client = try begin(&bench, "t")
        #expect(bench.payloads(client) == ["a2", "b3"])
    }

    @Test("whatever the messages are, it gives what a simple look at them gives, and gives all memory back")
    func random() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<20 {
            var bench = QueueBench()
            let topic = try bench.topic("t")
            let client = bench.client(window: 1_000_000)
            let keys = Int.random(in: 1...3000, using: &random)
            var published: [(key: String, payload: String)] = []
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                let key = Bool.random(using: &random) ? "k\(Int.random(in: 1...keys, using: &random))" : ""
                let payloads = (0..<Int.random(in: 1...300, using: &random)).map { "\(key).\(published.count).\($0)" }
                bench.publish(topic, payloads, key: key.isEmpty ? nil : key)
                published += payloads.map { (key, $0) }
            }
            let before = bench.registry.budget.used
            try bench.subscribe(client, "t", from: .lastOfEachKey)
            bench.finish(bench.readers[client])
            var seen: Set<String> = []
            var expected: [String] = []
            for message in published.reversed() where message.key.isEmpty || seen.insert(message.key).inserted {
                expected.append(message.payload)
            }
            #expect(bench.payloads(client) == expected.reversed())
            try bench.unsubscribe(client, "t")
            _ = bench.commit(client, UInt64(expected.count))
            #expect(bench.registry.budget.used <= before)
        }
    }

    @Test("a million keys are judged in steps of some thousand messages, and their memory is given back in steps")
    func steps() throws {
        let budget = MemoryBudget(limit: 1 << 30)
        let topic = Topic(id: 1, name: try TopicName("t"), settings: TopicSettings(), budget: budget)
        var wakes = WakeList(shards: 1)
        let count = 100_000
        for first in stride(from: 0, to: count, by: 1000) {
            var frames = Publishes.frames([])
            for number in first..<first + 1000 {
                var frame = Publishes.frames(["x"], key: "key \(number % 90_000)")
                frames.writeBuffer(&frame)
            }
            frames.withUnsafeReadableBytes { bytes in
                let run = PublishRun(bytes, count: 1000, by: .one, stamp: UInt64(first + 1), now: 1)
                _ = topic.locked { $0.publish(run, wakes: &wakes) }
            }
        }
        let before = budget.used
        let latest = LatestOfKeys(1...UInt64(count), budget: budget)
        var (judging, releasing, most) = (0, 0, 0)
        while latest.step(in: topic) {
            if latest.isReady { releasing += 1 } else { judging += 1 }
            most = max(most, budget.used - before)
        }
        #expect(judging >= count / 2048 && releasing > 10)
        // 90,000 keys of 44 to 55 bytes, and what tables grow by ahead of need.
        #expect(most > 90_000 * 40 && most < 90_000 * 120)
        #expect(budget.used - before < 64 << 10)
        #expect((1...UInt64(count)).filter { latest.isSuperseded($0) } == Array(1...10_000))
    }

    @Test("a subscription that ends meanwhile gives back what it has, in steps")
    func givenUp() throws {
        var bench = QueueBench()
        let topic = try bench.topic("t")
        for number in 0..<5000 { bench.publish(topic, ["x"], key: "k\(number)") }
        let before = bench.registry.budget.used
        let client = bench.client(window: 10)
        try bench.subscribe(client, "t", from: .lastOfEachKey)
        bench.readers[client].step(now: bench.now, wakes: &bench.wakes)
        #expect(bench.registry.budget.used > before + 40_000)
        try bench.unsubscribe(client, "t")
        #expect(bench.readers[client].isBusy)
        bench.finish(bench.readers[client])
        #expect(bench.registry.budget.used <= before && bench.queue(client).keyedStarts == nil)
        #expect(bench.payloads(client) == [])
    }
}
