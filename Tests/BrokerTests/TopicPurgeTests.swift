import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("What operators remove from a topic")
struct TopicPurgeTests {
    /// Removes the messages of a key, as an act does.
    private static func purge(_ key: String, of topic: Topic, _ bench: QueueBench) -> UInt64 {
        var search = TopicKeySearch(Array(key.utf8), from: 1, below: topic.locked { $0.log.headSequence + 1 })
        var count: UInt64 = 0
        while let found = search.step(topic) {
            count += UInt64(topic.locked { $0.purge(found, isDryRun: false, now: bench.now) }.count)
        }
        return count
    }

    @Test("a search for a key looks at so many messages in a step, whatever the segment's size, and misses none")
    func steps() throws {
        var bench = QueueBench()
        let topic = try bench.topic("t") { $0.historyBytes = 8 << 20 }
        for number in 0..<50 {
            bench.publish(topic, Array(repeating: "x", count: 100), key: number.isMultiple(of: 2) ? "a" : "b")
        }
        var search = TopicKeySearch(Array("a".utf8), from: 1, below: 5001)
        var (steps, found): (Int, [UInt64]) = (0, [])
        while let next = search.step(topic) {
            steps += 1
            #expect(next.looked <= 1024)
            found += next.sequences
        }
        #expect(steps >= 5)
        #expect(found == (1...5000).filter { ($0 - 1) / 100 % 2 == 0 })
    }

    private static func sequences(_ output: [QueueOutput]) -> (delivered: [UInt64], purged: [UInt64]) {
        var purged: [UInt64] = []
        for case .gap(let reason, _, let first, let last) in output {
            #expect(reason == .purged)
            purged += Array(first...last)
        }
        return (output.deliveries.map(\.sequence), purged)
    }

    @Test("every message is delivered or told as purged, once, and what is kept is counted to the message and byte")
    func random() throws {
        for seed in 1...40 as ClosedRange<UInt64> {
            var random = SplitMix(seed: seed)
            var bench = QueueBench()
            let topic = try bench.topic("t") { $0.historyBytes = 8 << 20 }
            let reader = bench.client(window: 5)
            try bench.subscribe(reader, "t")
            var kept: [(sequence: UInt64, key: String)] = []
            var seen: (delivered: [UInt64], purged: [UInt64]) = ([], [])
            var removed: Set<UInt64> = []
            var head: UInt64 = 0
            for _ in 0..<60 {
                switch Int.random(in: 0..<6, using: &random) {
                case 0, 1, 2:
                    let key = ["a", "b", "c"].randomElement(using: &random)!
                    bench.publish(topic, [String(repeating: "x", count: 400)], key: key)
                    head += 1
                    kept.append((head, key))
                case 3:
                    let key = ["a", "b"].randomElement(using: &random)!
                    let gone = kept.filter { $0.key == key }
                    #expect(Self.purge(key, of: topic, bench) == UInt64(gone.count), "seed \(seed)")
                    removed.formUnion(gone.map(\.sequence))
                    kept.removeAll { $0.key == key }
                case 4 where Int.random(in: 0..<4, using: &random) == 0:
                    let end = UInt64.random(in: 1...head + 1, using: &random)
                    let gone = kept.filter { $0.sequence < end }
                    let purged = topic.locked { $0.purge(below: end, now: bench.now, wakes: &bench.wakes) }
                    #expect(purged.messages == UInt64(gone.count), "seed \(seed)")
                    removed.formUnion(gone.map(\.sequence))
                    kept.removeAll { $0.sequence < end }
                default:
                    let told = Self.sequences(bench.take(reader))
                    seen.delivered += told.delivered
                    seen.purged += told.purged
                    #expect(bench.commit(reader, bench.attachment(reader).delivered))
                    bench.releaseCommitted(reader)
                }
                let figures = topic.locked { $0.retained(now: bench.now) }
                #expect(figures.messages == UInt64(kept.count), "seed \(seed)")
                #expect(figures.bytes % UInt64(max(kept.count, 1)) == 0, "all are of one length, seed \(seed)")
            }
            while seen.delivered.count + seen.purged.count < Int(head) {
                let told = Self.sequences(bench.take(reader))
                try #require(!told.delivered.isEmpty || !told.purged.isEmpty, "seed \(seed): some are never told")
                seen.delivered += told.delivered
                seen.purged += told.purged
                #expect(bench.commit(reader, bench.attachment(reader).delivered))
                bench.releaseCommitted(reader)
            }
            #expect((seen.delivered + seen.purged).sorted() == (head == 0 ? [] : Array(1...head)), "seed \(seed)")
            #expect(removed.isSuperset(of: seen.purged), "seed \(seed)")
            #expect(bench.readers[reader].lag(now: bench.now).messages == 0, "seed \(seed)")
        }
    }

    @Test("what is purged as a whole gives its memory back, the newest segment included")
    func memory() throws {
        var bench = QueueBench()
        let topic = try bench.topic("t")
        for _ in 0..<400 { bench.publish(topic, [String(repeating: "x", count: 60_000)]) }
        #expect(topic.locked { $0.log.memory } > 10 << 20)
        _ = topic.locked { $0.purge(below: .max, now: bench.now, wakes: &bench.wakes) }
        while topic.locked({ $0.dropMore(now: bench.now) }) {}
        #expect(topic.locked { $0.log.memory } == 0)
        bench.publish(topic, "next")
        #expect(topic.locked { $0.log.headSequence } == 401)
    }
}
