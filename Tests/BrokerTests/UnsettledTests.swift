import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Settling many deliveries, in steps")
struct UnsettledTests {
    /// A client with so many runs in flight, of two topics by turns, and one message that is not delivered.
    private func scene(runs: Int, rules: QueueRules = QueueRules()) throws -> (QueueBench, Int) {
        var bench = QueueBench()
        let topics = try [bench.topic("a"), bench.topic("b")]
        let client = bench.client(window: UInt32(runs))
        bench.readers[client].setRules(rules)
        for topic in ["a", "b"] { try bench.subscribe(client, topic) }
        for run in 0...runs { bench.publish(topics[run % 2], "\(run)") }
        _ = bench.take(client)
        #expect(bench.attachment(client).inFlight.runs.count == runs)
        return (bench, client)
    }

    /// Does all steps.
    ///
    /// - Returns: How many they were.
    private func steps(_ bench: inout QueueBench, _ client: Int) -> Int {
        let reader = bench.readers[client]
        var count = 0
        while reader.isBusy {
            reader.step(now: bench.now, wakes: &bench.wakes)
            count += 1
        }
        reader.queue.releaseCommitted(wakes: &bench.wakes)
        return count
    }

    @Test("what a connection has in flight when it ends comes back in steps, ahead of what is new and in its order")
    func detached() throws {
        var (bench, client) = try scene(runs: 5000)
        bench.readers[client].detach(bench.owners[client], now: bench.now, wakes: &bench.wakes)
        bench.attach(client, window: 6000)
        // Nothing comes before all of it is back.
        #expect(bench.payloads(client).isEmpty)
        #expect(bench.readers[client].lag(now: bench.now).messages == 5001)
        #expect(steps(&bench, client) > 4)
        #expect(bench.payloads(client) == (0...5000).map(String.init))
        #expect(bench.readers[client].lag(now: bench.now).inFlight == 5001)
    }

    @Test("a deadline takes much back in steps")
    func overdue() throws {
        var (bench, client) = try scene(runs: 5000, rules: QueueRules(commitDeadline: 1_000_000))
        bench.now += 5_000_000
        bench.readers[client].timePassed(now: bench.now, wakes: &bench.wakes)
        #expect(bench.payloads(client).isEmpty)
        #expect(steps(&bench, client) > 4)
        #expect(bench.payloads(client) == (0..<5000).map(String.init))
    }

    @Test("much that is returned or done in one request is settled in steps, and no other delivery with it")
    func settled() throws {
        var (bench, client) = try scene(runs: 5000)
        let queue = { (bench: QueueBench) in bench.readers[client].queue }
        let odd = stride(from: UInt64(1), through: 4999, by: 2).map { $0...$0 }
        _ = bench.readers[client].queue.settle(
            odd, .giveBack(after: 0, reason: ""), of: &bench.owners[client].attachment, now: bench.now)
        #expect(queue(bench).isSettling)
        #expect(bench.attachment(client).inFlightCount == 2500)
        #expect(steps(&bench, client) > 2)
        #expect(bench.payloads(client) == stride(from: 0, to: 5000, by: 2).map(String.init))
        #expect(bench.readers[client].queue.commit(5000, of: &bench.owners[client].attachment))
        #expect(queue(bench).isSettling)
        #expect(steps(&bench, client) > 2)
        #expect(bench.readers[client].lag(now: bench.now).inFlight == 2500)
        #expect(bench.commit(client, 7500))
        bench.releaseCommitted(client)
        #expect(bench.payloads(client) == ["5000"])
        #expect(!queue(bench).hasHoles)
    }

    @Test("delays that are over together are looked at in steps")
    func due() throws {
        var (bench, client) = try scene(runs: 5000)
        #expect(bench.settle(client, [1...5000], .giveBack(after: 1_000_000, reason: "")) == .done(5000))
        bench.now += 2_000_000
        bench.readers[client].timePassed(now: bench.now, wakes: &bench.wakes)
        #expect(steps(&bench, client) > 1)
        #expect(bench.payloads(client) == (0..<5000).map(String.init))
    }

