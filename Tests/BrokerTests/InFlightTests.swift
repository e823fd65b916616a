import DequeModule
import Testing

@testable import ZaichikBroker

@Suite("Deliveries in flight")
struct InFlightTests {
    private static func run(
        _ first: UInt64, _ count: UInt32, slot: UInt32 = 0, bytes: Int = 0, time: UInt64 = 0
    ) -> InFlight.Run {
        InFlight.Run(slot: slot, count: count, firstSequence: first, timestamp: time, bytes: bytes, number: first)
    }

    @Test("a commit retires the first run, and no more than that in one step")
    func step() {
        var inFlight = InFlight(budget: MemoryBudget(limit: 1 << 20))
        inFlight.add(Self.run(1, 3, slot: 4, bytes: 30, time: 7))
        inFlight.add(Self.run(9, 5, slot: 2, bytes: 50, time: 8))
        #expect(inFlight.runs.first?.timestamp == 7)
        let first = inFlight.retire(most: 100)
        #expect((first.slot, first.count, first.bytes, first.lastSequence) == (4, 3, 30, 3))
        #expect(inFlight.runs.first?.timestamp == 8)
        #expect(inFlight.first(ofSlot: 4) == nil)
        #expect(inFlight.first(ofSlot: 2)?.firstSequence == 9)
    }

    @Test("each part of a run takes its share of the bytes, and the shares add up", arguments: UInt64(1)...20)
    func parts(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var inFlight = InFlight(budget: MemoryBudget(limit: 1 << 20))
        let count = UInt32.random(in: 1...50, using: &generator)
        let bytes = Int.random(in: 0...5000, using: &generator)
        inFlight.add(Self.run(100, count, bytes: bytes))
        var retired = 0
        var retiredBytes = 0
        while !inFlight.runs.isEmpty {
            let left = inFlight.runs[0]
            #expect(left.firstSequence == 100 + UInt64(retired))
            #expect(Int(left.count) == Int(count) - retired)
            #expect(left.bytes == bytes - retiredBytes)
            let part = inFlight.retire(most: .random(in: 1...7, using: &generator))
            #expect(part.bytes >= left.bytes * part.count / Int(left.count))
            retired += part.count
            retiredBytes += part.bytes
            #expect(part.lastSequence == 99 + UInt64(retired))
        }
        #expect(retired == Int(count))
        #expect(retiredBytes == bytes)
    }

    @Test("many runs are charged to the budget, and given back as they are retired")
    func charged() {
        let budget = MemoryBudget(limit: 1 << 30)
        var inFlight = InFlight(budget: budget)
        for sequence in UInt64(1)...5000 { inFlight.add(Self.run(sequence, 1)) }
        #expect(budget.used >= 4 * 1024 * MemoryLayout<InFlight.Run>.stride)
        for _ in 0..<3000 { _ = inFlight.retire(most: 1) }
        #expect(budget.used == 1024 * MemoryLayout<InFlight.Run>.stride)
        inFlight.removeAll()
        #expect(budget.used == 0)
    }

    @Test("so many runs are the most; fewer are when memory runs short")
    func full() {
        let budget = MemoryBudget(limit: 64 << 20)
        var inFlight = InFlight(budget: budget)
        for sequence in 0..<UInt64(InFlight.mostRuns) {
            #expect(!inFlight.isFull)
            inFlight.add(Self.run(sequence, 1))
        }
        #expect(inFlight.isFull)
        _ = inFlight.retire(most: 1)
        #expect(!inFlight.isFull)
        budget.charge(budget.limit)
        #expect(inFlight.isFull)
        budget.charge(-budget.used)
        inFlight.removeAll()
    }

    @Test("deliveries are taken out by their numbers, and what is left keeps its own", arguments: UInt64(1)...50)
    func byNumber(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var inFlight = InFlight(budget: MemoryBudget(limit: 1 << 20))
        var model: [UInt64] = []
        var next: UInt64 = 1
        for _ in 0..<100 {
            let count = UInt64.random(in: 1...6, using: &generator)
            // The sequence of a delivery is its number and 1000, so that it is seen whether it keeps it.
            inFlight.add(
                InFlight.Run(
                    slot: 0, count: UInt32(count), firstSequence: next + 1000, timestamp: 0, bytes: Int(count) * 10,
                    number: next))
            model += next..<(next + count)
            next += count
            let first = UInt64.random(in: 1..<next, using: &generator)
            let range = first...(first + UInt64.random(in: 0...9, using: &generator))
            #expect(inFlight.firstMissing(in: range) == range.first { !model.contains($0) })
            // One, or so many that they are taken out together.
            var ranges = [range]
            for _ in 0..<Int.random(in: 0...8, using: &generator) {
                let first = ranges[ranges.count - 1].upperBound + UInt64.random(in: 1...5, using: &generator)
                ranges.append(first...(first + UInt64.random(in: 0...4, using: &generator)))
            }
            let isMeant = { (number: UInt64) in ranges.contains { $0.contains(number) } }
            if Bool.random(using: &generator) {
                let removed = inFlight.remove(ranges)
                #expect(removed.flatMap(\.numbers) == model.filter(isMeant))
                #expect(removed.allSatisfy { $0.firstSequence == $0.number + 1000 })
                model.removeAll(where: isMeant)
                #expect(
                    inFlight.counts(before: removed) == removed.map { run in model.count { $0 < run.number } })
            } else {
                inFlight.touch(ranges, now: 1 << 40)
                #expect(inFlight.runs.allSatisfy { $0.since == .init(1 << 40) || !$0.numbers.contains(where: isMeant) })
            }
            #expect(inFlight.runs.flatMap(\.numbers) == model)
            #expect(inFlight.runs.reduce(0) { $0 + $1.bytes } == model.count * 10)
        }
    }
}
