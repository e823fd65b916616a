import ZaichikProtocol

/// What became of a connection's deliveries, and how much of it the broker was told.
///
/// Deliveries may be settled in any order. Commits are told cumulatively as far as nothing before them is unsettled, and
/// one by one beyond that.
struct CommitLedger: Sendable {
    /// Every delivery up to this one is settled.
    private(set) var wanted: UInt64 = 0
    /// The last number that was told cumulatively.
    private(set) var sent: UInt64 = 0
    /// The deliveries after `wanted` that are settled.
    private var settled = NumberSet()
    /// Those of `settled` that are committed, and that the broker was not told of.
    private var untold = NumberSet()
    /// Deliveries that the program never sees and so never commits: repeated by the broker after a reconnect.
    private var skipped = NumberSet()
    /// Whether a delivery up to `wanted` has still to be told as committed.
    private var isDue = false
    /// How many deliveries were returned or parked.
    private(set) var aside: UInt64 = 0
    /// What is to be told before the next commit, in order.
    private var dispositions: [(disposition: Disposition, numbers: NumberSet)] = []

    func isSettled(_ number: UInt64) -> Bool { number <= wanted || settled.contains(number) }

    /// Commits a delivery and all before it.
    mutating func commit(upTo number: UInt64) {
        guard number > wanted else { return }
        isDue = true
        wanted = number
        advance()
    }

    /// Commits one delivery.
    mutating func commit(_ number: UInt64) {
        guard !isSettled(number) else { return }
        untold.insert(number...number)
        settle(number...number)
    }

    /// Returns, parks or touches one delivery.
    mutating func settle(_ number: UInt64, as disposition: Disposition) {
        guard !isSettled(number) else { return }
        if dispositions.last?.disposition != disposition { dispositions.append((disposition, NumberSet())) }
        dispositions[dispositions.count - 1].numbers.insert(number...number)
        guard disposition != .touch else { return }
        aside += 1
        settle(number...number)
    }

    /// Notes deliveries that the broker is told of apart.
    mutating func settle(_ numbers: ClosedRange<UInt64>) {
        settled.insert(numbers)
        advance()
    }

    mutating func skip(_ numbers: ClosedRange<UInt64>) {
        skipped.insert(numbers)
        settled.insert(numbers)
        advance()
    }

    /// The number to send, if the broker does not know it yet.
    mutating func take() -> UInt64? {
        guard isDue, wanted > sent else { return nil }
        isDue = false
        sent = wanted
        return wanted
    }

    /// What is to be told before the next commit.
    mutating func takeDispositions() -> [(Disposition, [ClosedRange<UInt64>])] {
        guard !dispositions.isEmpty else { return [] }
        defer { dispositions = [] }
        return dispositions.map { ($0.disposition, $0.numbers.ranges) }
    }

    /// The commits to be told one by one, at most so many ranges.
    mutating func takeApart(_ count: Int) -> [ClosedRange<UInt64>] { untold.removeFirst(count) }

    private mutating func advance() {
        settled.remove(through: wanted)
        if let first = settled.first, first.lowerBound == wanted + 1 {
            wanted = first.upperBound
            settled.remove(through: wanted)
        }
        // What is told cumulatively need not be told apart.
        if untold.remove(through: wanted) { isDue = true }
        if skipped.remove(through: wanted) { isDue = true }
    }
}
