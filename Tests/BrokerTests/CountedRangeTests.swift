import Testing

@testable import ZaichikBroker

@Suite("Counting messages that several queues lose")
struct CountedRangeTests {
    @Test("a member of several ranges is counted once")
    func once() {
        var counted = CountedRange()
        #expect(counted.add(1..<11) == 10)
        #expect(counted.add(1..<11) == 0)
        #expect(counted.add(5..<16) == 5)
        #expect(counted.add(16..<18) == 2)
        #expect(counted.add(10..<12) == 0)
    }

    @Test("a range that reaches further back adds its earlier members")
    func back() {
        var counted = CountedRange()
        #expect(counted.add(10..<20) == 10)
        #expect(counted.add(5..<20) == 5)
        #expect(counted.add(1..<25) == 9)
    }

    @Test("of ranges that lie apart, each is counted")
    func apart() {
        var counted = CountedRange()
        #expect(counted.add(1..<11) == 10)
        #expect(counted.add(21..<31) == 10)
        #expect(counted.add(25..<35) == 4)
    }

    @Test("an empty range has no members to count")
    func empty() {
        var counted = CountedRange()
        #expect(counted.add(3..<3) == 0)
        #expect(counted.add(1..<4) == 3)
        #expect(counted.add(4..<4) == 0)
        #expect(counted.add(4..<5) == 1)
    }

    @Test("ranges that end higher and higher are counted as a set of their members is", arguments: UInt64(1)...10)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var counted = CountedRange()
        var members: Set<UInt64> = []
        // What lies before a gap between ranges is gone from every queue.
        var gone: UInt64 = 1
        var end: UInt64 = 1
        for _ in 0..<100 {
            let isApart = Int.random(in: 0..<6, using: &generator) == 0
            let first = isApart ? end + 2 : .random(in: gone...end, using: &generator)
            if isApart { gone = first }
            end = max(end, first) + .random(in: 0...5, using: &generator)
            let before = members.count
            members.formUnion(first..<end)
            #expect(counted.add(first..<end) == UInt64(members.count - before))
        }
    }
}
