import Testing
import ZaichikProtocol

@testable import ZaichikClient

@Suite("Committing")
struct CommitLedgerTests {
    private var ledger = CommitLedger()

    @Test("many commits become one, the highest")
    mutating func coalesced() {
        for number: UInt64 in [1, 3, 2] { ledger.commit(upTo: number) }
        #expect(ledger.take() == 3)
        #expect(ledger.take() == nil)
        ledger.commit(upTo: 2)
        #expect(ledger.take() == nil)
    }

    @Test("what was skipped is committed as soon as all before it is")
    mutating func skipped() {
        ledger.skip(1...2)
        #expect(ledger.take() == 2)
        ledger.skip(4...4)
        ledger.skip(5...6)
        #expect(ledger.take() == nil)
        ledger.commit(upTo: 3)
        #expect(ledger.take() == 6)
        #expect(ledger.takeApart(9).isEmpty)
    }

    @Test("commits one by one are told together up to the first that is missing, and one by one after it")
    mutating func oneByOne() {
        for number: UInt64 in [2, 1, 4, 6, 5] { ledger.commit(number) }
        #expect(ledger.take() == 2)
        #expect(ledger.takeApart(9) == [4...6])
        #expect(ledger.take() == nil && ledger.takeApart(9).isEmpty)
        ledger.commit(3)
        #expect(ledger.take() == 6, "the third joins what was told already")
        #expect(ledger.isSettled(6) && !ledger.isSettled(7))
    }

    @Test("what a cumulative commit covers is not told one by one, too")
    mutating func covered() {
        for number: UInt64 in [3, 5] { ledger.commit(number) }
        ledger.commit(upTo: 4)
        #expect(ledger.take() == 5)
        #expect(ledger.takeApart(9).isEmpty)
    }

    @Test("what is returned or parked is told before the next commit, and is settled")
    mutating func aside() {
        ledger.settle(2, as: .return())
        ledger.settle(1, as: .park(reason: "odd"))
        ledger.settle(3, as: .park(reason: "odd"))
        ledger.settle(3, as: .return())
        ledger.commit(4)
        let told = ledger.takeDispositions()
        #expect(told.map(\.0) == [.return(), .park(reason: "odd")])
        #expect(told.map(\.1) == [[2...2], [1...1, 3...3]])
        #expect(ledger.take() == 4 && ledger.aside == 3)
        #expect(ledger.takeDispositions().isEmpty)
    }

    @Test("where everything is returned there is nothing to commit")
    mutating func onlyReturned() {
        for number in UInt64(1)...3 { ledger.settle(number, as: .return()) }
        #expect(ledger.takeDispositions().map(\.1) == [[1...3]])
        #expect(ledger.take() == nil && ledger.isSettled(3))
    }

    @Test("what is touched stays to be settled")
    mutating func touched() {
        ledger.settle(1, as: .touch)
        #expect(!ledger.isSettled(1) && ledger.take() == nil)
        #expect(ledger.takeDispositions().map(\.1) == [[1...1]])
        ledger.commit(1)
        #expect(ledger.take() == 1)
    }
}

@Suite("Sets of numbers")
struct NumberSetTests {
    @Test("numbers in any order become ranges, with room between them")
    func ranges() {
        #expect(NumberSet([5, 1, 2, 9, 3, 8, 5]).ranges == [1...3, 5...5, 8...9])
        var set = NumberSet([1, 5, 9])
        set.insert(2...8)
        #expect(set.ranges == [1...9])
        set.insert(.max ... .max)
        set.insert(0...0)
        #expect(set.ranges == [0...9, .max ... .max])
        #expect(set.contains(0) && set.contains(9) && !set.contains(10) && set.contains(.max))
    }

    @Test(
        "what is removed up to a number cuts the range around it",
        arguments: [
            (0, false, [1...2, 4...6]), (1, true, [2...2, 4...6]), (4, true, [5...6]), (6, true, []), (.max, true, []),
        ] as [(UInt64, Bool, [ClosedRange<UInt64>])])
    func removal(number: UInt64, hasAny: Bool, left: [ClosedRange<UInt64>]) {
        var set = NumberSet([1, 2, 4, 5, 6])
        let removed = set.remove(through: number)
        #expect(removed == hasAny && set.ranges == left)
    }

    @Test("random insertions and removals are those of a set")
    func random() {
        var generator = SystemRandomNumberGenerator()
        var (set, model) = (NumberSet(), Set<UInt64>())
        for _ in 0..<2000 {
            let low = UInt64.random(in: 0...60, using: &generator)
            if Bool.random(using: &generator) {
                let range = low...(low + UInt64.random(in: 0...6, using: &generator))
                set.insert(range)
                model.formUnion(range)
            } else if low < 20 {
                let removed = set.remove(through: low)
                #expect(removed == model.contains { $0 <= low })
                model = model.filter { $0 > low }
            }
            #expect(set.ranges.flatMap(Array.init) == model.sorted())
            #expect(zip(set.ranges, set.ranges.dropFirst()).allSatisfy { $0.upperBound + 1 < $1.lowerBound })
        }
    }
}
