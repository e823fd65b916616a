import DequeModule
import ZaichikProtocol

/// The deliveries of an attachment that are not yet settled, in runs, by their numbers.
struct InFlight {
    /// Consecutive deliveries of consecutive messages of one topic.
    struct Run: Equatable {
        var slot: UInt32
        var count: UInt32
        var firstSequence: UInt64
        /// µs since 1970 of its first message when it was delivered.
        var timestamp: UInt64
        /// Their bytes. A run lies in one segment, so these fit.
        private var size: UInt32
        /// How often its messages were delivered, this time included.
        var attempt: UInt32
        /// The number of its first delivery.
        var number: UInt64
        /// When it was delivered or touched, in µs since 1970.
        var since: UInt64

        @inline(__always)
        init(
            slot: UInt32, count: UInt32, firstSequence: UInt64, timestamp: UInt64, bytes: Int, number: UInt64,
            attempt: UInt32 = 1, since: UInt64 = 0
        ) {
            self.slot = slot
            self.count = count
            self.firstSequence = firstSequence
            self.timestamp = timestamp
            size = UInt32(bytes)
            self.attempt = attempt
            self.number = number
            self.since = since
        }

        var bytes: Int {
            get { Int(size) }
            set { size = UInt32(newValue) }
        }
        /// How long ago it was delivered or touched at least, in µs: coarse, as deadlines are checked coarsely.
        func age(now: UInt64) -> UInt64 {
            let (then, now) = (since >> Self.coarseness, now >> Self.coarseness)
            return now > then ? (now - then - 1) << Self.coarseness : 0
        }

        /// µs in a unit of its age, as a power of two: 65.5 ms.
        private static let coarseness: UInt64 = 16

        var sequences: ClosedRange<UInt64> { ClosedRange(first: firstSequence, count: UInt64(count)) }
        var numbers: ClosedRange<UInt64> { ClosedRange(first: number, count: UInt64(count)) }

        fileprivate mutating func shorten(by count: UInt32, bytes: Int) {
            self.count -= count
            firstSequence += UInt64(count)
            number += UInt64(count)
            self.bytes -= bytes
        }

        /// Parts it before a number, if that is one of its own but the first.
        ///
        /// - Returns: The part before; the rest stays.
        fileprivate mutating func cut(before cut: UInt64) -> Run? {
            guard cut > number, cut <= numbers.upperBound else { return nil }
            var first = self
            first.count = UInt32(cut - number)
            first.bytes = bytes * Int(first.count) / Int(count)
            shorten(by: first.count, bytes: first.bytes)
            return first
        }
    }

    private(set) var runs: Deque<Run> = []

    private let budget: MemoryBudget
    /// Runs that the budget was charged for, in units of a fixed number.
    private var chargedParts = 0

    /// The most runs that may be in flight: a window of a million messages that alternate between two topics would take
    /// 50 MB.
    static let mostRuns = PeerLimits.stretchesInFlight
    /// The same limit when memory runs short.
    private static let fewestRuns = 1 << 8
    private static let part = 1 << 10

    init(budget: MemoryBudget) { self.budget = budget }

    var isFull: Bool {
        runs.count >= Self.fewestRuns && runs.count >= (budget.isShort ? Self.fewestRuns : Self.mostRuns)
    }

    mutating func add(_ run: Run) {
        runs.append(run)
        charge()
    }

    /// Removes all runs and gives back what was charged for them: the client is gone.
    ///
    /// - Returns: The runs.
    @discardableResult
    mutating func removeAll() -> Deque<Run> {
        let all = runs
        runs = []
        charge()
        return all
    }

    @inline(__always)
    private mutating func charge() {
        let parts = runs.count / Self.part
        guard parts != chargedParts else { return }
        budget.charge((parts - chargedParts) * Self.part * MemoryLayout<Run>.stride)
        chargedParts = parts
    }

    /// The deliveries that a step of a commit retired.
    struct Retired {
        var slot: Int
        var count: Int
        var bytes: Int
        var lastSequence: UInt64
        /// When they were delivered or touched, in µs since 1970.
        var since: UInt64 = 0

        var sequences: ClosedRange<UInt64> { (lastSequence - UInt64(count) + 1)...lastSequence }
    }

    /// Retires deliveries of the first run, at most `most`.
    mutating func retire(most: UInt64) -> Retired {
        let run = runs[0]
        let count = UInt32(min(most, UInt64(run.count)))
        let bytes = count == run.count ? run.bytes : run.bytes * Int(count) / Int(run.count)
        if count == run.count {
            runs.removeFirst()
            charge()
        } else {
            runs[0].shorten(by: count, bytes: bytes)
        }
        return Retired(
            slot: Int(run.slot), count: Int(count), bytes: bytes, lastSequence: run.firstSequence + UInt64(count) - 1,
            since: run.since)
    }

