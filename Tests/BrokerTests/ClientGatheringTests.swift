import Testing
import ZaichikProtocol

@testable import ZaichikBroker

/// A client that is made up.
private struct FakeClient: ObservedClient {
    var id: UInt64
    var name: String
    var program = ""
    /// Of each topic.
    var lags: [UInt64]
    var subscriptionCount = 0
    var isBlocked = false
    var record: ClientRecord? { nil }
    var isAbsent = false
    var pause: OperatorPause? { nil }

    var slotCount: Int { lags.count }
    var lostPerSecond: UInt64 = 0

    func tally(_ slots: Range<Int>, into tally: inout QueueTally, now: UInt64) {
        for slot in slots where lags[slot] > 0 {
            tally.add(QueueLag(pending: lags[slot]), slot: slot)
        }
    }

    func snapshot(_ tally: QueueTally) -> ClientSnapshot {
        var identity = ClientIdentity(id: id, address: "127.0.0.1:9", connectedAt: 1)
        identity.name = name
        identity.program = program
        return ClientSnapshot(
            id: id, identity: identity, dialect: .native, tally: tally, window: 1, windowBytes: 0,
            subscriptions: subscriptionCount,
            delivered: 0, committed: 0, queue: ClientQueue.Counters(topics: lags.count { $0 > 0 }),
            health: ClientHealth(),
            counters: ConnectionCounters(), roundTrip: 0, unsentBytes: 0)
    }

    var listedName: String { name }
    /// Whether some of its figures are known without a snapshot.
    var isQuick = false
    func quickFigure(_ figure: ClientFigure, _ tally: QueueTally) -> UInt64? {
        isQuick ? lagFigure(figure, tally) : nil
    }

    func evidence(for state: ClientState, _ tally: QueueTally, now: UInt64) -> Evidence { Evidence() }

    func subscriptions(_ places: Range<Int>) -> [String] { places.map { "pattern.\($0)" } }

    func topicRow(at slot: Int, now: UInt64) -> ClientTopicStatistics? {
        guard lags[slot] > 0 else { return nil }
        var row = ClientTopicStatistics()
        row.topicID = UInt32(slot)
        row[.lagMessages] = lags[slot]
        return row
    }
}

private struct FakeSeats: ObservedSeats {
    var clients: [FakeClient?]
    var seatCount: Int { clients.count }
    func client(at seat: Int) -> FakeClient? { clients[seat] }
}

@Suite("A gathering of clients")
struct ClientGatheringTests {
    private func gather(
        _ seats: FakeSeats, _ queries: [ClientQuery], between: (inout FakeSeats) -> Void = { _ in }
    ) -> (found: GatheredClients, steps: Int) {
        var gathering = ClientGathering(for: queries)
        var (seats, steps) = (seats, 1)
        while true {
            if let found = gathering.step(seats, now: 1) { return (found, steps) }
            steps += 1
            between(&seats)
        }
    }

    @Test("one pass answers every query and adds up the lag, of clients in whatever seats")
    func answers() {
        var clients: [FakeClient?] = (1...10).map { FakeClient(id: $0, name: "hare \($0)", lags: [$0, 0, 1]) }
        clients[3] = nil
        clients.append(FakeClient(id: 11, name: "fox", program: "HareHunter", lags: []))
        let queries = [ClientQuery(sort: .lagMessages, limit: 2), ClientQuery(filter: "hareh")]
        let found = gather(FakeSeats(clients: clients), queries).found
        #expect(found.listings[0].rows.map(\.row.id) == [10, 9])
        #expect(found.listings[0].rows.map(\.row[.lagMessages]) == [11, 10])
        #expect(found.listings[0].matching == 10)
        #expect(found.listings[1].rows.map(\.row.id) == [11])
        #expect(found.sums.lag == 55 - 4 + 9)
        #expect(found.sums.largestLag == 11)
        #expect(gather(FakeSeats(clients: clients), []).found.sums.lag == 60)
    }

