/// A set of numbers that tend to follow one another, kept as the ranges that they form, in order.
struct NumberRanges: Equatable {
    private(set) var ranges: [ClosedRange<UInt64>] = []
    /// How many numbers there are.
    private(set) var count: UInt64 = 0

    var isEmpty: Bool { ranges.isEmpty }
    var lowest: UInt64? { ranges.first?.lowerBound }
    var highest: UInt64? { ranges.last?.upperBound }

    /// The index of the first range that ends at a number or after it.
    private func index(endingFrom number: UInt64) -> Int { ranges.partition { $0.upperBound >= number } }

    func contains(_ number: UInt64) -> Bool {
        let index = index(endingFrom: number)
        return index < ranges.count && ranges[index].lowerBound <= number
    }

    /// The first range with a number from a given one on, without what is before that; nil if there is none.
    func next(from number: UInt64) -> ClosedRange<UInt64>? {
        let index = index(endingFrom: number)
        return index < ranges.count ? ranges[index].clamped(to: number...(.max)) : nil
    }

    /// The ranges of what is both in the set and in a range.
    func intersection(_ wanted: ClosedRange<UInt64>) -> [ClosedRange<UInt64>] {
        ranges[index(endingFrom: wanted.lowerBound)...].prefix { $0.lowerBound <= wanted.upperBound }
            .map { $0.clamped(to: wanted) }
    }

    /// How many numbers of a range are in the set.
    func count(in wanted: ClosedRange<UInt64>) -> UInt64 {
        guard let lowest, let highest else { return 0 }
        if wanted.lowerBound <= lowest, wanted.upperBound >= highest { return count }
        var sum: UInt64 = 0
        for range in ranges[index(endingFrom: wanted.lowerBound)...] {
            guard range.lowerBound <= wanted.upperBound else { break }
            sum += range.clamped(to: wanted).numbers
        }
        return sum
    }

    /// How many numbers below a given one are in the set.
    func count(below number: UInt64) -> UInt64 { number > 0 ? count(in: 0...(number - 1)) : 0 }

    mutating func insert(_ range: ClosedRange<UInt64>) {
        // Most come after all that are there.
        if let last = ranges.last, range.lowerBound > last.upperBound {
            count += range.numbers
            if range.lowerBound == last.upperBound + 1 {
                ranges[ranges.count - 1] = last.lowerBound...range.upperBound
            } else {
                ranges.append(range)
            }
            return
        }
        // Ranges that touch the new one become a part of it.
        let begin = ranges.partition { $0.upperBound >= (range.lowerBound > 0 ? range.lowerBound - 1 : 0) }
        let end = ranges[begin...].partition {
            $0.lowerBound > range.upperBound && $0.lowerBound - 1 > range.upperBound
        }
        var united = range
        for range in ranges[begin..<end] {
            count -= range.numbers
            united = min(united.lowerBound, range.lowerBound)...max(united.upperBound, range.upperBound)
        }
        ranges.replaceSubrange(begin..<end, with: CollectionOfOne(united))
        count += united.numbers
    }

    /// - Returns: The ranges of what was removed.
    @discardableResult
    mutating func remove(_ wanted: ClosedRange<UInt64>) -> [ClosedRange<UInt64>] {
        let begin = index(endingFrom: wanted.lowerBound)
        var end = begin
        var removed: [ClosedRange<UInt64>] = []
        var kept: [ClosedRange<UInt64>] = []
        while end < ranges.count, ranges[end].lowerBound <= wanted.upperBound {
            let range = ranges[end]
            removed.append(range.clamped(to: wanted))
            if range.lowerBound < wanted.lowerBound { kept.append(range.lowerBound...(wanted.lowerBound - 1)) }
            if range.upperBound > wanted.upperBound { kept.append((wanted.upperBound + 1)...range.upperBound) }
            end += 1
        }
        guard end > begin else { return [] }
        ranges.replaceSubrange(begin..<end, with: kept)
        count -= removed.reduce(0) { $0 + $1.numbers }
        return removed
    }

    /// Removes the numbers of several ranges: what follows is moved once.
    ///
    /// - Parameter wanted: In ascending order.
    /// - Returns: The ranges of what was removed.
    mutating func remove(_ wanted: ArraySlice<ClosedRange<UInt64>>) -> [ClosedRange<UInt64>] {
        guard let first = wanted.first, let last = wanted.last else { return [] }
        let begin = index(endingFrom: first.lowerBound)
        var end = begin
        var removed: [ClosedRange<UInt64>] = []
        var kept: [ClosedRange<UInt64>] = []
        var rest = wanted
        while end < ranges.count, ranges[end].lowerBound <= last.upperBound {
            let range = ranges[end]
            var next = range.lowerBound
            while let hole = rest.first, hole.lowerBound <= range.upperBound {
                if hole.upperBound >= next {
                    let gone = hole.clamped(to: next...range.upperBound)
                    if gone.lowerBound > next { kept.append(next...(gone.lowerBound - 1)) }
                    removed.append(gone)
                    next = gone.upperBound + 1
                }
                // It may reach into the next range, too.
                guard hole.upperBound <= range.upperBound else { break }
                rest.removeFirst()
            }
            if next <= range.upperBound { kept.append(next...range.upperBound) }
            end += 1
        }
        guard !removed.isEmpty else { return [] }
        ranges.replaceSubrange(begin..<end, with: kept)
        count -= removed.reduce(0) { $0 + $1.numbers }
        return removed
    }

    /// Without the numbers of another set. Takes a step for each range.
    func subtracting(_ other: NumberRanges) -> NumberRanges {
        guard let lowest, let highest, !other.isEmpty else { return self }
        var rest = NumberRanges()
        var holes = other.ranges[other.index(endingFrom: lowest)...].prefix { $0.lowerBound <= highest }
        for range in ranges {
            var next = range.lowerBound
            while let hole = holes.first, hole.lowerBound <= range.upperBound {
                if hole.lowerBound > next { rest.insert(next...(hole.lowerBound - 1)) }
                next = max(next, hole.upperBound + 1)
                guard hole.upperBound <= range.upperBound else { break }
                holes.removeFirst()
            }
            if next <= range.upperBound { rest.insert(next...range.upperBound) }
        }
        return rest
    }

    /// Removes the first ranges.
    ///
    /// - Returns: Those that were removed.
    mutating func removeFirst(most: Int) -> [ClosedRange<UInt64>] {
        let first = Array(ranges.prefix(most))
        ranges.removeFirst(first.count)
        count -= first.reduce(0) { $0 + $1.numbers }
        return first
    }

    /// A number below which there are no more than so many ranges; the given one if it is such a number.
    func bound(_ number: UInt64, toRanges most: Int) -> UInt64 {
        ranges.count > most && ranges[most].lowerBound < number ? ranges[most].lowerBound : number
    }

    /// Removes all numbers below a given one.
    ///
    /// - Returns: The ranges of what was removed.
    mutating func remove(below number: UInt64) -> [ClosedRange<UInt64>] {
        guard let lowest, lowest < number else { return [] }
        return remove(0...(number - 1))
    }
}

extension ClosedRange<UInt64> {
    /// How many numbers it has.
    var numbers: UInt64 { upperBound - lowerBound + 1 }

    /// A range by its first number and how many there are, at least one.
    init(first: UInt64, count: UInt64) { self = first...(first + count - 1) }
}