    @Test("many parked messages are looked through and released in steps; those of a topic deleted meanwhile are lost")
    func parked() throws {
        var (bench, client) = try scene(runs: 5000)
        #expect(bench.settle(client, [1...5000], .park(reason: "")) == .done(5000))
        bench.readers[client].sweepParked()
        #expect(steps(&bench, client) > 4)
        #expect(bench.readers[client].queue.settleParked([], .release, now: bench.now) == .success(5000))
        let topics = ["a", "b"].compactMap { try? bench.topic($0) }
        bench.delete(topics[0])
        #expect(bench.payloads(client).isEmpty)
        #expect(steps(&bench, client) > 2)
        #expect(bench.payloads(client) == stride(from: 1, to: 5000, by: 2).map(String.init))
        bench.delete(topics[1])
        #expect(bench.queue(client).cursors.count == 1)
    }

    @Test("a queue that has no cursor left forgets what it was releasing")
    func allGone() throws {
        var (bench, client) = try scene(runs: 2000)
        #expect(bench.settle(client, [1...2000], .park(reason: "")) == .done(2000))
        _ = bench.readers[client].queue.settleParked([], .release, now: bench.now)
        for topic in ["a", "b"] { bench.delete(try bench.topic(topic)) }
        #expect(steps(&bench, client) > 1)
        #expect(bench.queue(client).cursors.count == 0 && !bench.queue(client).hasHoles)
    }

    @Test("what a queue was moved ahead of in many parts is told in parts")
    func moved() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 4000)
        try bench.subscribe(client, "a")
        bench.publish(a, (1...4000).map(String.init))
        _ = bench.take(client)
        let odd = stride(from: UInt64(1), through: 3999, by: 2).map { $0...$0 }
        #expect(bench.settle(client, odd, .park(reason: "")) == .done(2000))
        #expect(bench.commit(client, 4000))
        #expect(bench.seek(client, "a", to: .earliest) == 1)
        #expect(bench.seek(client, "a", to: .new) == 1)
        var told: [UInt64] = []
        var turns = 0
        while told.count < 2000, turns < 100 {
            let gaps = bench.take(client).compactMap { output -> UInt64? in
                if case .gap(.moved, _, let first, _) = output { first } else { nil }
            }
            #expect(gaps.count <= 256)
            told += gaps
            turns += 1
        }
        #expect(told == stride(from: 2, through: 4000, by: 2).map { UInt64($0) })
    }

    // MARK: On connections

    /// A client of a session with so many runs in flight.
    private func attached(_ bench: EmbeddedBench, runs: Int) throws -> (client: EmbeddedClient, topics: [Topic]) {
        let topics = try [bench.topic("a"), bench.topic("b")]
        let writer = try bench.connect(loop: 0)
        let client = try bench.connect(.of("work", window: UInt32(runs)), loop: 0)
        for (number, topic) in ["a", "b"].enumerated() {
            try client.send(.subscribe(request: UInt32(number + 1), pattern: topic, from: .new))
        }
        for run in 0..<runs { try writer.send(.message(topics[run % 2].id, "\(run)")) }
        #expect(try client.receive().payloads.count == runs)
        return (client, topics)
    }

    @Test("the next client of a session gets all that the one before had in flight, before anything new")
    func comesBack() throws {
        let bench = EmbeddedBench()
        let (client, topics) = try attached(bench, runs: 3000)
        client.close()
        let writer = try bench.connect(loop: 0)
        let next = try bench.connect(.of("work", window: 4000), loop: 0)
        try writer.send(.message(topics[0].id, "new"))
        #expect(try next.receive().payloads == (0..<3000).map(String.init) + ["new"])
    }

    @Test("what follows a request that settles much is done after it, on the other connections of the session, too")
    func othersWait() throws {
        let bench = EmbeddedBench()
        let (client, topics) = try attached(bench, runs: 3000)
        let numbers = stride(from: UInt64(1), through: 2999, by: 2).map { $0...$0 }
        let settlement = Settlement(.return, numbers)
        try client.send(
            .settle(request: 7, settlement), .commit(3000), .ping(8), .message(topics[0].id, "new"), .ping(9))
        let frames = try client.receive()
        #expect(frames.first == .ok(request: 7, detail: ByteBuffer()))
        #expect(frames.payloads == stride(from: 0, to: 3000, by: 2).map(String.init) + ["new"])
        #expect(frames.contains(.pong(8)) && frames.contains(.pong(9)))
    }
}
