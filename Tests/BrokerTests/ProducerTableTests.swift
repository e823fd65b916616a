import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("What is remembered of named producers")
struct ProducerTableTests {
    private let budget = MemoryBudget(limit: 1 << 30)

    private func table(most: Int = 3, expiry: UInt64 = 1000) -> ProducerTable {
        ProducerTable(most: most, expiry: expiry, budget: budget)
    }

    private func holder(_ connection: UInt64) -> ProducerTable.Holder {
        ProducerTable.Holder(
            handle: PublisherHandle(shard: 0, seat: UInt32(connection), generation: 0), connection: connection)
    }

    private static func numbered(_ number: UInt64) -> SessionName { SessionName(stringLiteral: "p\(number)") }

    /// Ends a connection of which so many publishes are answered.
    private func end(
        _ table: inout ProducerTable, _ connection: UInt64, answered: UInt64, now: UInt64 = 0,
        refusals: PublishRefusals = PublishRefusals(), name: SessionName = "hare"
    ) -> ProducerTable.Grant? {
        table.end(name, holder(connection).handle, answered: answered, refusals: refusals, now: now).grant
    }

    @Test("a new producer has no publish answered, and its record begins with its connection")
    func begins() {
        var table = table()
        #expect(table.claim("hare", by: holder(7), now: 0) == .granted(ProducerRecord(began: 7)))
    }

