/// A set of numbers as ranges, ascending and with room between them.
struct NumberSet: Equatable, Sendable {
    private(set) var ranges: [ClosedRange<UInt64>] = []

    init() {}

    init(_ numbers: some Sequence<UInt64>) {
        for number in numbers { insert(number...number) }
    }

    /// The ranges in any order, which may overlap.
    init(ranges: some Sequence<ClosedRange<UInt64>>) {
        for range in ranges { insert(range) }
    }

    var isEmpty: Bool { ranges.isEmpty }
    var first: ClosedRange<UInt64>? { ranges.first }

    func contains(_ number: UInt64) -> Bool {
        let index = firstIndex(endingAtOrAfter: number)
        return index < ranges.count && ranges[index].contains(number)
    }

    mutating func insert(_ range: ClosedRange<UInt64>) {
        // A range that ends right before this one is joined to it, too.
        let first = firstIndex(endingAtOrAfter: range.lowerBound - min(range.lowerBound, 1))
        var joined = range
        var end = first
        while end < ranges.count, ranges[end].lowerBound <= joined.upperBound &+ 1 {
            joined = min(joined.lowerBound, ranges[end].lowerBound)...max(joined.upperBound, ranges[end].upperBound)
            end += 1
        }
        ranges.replaceSubrange(first..<end, with: CollectionOfOne(joined))
    }

    /// Removes every number up to this one.
    ///
    /// - Returns: Whether there were any.
    @discardableResult
    mutating func remove(through number: UInt64) -> Bool {
        guard let first = ranges.first, first.lowerBound <= number else { return false }
        let end = firstIndex(endingAtOrAfter: number)
        ranges.removeFirst(min(end, ranges.count))
        if let first = ranges.first, first.lowerBound <= number {
            if first.upperBound == number {
                ranges.removeFirst()
            } else {
                ranges[0] = (number + 1)...first.upperBound
            }
        }
        return true
    }

    /// Takes the first ranges out, at most so many.
    mutating func removeFirst(_ count: Int) -> [ClosedRange<UInt64>] {
        let count = min(count, ranges.count)
        defer { ranges.removeFirst(count) }
        return Array(ranges.prefix(count))
    }

    /// The index of the first range that ends at or after a number.
    private func firstIndex(endingAtOrAfter number: UInt64) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
