import Testing

@testable import ZaichikBroker

@Suite("Sets of numbers that follow one another")
struct NumberRangesTests {
    @Test(
        "whatever is put in and taken out, they have what a set has, in ranges that do not touch",
        arguments: UInt64(1)...50)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var ranges = NumberRanges()
        var model: Set<UInt64> = []
        for _ in 0..<300 {
            let first = UInt64.random(in: 0...60, using: &generator)
            let range = first...(first + UInt64.random(in: 0...8, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0, 1:
                ranges.insert(range)
                model.formUnion(range)
            case 2, 3:
                let removed = ranges.remove(range)
                #expect(Set(removed.flatMap(\.self)) == model.intersection(range))
                model.subtract(range)
            case 4:
                let wanted = NumberRanges.some(&generator)
                let removed = ranges.remove(wanted[...])
                #expect(removed.flatMap(\.self) == model.intersection(wanted.joined()).sorted())
                model.subtract(wanted.joined())
            default:
                let removed = ranges.remove(below: first)
                #expect(Set(removed.flatMap(\.self)) == model.filter { $0 < first })
                model = model.filter { $0 >= first }
            }
            #expect(ranges.ranges.flatMap(\.self) == model.sorted())
            #expect(zip(ranges.ranges, ranges.ranges.dropFirst()).allSatisfy { $0.upperBound + 1 < $1.lowerBound })
            #expect(ranges.count == UInt64(model.count))
            #expect(ranges.lowest == model.min() && ranges.highest == model.max())
            #expect(ranges.contains(first) == model.contains(first))
            #expect(ranges.next(from: first)?.lowerBound == model.filter { $0 >= first }.min())
            #expect(ranges.count(in: range) == UInt64(model.intersection(range).count))
            #expect(ranges.count(below: first) == UInt64(model.count { $0 < first }))
        }
    }

    @Test("a set without another has what the other has not", arguments: UInt64(1)...50)
    func subtracting(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func some() -> NumberRanges {
            var ranges = NumberRanges()
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                let first = UInt64.random(in: 0...80, using: &generator)
                ranges.insert(first...(first + UInt64.random(in: 0...8, using: &generator)))
            }
            return ranges
        }
        for _ in 0..<50 {
            var (one, other) = (some(), some())
            let rest = one.subtracting(other)
            for range in other.ranges { one.remove(range) }
            #expect(rest == one)
            let first = other.ranges.prefix(3)
            #expect(other.removeFirst(most: 3) == Array(first))
            #expect(other.count == other.ranges.reduce(0) { $0 + $1.numbers })
        }
    }

    @Test("the largest numbers there are can be put in and taken out")
    func extremes() {
        var ranges = NumberRanges()
        ranges.insert(.max ... .max)
        ranges.insert(0...0)
        ranges.insert((.max - 1)...(.max - 1))
        #expect(ranges.ranges == [0...0, (.max - 1)...(.max)])
        #expect(ranges.remove(0...(.max)).count == 2)
        #expect(ranges.isEmpty)
    }
}

extension NumberRanges {
    /// Some ranges in ascending order.
    fileprivate static func some(_ generator: inout SeededGenerator) -> [ClosedRange<UInt64>] {
        var ranges: [ClosedRange<UInt64>] = []
        var next: UInt64 = 0
        for _ in 0..<Int.random(in: 0...8, using: &generator) {
            let first = next + UInt64.random(in: 0...10, using: &generator)
            ranges.append(first...first + UInt64.random(in: 0...5, using: &generator))
            next = ranges.last!.upperBound + 1
        }
        return ranges
    }
}
