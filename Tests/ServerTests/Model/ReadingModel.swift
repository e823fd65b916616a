import ZaichikProtocol

/// Where a queue stands in one topic, as far as it can be known from outside.
struct ReadingModel {
    let topic: Int
    /// The next message is one of these: at the start of a reading that races with publishes it is not known which.
    private(set) var next: ClosedRange<UInt64>
    /// The topic when it began.
    let start: Start
    /// What was delivered, by key.
    private(set) var keys: [Int: [UInt64]] = [:]

    struct Start {
        /// Sequence of the newest message: what is newer counts against the limit.
        var heads: ClosedRange<UInt64> = 0...0
        /// The earliest message that was kept: what had gone before was never in the queue.
        var earliest: ClosedRange<UInt64> = 1...1
        /// How many deliveries the connection had.
        var delivered = 0
        /// Where deliveries may begin. A gap may begin earlier: of what is gone, a log need not know when it came.
        var deliveries: UInt64 = 1
    }

    init(topic: Int, next: ClosedRange<UInt64>, start: Start = Start()) {
        self.topic = topic
        self.next = next
        self.start = start
    }

    /// Moves past a delivery.
    ///
    /// - Parameters:
    ///   - key: Of the message, if it has one.
    ///   - isDuplicate: Whether a message may have been withheld as a duplicate.
    mutating func deliver(_ sequence: UInt64, key: Int?, isDuplicate: (UInt64) -> Bool) throws {
        guard sequence >= start.deliveries else {
            throw ModelFailure(
                rule: "no delivery comes from before the start", detail: "\(sequence), start \(start.deliveries)")
        }
        try pass(sequence, what: "delivery", isDuplicate: isDuplicate)
        if let key { keys[key, default: []].append(sequence) }
        next = sequence + 1...sequence + 1
    }

    /// Moves past a gap.
    mutating func gap(_ first: UInt64, _ last: UInt64, isDuplicate: (UInt64) -> Bool) throws {
        guard first <= last else { throw ModelFailure(rule: "a gap is not empty", detail: "\(first) to \(last)") }
        try pass(first, what: "gap", isDuplicate: isDuplicate)
        next = last + 1...last + 1
    }

    private func pass(_ sequence: UInt64, what: String, isDuplicate: (UInt64) -> Bool) throws {
        guard sequence >= next.lowerBound else {
            throw ModelFailure(
                rule: "no \(what) comes twice",
                detail: "\(sequence), though \(text) is next")
        }
        guard sequence > next.upperBound else { return }
        let missing = (next.upperBound..<sequence).filter { !isDuplicate($0) }
        guard missing.isEmpty else {
            throw ModelFailure(
                rule: "every message is in a delivery or in a gap",
                detail: "\(what) of \(sequence), though \(text) is next: \(missing) are missing")
        }
    }

    /// Everything up to the head is done with.
    mutating func reach(end: UInt64) {
        next = max(next.lowerBound, end)...max(next.upperBound, end)
    }

    /// It may be that everything up to here is done with.
    mutating func mayReach(end: UInt64) { next = next.lowerBound...max(next.upperBound, end) }

    private var text: String {
        next.count == 1 ? "\(next.lowerBound)" : "one of \(next.lowerBound) to \(next.upperBound)"
    }
}
