import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("A client's queue")
struct ClientQueueTests {
    @Test("several topics come in the order of their arrival")
    func mergesByArrival() throws {
        var bench = QueueBench()
        let (a, b) = (try bench.topic("a"), try bench.topic("b"))
        let client = bench.client(window: 100)
        try bench.subscribe(client, "a")
        try bench.subscribe(client, "b")
        bench.publish(a, "1")
        bench.publish(b, "2", "3")
        bench.publish(a, "4")
        bench.publish(a, "5")
        bench.publish(b, "6")
        #expect(bench.payloads(client) == ["1", "2", "3", "4", "5", "6"])
    }

    @Test("the window bounds what is in flight; commits make room; lowering it affects no delivery made")
    func window() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 2)
        try bench.subscribe(client, "a")
        bench.publish(a, "1", "2", "3", "4", "5")
        #expect(bench.payloads(client) == ["1", "2"])
        #expect(bench.payloads(client) == [])
        #expect(bench.commit(client, 1) == true)
        #expect(bench.payloads(client) == ["3"])
        bench.owners[client].attachment.setWindow(0)
        #expect(bench.attachment(client).inFlightCount == 2)
        #expect(bench.commit(client, 3) == true)
        #expect(bench.payloads(client) == [])
        bench.owners[client].attachment.setWindow(1)
        #expect(bench.payloads(client) == ["4"])
    }

    @Test("a commit beyond what was delivered is an error and commits nothing")
    func commitBeyond() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 2)
        try bench.subscribe(client, "a")
        bench.publish(a, "1", "2", "3")
        _ = bench.take(client)
        #expect(bench.commit(client, 3) == false)
        #expect(bench.attachment(client).committed == 0)
        #expect(bench.commit(client, 2) == true)
        #expect(bench.commit(client, 1) == true, "what is committed already: nothing happens")
        #expect(bench.attachment(client).committed == 2)
    }

    @Test("lag counts pending messages and those in flight, in messages, bytes and age")
    func lag() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 3)
        try bench.subscribe(client, "a")
        #expect(bench.readers[client].lag(now: 5) == QueueLag())
        bench.now = 1_000
        bench.publish(a, "one", "two")
        bench.now = 2_000
        bench.publish(a, "three", "four")
        _ = bench.take(client)
        var lag = bench.readers[client].lag(now: 9_000)
        #expect(lag.pending == 1)
        #expect(lag.inFlight == 3)
        #expect(lag.oldest == 1_000)
        #expect(lag.bytes == UInt64([3, 3, 5, 4].map(Publishes.size(payload:)).reduce(0, +)))
        #expect(bench.commit(client, 2) == true)
        lag = bench.readers[client].lag(now: 9_000)
        #expect(lag.messages == 2)
        #expect(lag.oldest == 2_000)
        #expect(lag.bytes == UInt64([5, 4].map(Publishes.size(payload:)).reduce(0, +)))
    }

    @Test("start connection gives messages published since the accept, and none before")
    func startConnection() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        bench.publish(a, "before")
        let client = bench.client(window: 100)
        bench.publish(a, "1", "2")
        try bench.subscribe(client, "a", from: .connection)
        #expect(bench.payloads(client) == ["1", "2"])
    }

    @Test("start connection gives messages ahead of the queue, and none that it has passed")
    func startConnectionLater() throws {
        var bench = QueueBench()
        let (a, b) = (try bench.topic("a"), try bench.topic("b"))
        let client = bench.client(window: 1)
        try bench.subscribe(client, "a", from: .connection)
        bench.publish(b, "passed")
        bench.publish(a, "1")
        bench.publish(b, "ahead")
        #expect(bench.payloads(client) == ["1"])
        try bench.subscribe(client, "b", from: .connection)
        #expect(bench.payloads(client) == [], "one is in flight")
        #expect(bench.commit(client, 1) == true)
        #expect(bench.payloads(client) == ["ahead"])
    }

    @Test("unsubscribing and subscribing again continues at the queue's position, within the window")
    func resubscribe() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 2)
        try bench.subscribe(client, "a", from: .connection)
        bench.publish(a, "1", "2", "3", "4")
        #expect(bench.payloads(client) == ["1", "2"])
        try bench.unsubscribe(client, "a")
        #expect(bench.attachment(client).inFlightCount == 2)
        try bench.subscribe(client, "a", from: .connection)
        #expect(bench.payloads(client) == [])
        #expect(bench.commit(client, 2) == true)
        #expect(bench.payloads(client) == ["3", "4"])
        #expect(try bench.topic("a").locked { $0.holds.count } == 1)
    }

    @Test("two subscriptions that match one topic deliver each message once")
    func overlapping() throws {
        var bench = QueueBench()
        let a = try bench.topic("a.b")
        let client = bench.client(window: 100)
        try bench.subscribe(client, "a.*")
        try bench.subscribe(client, "a.b", from: .earliest)
        bench.publish(a, "1")
        #expect(bench.payloads(client) == ["1"])
        try bench.unsubscribe(client, "a.*")
        bench.publish(a, "2")
        #expect(bench.payloads(client) == ["2"], "the other subscription still matches")
        try bench.unsubscribe(client, "a.b")
        bench.publish(a, "3")
        #expect(bench.payloads(client) == [])
    }

    @Test("a start beyond the head waits for it")
    func startBeyondHead() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 100)
        try bench.subscribe(client, "a", from: .sequence(4))
        bench.publish(a, "1", "2")
        #expect(bench.payloads(client) == [])
        #expect(bench.readers[client].lag(now: 1).messages == 0)
        bench.publish(a, "3", "4", "5")
        #expect(bench.payloads(client) == ["4", "5"])
    }

    @Test("no message at or past the horizon is delivered")
    func horizon() throws {
        var bench = QueueBench()
        let (a, b) = (try bench.topic("a"), try bench.topic("b"))
        let client = bench.client(window: 100)
        try bench.subscribe(client, "a")
        try bench.subscribe(client, "b")
        _ = bench.take(client)
        bench.publish(a, "1")
        let horizon = bench.order.horizon
        bench.publish(b, "2")
        var output: [QueueOutput] = []
        let turn = bench.readers[client].queue.take(
            for: &bench.owners[client].attachment, now: 1, horizon: horizon, bytes: .max, output: &output,
            wakes: &bench.wakes)
        #expect(turn == .horizon)
        #expect(output.deliveries.count == 1)
        #expect(bench.payloads(client) == ["2"])
    }

    @Test("every reader of all topics gets the same order, whatever its window and commits", arguments: 1...30)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var bench = QueueBench()
        let topics = try (0..<4).map { try bench.topic("t.\($0)") }
        let readers = [1, 3, 50].map { bench.client(window: $0) }
        for reader in readers { try bench.subscribe(reader, "t.*") }
        var model: [String] = []
        var got: [[String]] = Array(repeating: [], count: readers.count)
        func step(_ reader: Int) {
            got[reader] += bench.take(readers[reader], bytes: Int.random(in: 1...500, using: &generator)).deliveries
                .map { String(buffer: $0.payload) }
            let attachment = bench.attachment(readers[reader])
            _ = bench.commit(
                readers[reader],
                UInt64.random(in: attachment.committed...attachment.delivered, using: &generator))
            let lag = bench.readers[readers[reader]].lag(now: 1)
            #expect(lag.messages == UInt64(model.count) - bench.attachment(readers[reader]).committed)
        }
        for round in 0..<200 {
            let payloads = (0..<Int.random(in: 1...5, using: &generator)).map { "\(round)/\($0)" }
            bench.publish(topics.randomElement(using: &generator)!, payloads)
            model += payloads
            step(Int.random(in: 0..<readers.count, using: &generator))
        }
        for reader in readers.indices {
            while got[reader].count < model.count {
                _ = bench.commit(readers[reader], bench.attachment(readers[reader]).delivered)
                let before = got[reader].count
                step(reader)
                try #require(got[reader].count > before, "reader \(reader) got stuck")
            }
            let isSame = got[reader] == model
            #expect(isSame, "reader \(reader)")
        }
    }

    @Test("a client that ends leaves no hold at the topic")
    func close() throws {
        var bench = QueueBench()
        let a = try bench.topic("a") { $0.historyBytes = 0 }
        let client = bench.client(window: 1)
        try bench.subscribe(client, "a")
        _ = bench.take(client)
        #expect(a.locked { $0.holds.waitingCount } == 1)
        bench.readers[client].abandon()
        bench.finish(bench.readers[client])
        #expect(a.locked { $0.holds.isWaitingEmpty && $0.holds.count == 0 && $0.heldBytes == 0 })
    }
}