    // MARK: By number

    /// The index of the first run with a number from a given one on.
    private func index(from number: UInt64) -> Int { runs.partition { $0.numbers.upperBound >= number } }

    /// The first number of a range that is not in flight; nil if all of them are.
    func firstMissing(in range: ClosedRange<UInt64>) -> UInt64? {
        var expected = range.lowerBound
        for run in runs[index(from: expected)...] {
            guard run.number <= expected else { return expected }
            expected = run.numbers.upperBound + 1
            guard expected <= range.upperBound else { return nil }
        }
        return expected
    }

    /// Whether more runs than so many begin with a number up to a given one.
    func hasMore(than most: Int, upTo number: UInt64) -> Bool { runs.count > most && runs[most].number <= number }

    /// How many deliveries are in flight before each of some runs that are not, ascending. Takes a step for each run.
    func counts(before removed: Deque<Run>) -> [Int] {
        var (count, next) = (0, 0)
        return removed.map { run in
            while next < runs.count, runs[next].number < run.number {
                count += Int(runs[next].count)
                next += 1
            }
            return count
        }
    }

    /// Removes the deliveries with the numbers of some ranges, ascending and disjoint, as far as they are in flight.
    mutating func remove(_ ranges: [ClosedRange<UInt64>]) -> Deque<Run> {
        if ranges.count == 1, let first = runs.first, let last = runs.last, ranges[0].lowerBound <= first.number,
            ranges[0].upperBound >= last.numbers.upperBound
        {
            return removeAll()
        }
        return replace(ranges) { _ in nil }
    }

    /// Removes the runs for which a condition holds.
    mutating func remove(where isGone: (Run) -> Bool) -> Deque<Run> {
        guard let first = runs.firstIndex(where: { !isGone($0) }) else { return removeAll() }
        var gone = Deque(runs[..<first])
        var kept: Deque<Run> = []
        for run in runs[first...] { if isGone(run) { gone.append(run) } else { kept.append(run) } }
        runs = kept
        charge()
        return gone
    }

    /// Notes that deliveries begin anew to be in flight.
    mutating func touch(_ ranges: [ClosedRange<UInt64>], now: UInt64) {
        _ = replace(ranges) { run in
            var run = run
            run.since = now
            return run
        }
    }

    /// So many ranges are replaced one by one; each may move all runs behind it.
    private static let fewRanges = 4

    private mutating func replace(
        _ ranges: [ClosedRange<UInt64>], with replacement: (Run) -> Run?
    ) -> Deque<Run> {
        var found: Deque<Run> = []
        guard ranges.count > Self.fewRanges else {
            for range in ranges { replace(range, with: replacement, &found) }
            return found
        }
        var new = Deque<Run>(minimumCapacity: runs.count)
        var next = ranges[...]
        for run in runs {
            var rest: Run? = run
            while let part = rest {
                while let range = next.first, range.upperBound < part.number { next.removeFirst() }
                guard let range = next.first, range.lowerBound <= part.numbers.upperBound else { break }
                var part = part
                if let before = part.cut(before: range.lowerBound) { new.append(before) }
                let inside = part.cut(before: range.upperBound + 1)
                found.append(inside ?? part)
                if let replaced = replacement(inside ?? part) { new.append(replaced) }
                rest = inside == nil ? nil : part
            }
            if let rest { new.append(rest) }
        }
        runs = new
        charge()
        return found
    }

    /// Replaces the runs of a range, which are cut at its ends.
    private mutating func replace(
        _ range: ClosedRange<UInt64>, with replacement: (Run) -> Run?, _ found: inout Deque<Run>
    ) {
        let begin = index(from: range.lowerBound)
        var end = begin
        var new: [Run] = []
        while end < runs.count, runs[end].number <= range.upperBound {
            var run = runs[end]
            if let before = run.cut(before: range.lowerBound) { new.append(before) }
            // What is cut off is the part within the range; then the rest is the part after it.
            let cut = run.cut(before: range.upperBound + 1)
            let inside = cut ?? run
            found.append(inside)
            if let replaced = replacement(inside) { new.append(replaced) }
            if cut != nil { new.append(run) }
            end += 1
        }
        guard end > begin else { return }
        runs.replaceSubrange(begin..<end, with: new)
        charge()
    }

    /// The first run of a slot among the first `most` of all runs; nil if it has none there.
    func first(ofSlot slot: Int, within most: Int = 1024) -> Run? { runs.prefix(most).first { Int($0.slot) == slot } }
}
