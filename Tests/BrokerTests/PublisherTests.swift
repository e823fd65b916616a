import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Who published a message")
struct PublisherTests {
    private static func settings(history: UInt64 = 1 << 20) -> TopicSettings {
        var settings = TopicSettings()
        settings.historyBytes = history
        return settings
    }

    @Test("each message is of the connection that published it, across segments and runs, and one that is gone of none")
    func stretches() throws {
        var generator = SeededGenerator(seed: 5)
        let publishers = (0..<3).map { Publisher.test(seat: $0) }
        let budget = MemoryBudget(limit: 1 << 30)
        var state = TopicState(id: 1, settings: Self.settings(history: 20_000), budget: budget)
        var wakes = WakeList(shards: 1)
        var wanted: [UInt32] = []
        for stamp in UInt64(1)...3000 {
            let seat = Int.random(in: 0..<3, using: &generator)
            let count = Int.random(in: 1...4, using: &generator)
            wanted += Array(repeating: UInt32(seat), count: count)
            let frames = Publishes.frames(Array(repeating: "some payload", count: count))
            _ = frames.withUnsafeReadableBytes {
                state.publish(
                    PublishRun($0, count: count, by: publishers[seat], stamp: stamp * 2, now: stamp), wakes: &wakes)
            }
        }
        let earliest = state.earliest(now: 3000)
        #expect(earliest > 1 && Int(state.log.headSequence) == wanted.count)
        for (index, seat) in wanted.enumerated() {
            let sequence = UInt64(index + 1)
            let origin = state.origin(of: sequence, now: 3000)
            #expect(origin?.publisher.handle.seat == (sequence < earliest ? nil : seat))
            guard let stretch = state.log.stretch(of: sequence) else { continue }
            #expect(stretch.end > sequence)
            #expect(wanted[index..<Int(stretch.end - 1)].allSatisfy { $0 == seat }, "a stretch is one publisher's")
        }
        #expect(state.origin(of: 0, now: 3000) == nil)
        #expect(state.origin(of: UInt64(wanted.count) + 1, now: 3000) == nil)
    }

    @Test("a publisher is known after it has left, as long as a message of it is kept, and its memory is charged")
    func memory() throws {
        let budget = MemoryBudget(limit: 1 << 30)
        var log = TopicLog()
        do {
            let publisher = Publisher.test(name: "hare", budget: budget)
            log.append(["a"], by: publisher, stamp: 1, budget: budget)
            publisher.leave()
        }
        let publisher = try #require(log.stretch(of: 1)?.publisher)
        #expect(publisher.clientName == "hare" && !publisher.isConnected)
        #expect(budget.used > log.memory)
        let others = (0..<2).map { Publisher.test(seat: $0) }
        for stamp in UInt64(2)...100 { log.append(["b"], by: others[Int(stamp % 2)], stamp: stamp, budget: budget) }
        #expect(log.memory <= budget.used, "a stretch is charged to its segment")
        while log.oldest != nil { log.dropFirst() }
        #expect(log.memory == 0 && budget.used == 128 + 36, "what is left is the publisher that this test holds")
    }

    @Test("a queue without echo passes over what its client published: no gap, and it leaves the lag when reached")
    func echo() throws {
        var bench = QueueBench()
        let topic = try bench.topic("t")
        let quiet = bench.client(window: 2)
        let other = bench.client(window: 100)
        for client in [quiet, other] { try bench.subscribe(client, "t") }
        let slot = try #require(bench.queue(quiet).cursors.slot(of: topic.id))
        bench.queue(quiet).cursors[slot]!.isWithoutEcho = true
        let (own, foreign) = (Publisher.test(seat: UInt32(quiet)), Publisher.test(seat: 77))
        bench.publish(topic, ["1", "2"], by: own)
        bench.publish(topic, ["3"], by: foreign)
        bench.publish(topic, ["4"], by: own)
        bench.publish(topic, ["5", "6"], by: foreign)
        bench.publish(topic, ["7"], by: own)
        #expect(bench.readers[quiet].lag(now: 1).messages == 7)
        let output = bench.take(quiet)
        #expect(output.deliveries.map { String(buffer: $0.payload) } == ["3", "5"])
        #expect(!output.contains { if case .gap = $0 { true } else { false } })
        #expect(bench.readers[quiet].lag(now: 1).messages == 4, "two in flight, and what is behind them")
        #expect(bench.commit(quiet, 2))
        #expect(bench.payloads(quiet) == ["6"])
        #expect(bench.commit(quiet, 3))
        _ = bench.take(quiet)
        #expect(bench.readers[quiet].lag(now: 1).messages == 0)
        #expect(!bench.queue(quiet).hasReady)
        #expect(bench.payloads(other) == ["1", "2", "3", "4", "5", "6", "7"])
        let holds = topic.locked { $0.holds.lowest }
        #expect(holds == 1, "the other queue has committed nothing")
        bench.publish(topic, ["8"], by: own)
        #expect(bench.take(quiet).isEmpty)
        #expect(bench.readers[quiet].lag(now: 1).messages == 0)
    }
}