    @Test("clients that are passed over without their snapshots do not change an answer, ties by name included")
    func quickFigures() {
        var source = SeededGenerator(seed: 7)
        let clients = (1...60).map { id in
            FakeClient(id: UInt64(id), name: "hare \(source.next() % 40)", lags: [source.next() % 4])
        }
        let quick = clients.map { client in
            var client = client
            client.isQuick = true
            return client
        }
        for figure in [ClientFigure.severity, .lagMessages, .lagBytes, .window] {
            for limit in [0, 1, 7, 100] as [UInt32] {
                for descending in [true, false] {
                    let query = ClientQuery(sort: figure, descending: descending, limit: limit)
                    let expected = gather(FakeSeats(clients: clients), [query, ClientQuery()]).found.listings
                    let found = gather(FakeSeats(clients: quick), [query, ClientQuery()]).found.listings
                    #expect(found.map { $0.rows.map(\.row.id) } == expected.map { $0.rows.map(\.row.id) })
                    #expect(found.map(\.matching) == expected.map(\.matching))
                }
            }
        }
    }

    @Test("a client with many topics is added up over several steps, and exactly")
    func manyTopics() {
        let client = FakeClient(id: 1, name: "hare", lags: Array(repeating: 2, count: 10_000))
        let result = gather(FakeSeats(clients: [nil, client]), [ClientQuery()])
        #expect(result.steps > 5)
        #expect(result.found.listings[0].rows.first?.row[.lagMessages] == 20_000)
        #expect(result.found.listings[0].rows.first?.row[.topics] == 10_000)
    }

    @Test("another client that takes the seat in between is added up from its start")
    func seatChanges() {
        let many = Array(repeating: 1 as UInt64, count: 5000)
        let result = gather(FakeSeats(clients: [FakeClient(id: 1, name: "old", lags: many)]), [ClientQuery()]) {
            $0.clients[0] = FakeClient(id: 2, name: "new", lags: [3])
        }
        #expect(result.steps > 1)
        #expect(result.found.listings[0].rows.map(\.row.name) == ["new"])
        #expect(result.found.sums.lag == 3)
    }

    // MARK: Inspections

    /// All pages about a client.
    private func inspect(_ id: UInt64, _ seats: FakeSeats, rows: Int) -> (pages: [ClientDetail], steps: Int)? {
        var pages: [ClientDetail] = []
        var (place, steps): (InspectionPlace?, Int) = (nil, 0)
        while true {
            var inspection = ClientInspection(id, from: place, rows: rows)
            var step = ClientInspection.Step.more
            while case .more = step {
                step = inspection.step(seats, loop: 0, now: 1)
                steps += 1
            }
            guard case .page(let page) = step else { return nil }
            pages.append(page.detail)
            guard let next = page.next else { return (pages, steps) }
            place = next
        }
    }

    @Test("an inspection gives each subscription and each topic once, in order, over pages", arguments: [1, 7, 1000])
    func inspection(rows: Int) throws {
        var client = FakeClient(id: 5, name: "hare", lags: (0..<100).map { $0 % 3 })
        client.subscriptionCount = 20
        let found = try #require(inspect(5, FakeSeats(clients: [nil, client]), rows: rows))
        #expect(found.pages.flatMap(\.subscriptions) == (0..<20).map { "pattern.\($0)" })
        #expect(found.pages.flatMap(\.topics).map(\.topicID) == (0..<100).filter { $0 % 3 > 0 })
        #expect(found.pages.allSatisfy { $0.topics.count <= rows && $0.subscriptions.count <= rows })
        #expect(found.pages.allSatisfy { $0.client[.lagMessages] == 99 })
    }

    @Test("an inspection of a client with many topics takes many steps, none of them long")
    func longInspection() throws {
        let client = FakeClient(id: 5, name: "hare", lags: Array(repeating: 0, count: 200_000) + [1])
        let found = try #require(inspect(5, FakeSeats(clients: [client]), rows: 10))
        #expect(found.steps > 50)
        #expect(found.pages.count == 1)
        #expect(found.pages[0].topics.count == 1)
    }

    @Test("an inspection of a client that is not connected finds none")
    func nobody() {
        #expect(inspect(6, FakeSeats(clients: [nil, FakeClient(id: 5, name: "hare", lags: [])]), rows: 10) == nil)
        #expect(inspect(6, FakeSeats(clients: []), rows: 10) == nil)
    }
}
