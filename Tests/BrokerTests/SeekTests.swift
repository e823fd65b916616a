import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Moving a queue")
struct SeekTests {
    private static func gaps(_ output: [QueueOutput]) -> [ClosedRange<UInt64>] {
        output.compactMap { item in
            guard case .gap(.moved, _, let first, let last) = item else { return nil }
            return first...last
        }
    }

    @Test("moved back, what was done comes again as first deliveries, and what is in flight does not")
    func back() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 10)
        try bench.subscribe(client, "a")
        bench.publish(a, ["1", "2", "3", "4", "5"])
        _ = bench.take(client)
        #expect(bench.commit(client, 2))
        #expect(bench.settle(client, [4...4], .park(reason: "")) == .done(1))
        #expect(bench.seek(client, "a", to: .sequence(1)) == 1)
        var lag = bench.readers[client].lag(now: bench.now)
        #expect((lag.pending, lag.inFlight, lag.parked) == (2, 2, 1))
        #expect(a.locked { $0.holds.lowest } == 1)
        let output = bench.take(client)
        #expect(output.deliveries.map { String(buffer: $0.payload) } == ["1", "2"])
        #expect(output.attempts.isEmpty && Self.gaps(output).isEmpty)
        bench.publish(a, ["6"])
        #expect(bench.payloads(client) == ["6"])
        #expect(bench.commit(client, 8))
        bench.releaseCommitted(client)
        lag = bench.readers[client].lag(now: bench.now)
        #expect((lag.messages, lag.parked) == (0, 1))
        #expect(a.locked { $0.holds.lowest } == 4)
    }

    @Test("moved ahead, what is passed over is a gap of its own kind, told once and counted at once")
    func ahead() throws {
        var bench = QueueBench()
        let a = try bench.topic("a") { $0.historyBytes = 0 }
        let client = bench.client(window: 1)
        try bench.subscribe(client, "a")
        bench.publish(a, ["1", "2", "3", "4", "5"])
        #expect(bench.payloads(client) == ["1"])
        #expect(bench.seek(client, "a", to: .sequence(4)) == 1)
        #expect(bench.queue(client).counters.gapMessages == 2)
        let lag = bench.readers[client].lag(now: bench.now)
        #expect((lag.pending, lag.inFlight, lag.untoldGaps) == (2, 1, 0))
        #expect(Self.gaps(bench.take(client)) == [2...3])
        #expect(bench.commit(client, 1))
        let output = bench.take(client)
        #expect(Self.gaps(output).isEmpty)
        #expect(output.deliveries.map { String(buffer: $0.payload) } == ["4"])
    }

    @Test("moved back again before the client was told, nothing is lost")
    func toAndFro() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 10)
        try bench.subscribe(client, "a")
        bench.publish(a, ["1", "2", "3"])
        #expect(bench.seek(client, "a", to: .new) == 1)
        #expect(bench.readers[client].lag(now: bench.now) == QueueLag())
        #expect(bench.seek(client, "a", to: .sequence(2)) == 1)
        #expect(bench.queue(client).counters.gapMessages == 1)
        let output = bench.take(client)
        #expect(Self.gaps(output) == [1...1])
        #expect(output.deliveries.map { String(buffer: $0.payload) } == ["2", "3"])
    }

    @Test("a pattern moves the queue in all topics that it matches, which then come in the order of their arrival")
    func pattern() throws {
        var bench = QueueBench()
        let topics = try ["t.a", "t.b", "u"].map { try bench.topic($0) }
        let client = bench.client(window: 100)
        for topic in topics { try bench.subscribe(client, topic.name.string) }
        for round in 0..<4 {
            for topic in topics { bench.publish(topic, ["\(topic.name)\(round)"]) }
        }
        let all = bench.payloads(client)
        #expect(bench.commit(client, 12))
        #expect(bench.seek(client, "t.*", to: .earliest) == 2)
        #expect(bench.payloads(client) == all.filter { $0.hasPrefix("t.") })
        #expect(bench.seek(client, "nothing", to: .earliest) == 0)
    }

    @Test("deduplication in scope consumer forgets what it knew of a topic")
    func keys() throws {
        var bench = QueueBench()
        let a = try bench.topic("a") {
            $0.deduplicationWindow = 60_000
            $0.deduplicationScope = .consumer
        }
        let client = bench.client(window: 10)
        try bench.subscribe(client, "a")
        bench.publish(a, ["1"], key: "k")
        #expect(bench.payloads(client) == ["1"])
        #expect(bench.commit(client, 1))
        #expect(bench.seek(client, "a", to: .earliest) == 1)
        #expect(bench.payloads(client) == ["1"])
    }
}
