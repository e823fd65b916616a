import Testing

@testable import ZaichikBroker

@Suite("Gatherings that queries share")
struct SharedGatheringTests {
    private typealias Shared = SharedGathering<Int, String>

    private func replies(_ shared: inout Shared) -> Int {
        var count = 0
        while let next = shared.nextReply() {
            next.reply(next.answer)
            count += 1
        }
        return count
    }

    @Test("equal queries are asked once, and each asker gets the answer to its query")
    func equalQueries() {
        var shared = Shared()
        var got: [String] = []
        for query in [1, 2, 1, 1] { shared.ask(query, isUrgent: false) { got.append("\(query): \($0)") } }
        #expect(shared.begin(isTick: true) == [1, 2])
        shared.end(["one", "two"])
        #expect(replies(&shared) == 4)
        #expect(got.sorted() == ["1: one", "1: one", "1: one", "2: two"])
    }

    @Test("one gathering is under way at a time, and queries that come meanwhile share the next one")
    func oneAtATime() {
        var shared = Shared()
        shared.ask(1, isUrgent: true) { _ in }
        #expect(shared.begin(isTick: false) == [1])
        for query in [1, 2, 3] { shared.ask(query, isUrgent: true) { _ in } }
        #expect(shared.begin(isTick: false) == nil)
        #expect(shared.begin(isTick: true) == nil)
        shared.end([""])
        #expect(shared.begin(isTick: false) == [1, 2, 3])
    }

    @Test("a query that is not urgent waits for the tick, or for a gathering that begins before it")
    func ticks() {
        var shared = Shared()
        #expect(shared.begin(isTick: true) == nil)
        shared.ask(1, isUrgent: false) { _ in }
        #expect(shared.begin(isTick: false) == nil)
        shared.ask(2, isUrgent: true) { _ in }
        #expect(shared.begin(isTick: false) == [1, 2])
        shared.end(["", ""])
        shared.ask(3, isUrgent: false) { _ in }
        #expect(shared.begin(isTick: false) == nil)
        #expect(shared.begin(isTick: true) == [3])
    }

    @Test("a gathering serves a bounded number of queries, and the others the next one at once")
    func bounded() {
        var shared = Shared()
        for query in 0..<Shared.mostQueries + 3 { shared.ask(query, isUrgent: false) { _ in } }
        #expect(shared.begin(isTick: true) == Array(0..<Shared.mostQueries))
        shared.end(Array(repeating: "", count: Shared.mostQueries))
        #expect(shared.begin(isTick: false) == Array(Shared.mostQueries..<Shared.mostQueries + 3))
        shared.end(["", "", ""])
        #expect(replies(&shared) == Shared.mostQueries + 3)
    }

    @Test("background tasks take turns, a step each, and one that is done has no more")
    func turns() {
        var wakes = 0
        let work = BackgroundWork { wakes += 1 }
        var done: [String] = []
        for (name, steps) in [("a", 3), ("b", 1), ("c", 2)] {
            var left = steps
            work.add { now in
                done.append("\(name)\(now)")
                left -= 1
                return left > 0
            }
        }
        #expect(wakes == 3)
        for now in 1...9 as ClosedRange<UInt64> { work.step(now: now) }
        #expect(done == ["a1", "b2", "c3", "a4", "c5", "a6"])
        #expect(work.isEmpty)
    }
}
