import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("A session as a value")
struct SessionRecordTests {
    private static func session(_ bench: QueueBench, _ client: Int) throws -> Session {
        let home = SessionHandle(shard: 0, seat: 0, generation: 0)
        let place = SessionPlace(name: "burrow", id: 7, incarnation: 9, home: home)
        return Session(place, reader: bench.readers[client], settings: SessionSettings(), now: bench.now)
    }

    @Test("its record has what is done, also where it is done out of order, what comes again, and what is parked")
    func record() throws {
        var bench = QueueBench()
        let topic = try bench.topic("hello")
        let client = bench.client(window: 100)
        try bench.subscribe(client, "hello")
        try bench.subscribe(client, "more.>")
        let session = try Self.session(bench, client)
        bench.publish(topic, (1...20).map { "\($0)" })
        _ = bench.take(client)
        #expect(bench.settle(client, [3...4], .giveBack(after: 5_000_000, reason: "later")) == .done(2))
        #expect(bench.settle(client, [6...6], .park(reason: "bad")) == .done(1))
        #expect(bench.settle(client, [8...9, 15...16], .commit) == .done(4))
        #expect(bench.commit(client, 2))
        let record = session.record(budget: bench.registry.budget)
        #expect(record.name.string == "burrow" && record.incarnation == 9 && record.settings == SessionSettings())
        #expect(record.subscriptions.map(\.pattern) == ["hello", "more.>"])
        #expect(
            record.topics == [
                SessionRecord.Topic(
                    name: topic.name, incarnation: topic.incarnation, floor: 2, done: [8...9, 15...16],
                    returned: [SessionRecord.Returned(messages: 3...4, attempt: 2, due: bench.now + 5_000_000)])
            ])
        #expect(
            record.parked == [
                SessionRecord.Parked(topic: topic.name, sequence: 6, attempts: 1, reason: "bad", since: bench.now)
            ])
    }

    @Test("folded and unfolded it is the same, and nobody waits at its topics meanwhile")
    func folded() throws {
        var bench = QueueBench()
        let topics = try (0..<3).map { try bench.topic("hello.\($0)") }
        let client = bench.client(window: 100)
        for number in 0..<3 { try bench.subscribe(client, "hello.\(number)") }
        let session = try Self.session(bench, client)
        bench.publish(topics[1], "1", "2")
        #expect(bench.payloads(client) == ["1", "2"])
        #expect(bench.commit(client, 2))
        bench.releaseCommitted(client)
        let record = session.record(budget: bench.registry.budget)
        #expect(!session.fold())
        bench.readers[client].detach(bench.owners[client], now: bench.now, wakes: &bench.wakes)
        #expect(session.fold() && session.isAbsent && session.awake == nil)
        #expect(topics.allSatisfy { $0.locked { $0.holds.isWaitingEmpty } })
        #expect(session.record(budget: bench.registry.budget) == record)
        bench.publish(topics[2], "3")
        bench.publish(topics[0], "4", "5")
        var tally = QueueTally()
        session.tally(0..<session.slotCount, into: &tally, now: bench.now)
        #expect(tally.lag.pending == 3)
        #expect(session.topicRow(at: 0, now: bench.now)?[.lagMessages] == 2)
        let reader = try #require(session.unfold(now: bench.now, budget: bench.registry.budget))
        bench.readers[client] = reader
        bench.owners[client] = BenchOwner(window: 100, budget: bench.registry.budget)
        reader.attach(bench.owners[client])
        #expect(bench.payloads(client) == ["3", "4", "5"])
        bench.publish(topics[1], "6")
        #expect(bench.payloads(client) == ["6"])
    }

    @Test("a folded queue keeps what its cursors were asked for when they began")
    func asked() throws {
        var bench = QueueBench()
        let topic = try bench.topic("hello")
        let client = bench.client(window: 1)
        try bench.subscribe(client, "hello")
        bench.readers[client].queue.cursors[0]!.isAutoCommitted = true
        let session = try Self.session(bench, client)
        bench.readers[client].detach(bench.owners[client], now: bench.now, wakes: &bench.wakes)
        #expect(session.fold())
        bench.publish(topic, "1", "2", "3")
        let reader = try #require(session.unfold(now: bench.now, budget: bench.registry.budget))
        bench.readers[client] = reader
        bench.owners[client] = BenchOwner(window: 1, budget: bench.registry.budget)
        reader.attach(bench.owners[client])
        #expect(bench.payloads(client) == ["1", "2", "3"])
        #expect(reader.queue.counters.inFlight == 0)
    }

    @Test("a session with work left, a pattern or a limit of its own is not folded")
    func notFolded() throws {
        for trial in 0..<3 {
            var bench = QueueBench()
            let topic = try bench.topic("hello")
            let client = bench.client(window: 100)
            try bench.subscribe(client, "hello")
            let session = try Self.session(bench, client)
            bench.publish(topic, "1", "2")
            _ = bench.take(client)
            if trial > 0 {
                #expect(bench.commit(client, 2))
                bench.releaseCommitted(client)
            }
            if trial == 1 { try bench.subscribe(client, "hello.>") }
            if trial == 2 {
                var settings = SessionSettings()
                settings.lagMessages = 10
                session.change(to: settings, now: bench.now)
            }
            bench.readers[client].detach(bench.owners[client], now: bench.now, wakes: &bench.wakes)
            #expect(!session.fold())
        }
    }
}
