import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("What is returned, parked and settled out of order")
struct WorkTests {
    private static func outcome(_ outcome: SettleOutcome) -> String { "\(outcome)" }

    @Test(
        "what is returned comes again ahead of new messages, with its attempt and reason, and holds the log meanwhile")
    func comesAgain() throws {
        var bench = QueueBench()
        let a = try bench.topic("a") { $0.historyBytes = 0 }
        let client = bench.client(window: 3)
        try bench.subscribe(client, "a")
        bench.publish(a, "1", "2", "3", "4", "5")
        #expect(bench.payloads(client) == ["1", "2", "3"])
        #expect(bench.settle(client, [2...2], .giveBack(after: 0, reason: "why")) == .done(1))
        #expect(bench.commit(client, 1))
        let output = bench.take(client)
        #expect(output.deliveries.map { String(buffer: $0.payload) } == ["2", "4"])
        #expect(output.attempts == [Attempt(number: 2, cause: .returned, reason: "why")])
        let lag = bench.readers[client].lag(now: bench.now)
        #expect((lag.pending, lag.inFlight, lag.returned) == (1, 3, 0))
        #expect(a.locked { $0.holds.lowest } == 2)
        #expect(bench.commit(client, 5))
        #expect(bench.payloads(client) == ["5"])
        #expect(bench.commit(client, 6))
        bench.releaseCommitted(client)
        #expect(a.locked { $0.holds.lowest } == 6)
        #expect(bench.readers[client].lag(now: bench.now) == QueueLag())
    }