    @Test("answers are counted over connections, and the record tells those of the last one that had any")
    func counts() {
        var table = table()
        _ = table.claim("hare", by: holder(1), now: 0)
        var refusals = PublishRefusals()
        refusals.note(4...5, 15)
        #expect(end(&table, 1, answered: 10, refusals: refusals) == nil)
        let first = ProducerRecord(answered: 10, began: 1, lastConnection: 1, lastAnswered: 10, refusals: refusals)
        #expect(table.claim("hare", by: holder(2), now: 0) == .granted(first))
        #expect(end(&table, 2, answered: 0) == nil)
        #expect(table.claim("hare", by: holder(3), now: 0) == .granted(first))
        #expect(end(&table, 3, answered: 5) == nil)
        #expect(
            table.claim("hare", by: holder(4), now: 0)
                == .granted(ProducerRecord(answered: 15, began: 1, lastConnection: 3, lastAnswered: 5)))
    }

    @Test("a name that was taken over four times within 10 s stays where it is, until the first time is 10 s ago")
    func contended() {
        var table = table(expiry: 1 << 40)
        _ = table.claim("hare", by: holder(1), now: 0)
        for number in UInt64(1)...4 {
            let now = number * 1_000_000
            #expect(table.contention(for: "hare", now: now) == nil)
            #expect(
                table.claim("hare", by: holder(number + 1), now: now) == .waits(holder: holder(number), displaced: nil))
            table.noteTakeover("hare", now: now)
            _ = end(&table, number, answered: 0, now: now)
        }
        #expect(table.claim("hare", by: holder(6), now: 10_900_000) == .contended(holder: holder(5)))
        #expect(table.contention(for: "hare", now: 10_900_000) == holder(5))
        #expect(table.claim("hare", by: holder(6), now: 11_000_000) == .waits(holder: holder(5), displaced: nil))
        // With nobody there, there is no fight.
        table.noteTakeover("hare", now: 11_000_000)
        _ = end(&table, 6, answered: 0, now: 11_000_000)
        _ = end(&table, 5, answered: 0, now: 11_000_000)
        #expect(table.contention(for: "hare", now: 11_000_000) == nil)
        guard case .granted = table.claim("hare", by: holder(7), now: 11_000_000) else {
            Issue.record("a free name is given")
            return
        }
    }

    @Test("a connection that claims a taken name waits, and gets it with the final number when the holder ends")
    func takeover() {
        var table = table()
        _ = table.claim("hare", by: holder(1), now: 0)
        #expect(table.claim("hare", by: holder(2), now: 0) == .waits(holder: holder(1), displaced: nil))
        let record = ProducerRecord(answered: 3, began: 1, lastConnection: 1, lastAnswered: 3)
        #expect(end(&table, 1, answered: 3) == ProducerTable.Grant(holder: holder(2), record: record))
        #expect(end(&table, 1, answered: 3) == nil, "a connection ends once")
        #expect(table.claim("hare", by: holder(3), now: 0) == .waits(holder: holder(2), displaced: nil))
    }

    @Test("of several that wait the newest gets the name, and the others are named to be ended")
    func displaced() {
        var table = table()
        _ = table.claim("hare", by: holder(1), now: 0)
        _ = table.claim("hare", by: holder(2), now: 0)
        #expect(table.claim("hare", by: holder(3), now: 0) == .waits(holder: holder(1), displaced: holder(2)))
        #expect(end(&table, 2, answered: 0) == nil)
        #expect(end(&table, 1, answered: 1)?.holder == holder(3))
    }

    @Test("one that ends while it waits leaves the name to the holder")
    func withdrawn() {
        var table = table()
        _ = table.claim("hare", by: holder(1), now: 0)
        _ = table.claim("hare", by: holder(2), now: 0)
        #expect(end(&table, 2, answered: 0) == nil)
        #expect(end(&table, 1, answered: 1) == nil)
        guard case .granted = table.claim("hare", by: holder(3), now: 0) else {
            Issue.record("the name is not free")
            return
        }
    }

    @Test("a producer is forgotten when its time without a connection is over, and not before")
    func expires() {
        var table = table(expiry: 1000)
        _ = table.claim("hare", by: holder(1), now: 0)
        table.forgetExpired(now: 5000)
        #expect(table.count == 1, "it has a connection")
        _ = end(&table, 1, answered: 1, now: 5000)
        table.forgetExpired(now: 5999)
        #expect(table.count == 1)
        guard case .granted(let record) = table.claim("hare", by: holder(2), now: 5999) else { return }
        #expect(record.answered == 1)
        _ = end(&table, 2, answered: 1, now: 6000)
        #expect(table.claim("hare", by: holder(3), now: 7000) == .granted(ProducerRecord(began: 3)))
        #expect(table.forgotten == 0, "those whose time is over are not counted")
    }

    @Test("over the limit the one that was gone longest is forgotten, and counted")
    func limit() {
        var table = table(most: 3)
        for number in UInt64(1)...5 {
            _ = table.claim(Self.numbered(number), by: holder(number), now: 0)
        }
        #expect(table.count == 5, "those with a connection do not count")
        var forgotten: [SessionName] = []
        for number in UInt64(1)...5 {
            forgotten +=
                table.end(
                    Self.numbered(number), holder(number).handle, answered: 1, refusals: PublishRefusals(), now: number
                ).forgotten
        }
        #expect(forgotten == ["p1", "p2"])
        #expect(table.count == 3)
        #expect(table.forgotten == 2)
        #expect(table.claim("p2", by: holder(9), now: 5) == .granted(ProducerRecord(began: 9)))
        guard case .granted(let kept) = table.claim("p3", by: holder(10), now: 5) else { return }
        #expect(kept.answered == 1)
    }

    @Test("a producer that comes and goes takes no more memory, and all is given back at the end")
    func memory() {
        var table = table(most: 100, expiry: 10)
        for round in UInt64(1)...10_000 {
            _ = table.claim("hare", by: holder(round), now: 0)
            _ = end(&table, round, answered: 1, now: 0)
        }
        #expect(budget.used > 0 && budget.used < 1000)
        table.forgetExpired(now: 10)
        #expect(table.count == 0)
        #expect(budget.used == 0)
    }
}

extension SessionName: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        do { self = try SessionName(text) } catch { preconditionFailure("\(text): \(error)") }
    }
}
