import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("The first rows of a list")
struct TopRowsTests {
    static let queries: [ClientQuery] = [nil, .lagMessages].flatMap { sort in
        [true, false].flatMap { descending in
            [0, 1, 7, 50, 1000].map { ClientQuery(sort: sort, descending: descending, limit: $0) }
        }
    }

    private func row(_ id: Int, name: String, lag: UInt64) -> ClientStatistics {
        var row = ClientStatistics()
        row.id = UInt64(id)
        row.name = name
        row[.lagMessages] = lag
        return row
    }

    private func rows(_ count: Int, seed: UInt64) -> [ClientStatistics] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { id in
            row(id, name: "client \(random.next() % 30)", lag: random.next() % 8)
        }
    }

    /// The result of sorting all rows.
    private func sorted(_ rows: [ClientStatistics], _ query: ClientQuery) -> [UInt64] {
        let all = rows.sorted { first, second in
            if let sort = query.sort, first[sort] != second[sort] {
                return query.descending ? first[sort] > second[sort] : first[sort] < second[sort]
            }
            if first.name != second.name {
                return query.sort == nil && query.descending ? first.name > second.name : first.name < second.name
            }
            return first.id < second.id
        }
        return all.prefix(Int(query.limit)).map(\.id)
    }

    private func listing(_ rows: [ClientStatistics], _ query: ClientQuery) -> Listing<ClientStatistics> {
        var top = TopRows<ClientStatistics>(query)
        var budget = StepBudget()
        for row in rows {
            top.count()
            guard top.wantsRows else { continue }
            top.offer(figure: query.sort.map { row[$0] } ?? 0, name: row.name, id: row.id, &budget) { row }
        }
        while true {
            var budget = StepBudget()
            if let listing = top.sorted(&budget) { return listing }
        }
    }

    @Test(
        "they are those that sorting all and cutting gives, in that order, and all that match are counted",
        arguments: queries)
    func sortAndCut(query: ClientQuery) {
        for seed in 1...20 as ClosedRange<UInt64> {
            let rows = rows(Int(seed) * 11, seed: seed)
            let found = listing(rows, query)
            #expect(found.rows.map(\.row.id) == sorted(rows, query))
            #expect(found.matching == rows.count)
        }
    }

    @Test("lists of several loops merge into the list of all of them", arguments: queries)
    func merge(query: ClientQuery) {
        let rows = rows(300, seed: 5)
        for loops in 1...4 {
            let parts = (0..<loops).map { loop in listing(rows.filter { Int($0.id) % loops == loop }, query) }
            var merge = ListingMerge(parts, limit: query.limit)
            var merged: Listing<ClientStatistics>?
            while merged == nil {
                var budget = StepBudget()
                merged = merge.step(&budget)
            }
            #expect(merged?.rows.map(\.row.id) == sorted(rows, query))
            #expect(merged?.matching == 300)
        }
    }

    @Test("a row that is not among the first ones is not made")
    func losers() {
        var top = TopRows<ClientStatistics>(ClientQuery(sort: .lagMessages, limit: 3))
        var budget = StepBudget()
        var made = 0
        for lag in (0..<100 as Range<UInt64>).reversed() {
            top.offer(figure: lag, name: "hare", id: lag, &budget) {
                made += 1
                return row(Int(lag), name: "hare", lag: lag)
            }
        }
        #expect(made == 3)
    }

    @Test("bringing 5,000 rows into order takes several steps")
    func sortingSteps() {
        var top = TopRows<ClientStatistics>(ClientQuery(limit: 5000))
        var offered = StepBudget()
        for row in rows(5000, seed: 3) { top.offer(figure: 0, name: row.name, id: row.id, &offered) { row } }
        var steps = 1
        while true {
            var budget = StepBudget()
            guard top.sorted(&budget) == nil else { break }
            steps += 1
        }
        #expect(steps > 5)
    }
}
