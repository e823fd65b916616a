import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("What is remembered of a client")
struct ClientRecordTests {
    private let budget = MemoryBudget(limit: 1 << 30)

    private func attachment() -> ZaichikBroker.Attachment { ZaichikBroker.Attachment(window: 10, budget: budget) }
    private func run(_ count: Int, from sequence: UInt64 = 1, published time: UInt64) -> RunFigures {
        RunFigures(count: count, size: count * 10, firstSequence: sequence, firstTimestamp: time, lastStamp: 1)
    }

    @Test("a client that does nothing has no record, and ten quiet minutes end it")
    func idle() {
        var attachment = attachment()
        attachment.noteSecond(.init(), since: 0, now: 1)
        #expect(attachment.record == nil)
        attachment.noteSecond(.init(lag: 1), since: 0, now: 2)
        #expect(attachment.record != nil)
        for second in UInt64(0)..<599 { attachment.noteSecond(.init(), since: 0, now: 3 + second) }
        #expect(attachment.record?.history.last(600, of: .amount).first == 1)
        attachment.noteSecond(.init(), since: 0, now: 1000)
        #expect(attachment.record == nil && budget.used == 0)
    }

    @Test("ten minutes of work take at most 2 KiB, histograms included; a minute takes much less")
    func memory() throws {
        var attachment = attachment()
        for second in UInt64(0)..<3000 {
            attachment.noteSecond(.init(lag: second, delivered: 7, committed: 7), since: 0, now: second)
            if second == 50 { #expect(try #require(attachment.record).memory < 500) }
        }
        let record = try #require(attachment.record)
        #expect(record.memory <= 2048)
        #expect(budget.used == record.memory)
        // The object's own part, as its footprint states it.
        #expect(2 * MemoryLayout<TimeHistogram>.stride + MemoryLayout<SecondHistory>.stride <= 160)
    }

    @Test("from publish to delivery and from there to the commit is measured by run")
    func times() {
        var attachment = attachment()
        attachment.deliver(run(4, published: 1_000_000), slot: 0, attempt: 1, now: 1_002_000)
        #expect(attachment.commitNext(upTo: 2, now: 1_010_000) != nil)
        #expect(attachment.commitNext(upTo: 4, now: 1_502_000) != nil)
        let times = ClientTimes(attachment.record.map { [$0] } ?? [])
        #expect(times.delivery.longest == 2000)
        #expect(times.commit.longest == 500_000)
        #expect(times.commit.median > 6000 && times.commit.median < 10_000)
    }

    @Test("deliveries that are committed by name count, those that are returned do not")
    func settled() {
        var attachment = attachment()
        attachment.deliver(run(3, published: 1), slot: 0, attempt: 1, now: 1000)
        _ = attachment.settle([1...1])
        #expect(ClientTimes(attachment.record.map { [$0] } ?? []).commit.longest == 0)
        _ = attachment.settleCommitted([3...3], now: 6000)
        #expect(ClientTimes(attachment.record.map { [$0] } ?? []).commit.longest == 5000)
        #expect(attachment.committed == 1)
    }

    @Test("a socket that takes nothing is told with its time, now and in all")
    func pressure() {
        var pressure = SocketPressure()
        pressure.look(isWritable: true, now: 1)
        #expect(pressure.present(now: 5) == 0 && pressure.inAll(now: 5) == 0)
        pressure.look(isWritable: false, now: 10)
        pressure.look(isWritable: false, now: 20)
        #expect(pressure.present(now: 25) == 15 && pressure.inAll(now: 25) == 15)
        pressure.look(isWritable: true, now: 30)
        #expect(pressure.present(now: 99) == 0 && pressure.inAll(now: 99) == 20)
        pressure.look(isWritable: false, now: 100)
        #expect(pressure.inAll(now: 101) == 21)
    }

    @Test("a client that works is pinged every ten seconds, and its answer is its round trip")
    func roundTrip() {
        var silence = Silence(now: 0)
        let first = Silence.measuredInterval
        let due = [1, first, first + 1].map { silence.isToBeMeasured(now: $0) }
        #expect(due == [false, true, false])
        silence.answered(now: first + 700, token: first - 1)
        #expect(silence.roundTrip == 0)
        silence.answered(now: first + 700, token: first)
        #expect(silence.roundTrip == 700)
        let isDueAgain = silence.isToBeMeasured(now: 2 * first)
        #expect(isDueAgain)
    }

    @Test("the last 1,000 clients that are gone are remembered, the last one first")
    func closed() {
        let closed = ClosedClients()
        for id in UInt64(1)...1500 {
            var client = ClientStatistics()
            client.id = id
            client.name = id.isMultiple(of: 2) ? "hare" : "fox"
            closed.add(ClosedEntry(ClosedClient(client: client, closedAt: id, reason: "it sent CLOSE"), record: nil))
        }
        func search(_ filter: String, limit: UInt32) -> ClosedListing {
            var search = ClosedSearch(closed.all, filter: filter, limit: limit)
            while true { if let listing = search.step() { return listing } }
        }
        let hares = search("HAR", limit: 3)
        #expect(hares.matching == 500 && hares.rows.map(\.row.client.id) == [1500, 1498, 1496])
        #expect(search("", limit: .max).rows.last?.row.client.id == 501)
        #expect(search("", limit: 0).matching == 1000)
    }
}
