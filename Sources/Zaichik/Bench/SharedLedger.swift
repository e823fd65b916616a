/// The messages of one flow that came to one worker of a shared session, as ranges of their numbers.
struct FlowShare: Sendable {
    /// In the order in which they came.
    private(set) var ranges: [Range<UInt64>] = []

    /// - Returns: Whether the message came behind those before it, as it must.
    mutating func record(_ number: UInt64) -> Bool {
        guard let last = ranges.last else {
            ranges.append(number..<number + 1)
            return true
        }
        if number == last.upperBound {
            ranges[ranges.count - 1] = last.lowerBound..<number + 1
        } else {
            ranges.append(number..<number + 1)
        }
        return number >= last.upperBound
    }
}

/// What the workers of a shared session got together: each message must have come to one of them.
struct SharedLedger {
    private let spread: TopicSpread
    /// By flow, the shares of all workers.
    private var ranges: [[Range<UInt64>]]

    init(spread: TopicSpread) {
        self.spread = spread
        ranges = Array(repeating: [], count: spread.topics * spread.flowsPerTopic)
    }

    mutating func add(_ shares: [FlowShare]) {
        for (flow, share) in shares.enumerated() { ranges[flow] += share.ranges }
    }

    /// What became of everything published.
    ///
    /// - Parameters:
    ///   - gaps: Messages in gaps that the broker told.
    ///   - countsTail: Whether what did not come yet is lost; not, if nobody waited for it.
    func outcome(_ published: PublishedTotals, gaps: UInt64, countsTail: Bool) -> DeliveryLedger.Outcome {
        var outcome = DeliveryLedger.Outcome()
        var absent: UInt64 = 0
        for topic in 0..<spread.topics {
            for publisher in spread.publishers(of: topic) {
                guard let place = spread.place(ofPublisher: publisher, in: topic) else { continue }
                let (covered, end, repeated) = Self.cover(ranges[topic * spread.flowsPerTopic + place])
                outcome.duplicated += repeated
                let expected = countsTail ? max(published.sent(by: publisher, to: topic), end) : end
                absent += expected - covered
            }
        }
        let told = gaps + published.refused.reduce(0, +)
        if absent > told { outcome.lost = absent - told }
        return outcome
    }

    /// How many numbers ranges have, up to which, and how many they have more than once.
    private static func cover(_ ranges: [Range<UInt64>]) -> (covered: UInt64, end: UInt64, repeated: UInt64) {
        var (covered, end, all): (UInt64, UInt64, UInt64) = (0, 0, 0)
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            all += UInt64(range.count)
            if range.upperBound > end { covered += range.upperBound - max(range.lowerBound, end) }
            end = max(end, range.upperBound)
        }
        return (covered, end, all - covered)
    }
}
