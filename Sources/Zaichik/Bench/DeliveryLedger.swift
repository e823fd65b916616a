/// What one subscriber got of what it should get: nothing lost, nothing twice, each flow in its order.
struct DeliveryLedger: Sendable {
    struct Outcome: Equatable, Sendable {
        /// Never came, though no gap was told.
        var lost: UInt64 = 0
        var duplicated: UInt64 = 0
        /// Came behind a later one of their flow.
        var reordered: UInt64 = 0
        /// Lost, as the broker told.
        var gaps: UInt64 = 0
        /// Messages that nobody of this run published there.
        var foreign: UInt64 = 0

        var isFlawless: Bool { lost == 0 && duplicated == 0 && reordered == 0 && foreign == 0 }

        static func += (sum: inout Outcome, other: Outcome) {
            sum.lost += other.lost
            sum.duplicated += other.duplicated
            sum.reordered += other.reordered
            sum.gaps += other.gaps
            sum.foreign += other.foreign
        }
    }

    private let spread: TopicSpread
    private let subscriber: Int
    /// The number that each flow goes on with.
    private var next: [UInt64]
    /// Numbers that were passed over, by flow.
    private var missing: [Int: [Range<UInt64>]] = [:]
    /// Messages in gaps told, by the topic's place.
    private var gaps: [UInt64]
    private var counts = Outcome()
    /// What came of each flow, if others of a shared session get the rest; empty if not.
    private(set) var shares: [FlowShare] = []
    /// Messages that came, each counted once.
    private(set) var received: UInt64 = 0

    var gapMessages: UInt64 { counts.gaps }

    init(spread: TopicSpread, subscriber: Int) {
        self.spread = spread
        self.subscriber = subscriber
        let topics = spread.topics(ofSubscriber: subscriber).count
        next = Array(repeating: 0, count: topics * spread.flowsPerTopic)
        gaps = Array(repeating: 0, count: topics)
        if spread.isShared { shares = Array(repeating: FlowShare(), count: next.count) }
    }

    /// Where a flow is recorded; nothing, if this subscriber should not get it.
    func flow(topic: Int, publisher: Int) -> Int? {
        guard let topicPlace = spread.place(ofTopic: topic, in: subscriber),
            let place = spread.place(ofPublisher: publisher, in: topic)
        else { return nil }
        return topicPlace * spread.flowsPerTopic + place
    }

    mutating func record(flow: Int, number: UInt64) {
        guard shares.isEmpty else {
            received += 1
            if !shares[flow].record(number) { counts.reordered += 1 }
            return
        }
        let expected = next[flow]
        if number == expected {
            next[flow] = number + 1
            received += 1
        } else if number > expected {
            missing[flow, default: []].append(expected..<number)
            next[flow] = number + 1
            received += 1
        } else if takeMissing(flow, number) {
            counts.reordered += 1
            received += 1
        } else {
            counts.duplicated += 1
        }
    }

    mutating func recordForeign() { counts.foreign += 1 }

    mutating func recordGap(topic: Int, count: UInt64) {
        counts.gaps += count
        if let place = spread.place(ofTopic: topic, in: subscriber) { gaps[place] += count }
    }

    /// - Returns: Whether the number was missing; it no longer is.
    private mutating func takeMissing(_ flow: Int, _ number: UInt64) -> Bool {
        guard var ranges = missing[flow], let index = ranges.firstIndex(where: { $0.contains(number) }) else {
            return false
        }
        let range = ranges[index]
        let rest = [range.lowerBound..<number, number + 1..<range.upperBound].filter { !$0.isEmpty }
        ranges.replaceSubrange(index...index, with: rest)
        missing[flow] = ranges
        return true
    }

    /// What became of everything published.
    ///
    /// - Parameter countsTail: Whether what did not come yet is lost; not, if nobody waited for it.
    func outcome(_ published: PublishedTotals, countsTail: Bool) -> Outcome {
        var outcome = counts
        // What one of several workers lacks came to the others: see ``SharedLedger``.
        guard shares.isEmpty else { return outcome }
        for (place, topic) in spread.topics(ofSubscriber: subscriber).enumerated() {
            var absent: UInt64 = 0
            for publisher in spread.publishers(of: topic) {
                guard let flow = flow(topic: topic, publisher: publisher) else { continue }
                absent += missing[flow]?.reduce(0) { $0 + UInt64($1.count) } ?? 0
                let sent = published.sent(by: publisher, to: topic)
                if countsTail, sent > next[flow] { absent += sent - next[flow] }
            }
            // What the broker refused or told to be gone is not lost silently.
            let told = gaps[place] + published.refused[topic]
            if absent > told { outcome.lost += absent - told }
        }
        return outcome
    }
}