    @Test("a set with a delivery that is not in flight is refused whole, with the first such number")
    func refusedWhole() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 10)
        try bench.subscribe(client, "a")
        bench.publish(a, ["1", "2", "3", "4", "5"])
        _ = bench.take(client)
        #expect(bench.settle(client, [2...3], .commit) == .done(2))
        #expect(bench.settle(client, [1...1, 3...4], .commit) == .notInFlight(3))
        #expect(bench.settle(client, [1...1, 5...6], .park(reason: "")) == .notInFlight(6))
        #expect(bench.settle(client, [0...1], .touch) == .notInFlight(0))
        #expect(bench.attachment(client).inFlightCount == 3)
        #expect(bench.attachment(client).committed == 2)
        #expect(bench.commit(client, 5))
        #expect(bench.attachment(client).committed == 5)
    }

    @Test("a client that returns at once again and again waits longer each time, at most a second")
    func leastDelay() {
        #expect(
            (0...12).map { Attempt.leastDelay(after: $0) / 1000 } == [
                0, 0, 10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000, 1000,
            ])
    }

    @Test("a deadline takes back what was not committed or touched in time, and a commit that is too late says so once")
    func deadline() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 10)
        bench.readers[client].setRules(QueueRules(commitDeadline: 1_000_000))
        try bench.subscribe(client, "a")
        bench.publish(a, ["1", "2", "3"])
        _ = bench.take(client)
        bench.now += 900_000
        #expect(bench.settle(client, [2...2], .touch) == .done(1))
        bench.now += 300_000
        bench.timePassed(client)
        #expect(bench.attachment(client).inFlightCount == 1)
        let output = bench.take(client)
        #expect(output.deliveries.map { String(buffer: $0.payload) } == ["1", "3"])
        #expect(output.attempts.map(\.cause) == [.deadline, .deadline])
        #expect(bench.commit(client, 3))
        let late = bench.owners[client].attachment.tellOverdue(upTo: 3)
        #expect(late?.numbers == 1...3 && late?.count == 2)
        #expect(bench.owners[client].attachment.tellOverdue(upTo: 3) == nil)
        #expect(bench.attachment(client).committed == 1)
        #expect(bench.readers[client].nextAlarm != nil)
    }

    @Test("of what a deadline has taken back, a client that does not ask is told so much at the most")
    func overdueBound() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 10)
        bench.readers[client].setRules(QueueRules(commitDeadline: 1_000_000))
        try bench.subscribe(client, "a")
        bench.publish(a, ["1", "2"])
        for round in 0..<UInt64(Attachment.mostOverdue + 100) {
            #expect(bench.take(client).deliveries.count == 2)
            bench.now += 1_200_000
            // The second one is returned, so that no two overdue numbers touch.
            #expect(bench.settle(client, [2 * round + 2...2 * round + 2], .touch) == .done(1))
            bench.timePassed(client)
            let back = bench.settle(client, [2 * round + 2...2 * round + 2], .giveBack(after: 0, reason: ""))
            #expect(back == .done(1))
            bench.now += 1_200_000
        }
        let told = bench.owners[client].attachment.tellOverdue(upTo: .max)
        #expect(told?.count == UInt64(Attachment.mostOverdue))
    }

    @Test("what comes again and is no longer kept is a gap, and is lost from the moment that it is gone")
    func lost() throws {
        var bench = QueueBench()
        let a = try bench.topic("a") {
            $0.historyBytes = 0
            $0.retention = 1000
        }
        let client = bench.client(window: 10)
        try bench.subscribe(client, "a")
        bench.publish(a, ["1", "2"])
        _ = bench.take(client)
        #expect(bench.settle(client, [1...1], .giveBack(after: 500, reason: "")) == .done(1))
        #expect(bench.settle(client, [2...2], .park(reason: "no")) == .done(1))
        bench.now += 2_000_000
        let lag = bench.readers[client].lag(now: bench.now)
        #expect((lag.returned, lag.parked, lag.untoldGaps) == (0, 0, 2))
        let gaps = bench.take(client).compactMap { output -> ClosedRange<UInt64>? in
            guard case .gap(.expired, _, let first, let last) = output else { return nil }
            return first...last
        }
        #expect(gaps == [1...2])
        #expect(bench.queue(client).counters.gapMessages == 2)
        bench.releaseCommitted(client)
        #expect(bench.queue(client).parkedCount == 0)
        #expect(bench.readers[client].lag(now: bench.now) == QueueLag())
    }

    @Test("a message that comes again is not judged a duplicate")
    func notADuplicate() throws {
        var bench = QueueBench()
        let a = try bench.topic("a") {
            $0.deduplicationWindow = 60_000
            $0.deduplicationScope = .consumer
        }
        let client = bench.client(window: 10)
        try bench.subscribe(client, "a")
        bench.publish(a, ["1"], key: "k")
        bench.publish(a, ["2"], key: "k")
        #expect(bench.payloads(client) == ["1"])
        #expect(bench.settle(client, [1...1], .giveBack(after: 0, reason: "")) == .done(1))
        bench.publish(a, ["3"], key: "k")
        #expect(bench.payloads(client) == ["1"])
        #expect(bench.queue(client).counters.duplicates == 2)
    }

    @Test("after the last connection the queue waits at no topic, and the next one gets all in its order")
    func absent() throws {
        var bench = QueueBench()
        let a = try bench.topic("a")
        let client = bench.client(window: 2)
        try bench.subscribe(client, "a")
        bench.publish(a, ["1", "2", "3"])
        _ = bench.take(client)
        bench.detach(client)
        #expect(bench.readers[client].isAbsent)
        bench.publish(a, ["4"])
        #expect(a.locked { $0.holds.isWaitingEmpty })
        let lag = bench.readers[client].lag(now: bench.now)
        #expect((lag.pending, lag.inFlight, lag.returned) == (2, 0, 2))
        bench.attach(client, window: 10)
        let output = bench.take(client)
        #expect(output.deliveries.map { String(buffer: $0.payload) } == ["1", "2", "3", "4"])
        #expect(output.attempts == [Attempt(number: 2, cause: .connectionEnded)])
        #expect(output.announcements == 1, "the new connection was not told the topic's id before")
    }
}
