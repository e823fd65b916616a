import DequeModule

/// How many of a connection's deliveries are committed, and how many the broker was told of.
struct CommitLedger: Sendable {
    private(set) var wanted: UInt64 = 0
    private(set) var sent: UInt64 = 0
    /// Deliveries that the program never sees and so never commits: repeated by the broker after a reconnect.
    private var skipped = Deque<ClosedRange<UInt64>>()

    mutating func commit(_ number: UInt64) {
        wanted = max(wanted, number)
        takeSkipped()
    }

    mutating func skip(_ numbers: ClosedRange<UInt64>) {
        if let last = skipped.last, last.upperBound + 1 == numbers.lowerBound {
            skipped[skipped.count - 1] = last.lowerBound...numbers.upperBound
        } else {
            skipped.append(numbers)
        }
        takeSkipped()
    }

    /// The number to send, if the broker does not know it yet.
    mutating func take() -> UInt64? {
        guard wanted > sent else { return nil }
        sent = wanted
        return wanted
    }

    private mutating func takeSkipped() {
        while let first = skipped.first, first.lowerBound <= wanted + 1 {
            wanted = max(wanted, first.upperBound)
            skipped.removeFirst()
        }
    }
}
