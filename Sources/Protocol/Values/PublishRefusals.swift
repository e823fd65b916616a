/// Which publishes of a connection were refused, and why: so that a producer whose connection ended before the REJECTs
/// came does not take them for accepted.
public struct PublishRefusals: Equatable, Sendable {
    /// Consecutive publishes that were refused with one code.
    public struct Range: Equatable, Sendable {
        /// Numbers on the connection.
        public var numbers: ClosedRange<UInt64>
        /// The raw value of an ``ErrorCode``, perhaps of a later version.
        public var code: UInt16

        public init(_ numbers: ClosedRange<UInt64>, code: UInt16) {
            self.numbers = numbers
            self.code = code
        }
    }

    /// In ascending order, apart from each other.
    public private(set) var ranges: [Range] = []
    /// Of the publishes from this number on, all that were refused are in `ranges`.
    public private(set) var completeFrom: UInt64 = 1

    /// The most ranges. Beyond it, the earlier half is forgotten.
    public static let most = 512

    public init() {}

    /// - Parameter ranges: In ascending order, apart from each other.
    public init(_ ranges: [Range], completeFrom: UInt64 = 1) {
        self.ranges = ranges
        self.completeFrom = completeFrom
    }

    /// Notes the refusal of publishes after all those noted before.
    public mutating func note(_ numbers: ClosedRange<UInt64>, _ code: UInt16) {
        if let last = ranges.last, last.code == code, last.numbers.upperBound + 1 == numbers.lowerBound {
            ranges[ranges.count - 1].numbers = last.numbers.lowerBound...numbers.upperBound
            return
        }
        if ranges.count == Self.most {
            completeFrom = ranges[Self.most / 2 - 1].numbers.upperBound + 1
            ranges.removeFirst(Self.most / 2)
        }
        ranges.append(Range(numbers, code: code))
    }

    public enum Verdict: Equatable, Sendable {
        case notRefused
        case refused(UInt16)
        /// Whether it was refused is no longer known.
        case unknown
    }

    /// What is known of an answered publish.
    public func verdict(on number: UInt64) -> Verdict {
        guard number >= completeFrom else { return .unknown }
        let index = ranges.partitioningIndex { $0.numbers.upperBound >= number }
        guard index < ranges.count, ranges[index].numbers.contains(number) else { return .notRefused }
        return .refused(ranges[index].code)
    }
}

extension [PublishRefusals.Range] {
    /// The index of the first element for which a condition holds, that holds for all after it too.
    fileprivate func partitioningIndex(where belongsToSecond: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongsToSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
