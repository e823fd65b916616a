import DequeModule
import ZaichikProtocol

/// The deliveries of a queue that are not yet committed, in runs.
struct InFlight {
    /// Consecutive deliveries of one topic.
    struct Run {
        var slot: UInt32
        var count: UInt32
        var firstSequence: UInt64
        /// µs since 1970 of its first message when it was delivered.
        var timestamp: UInt64
        var bytes: Int

        fileprivate mutating func shorten(by count: UInt32, bytes: Int) {
            self.count -= count
            firstSequence += UInt64(count)
            self.bytes -= bytes
        }
    }

    private(set) var runs: Deque<Run> = []

    private let budget: MemoryBudget
    /// Runs that the budget was charged for, in units of a fixed number.
    private var chargedParts = 0

    /// The most runs that may be in flight: a window of a million messages that alternate between two topics would take
    /// 40 MB.
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
    mutating func removeAll() {
        runs = []
        charge()
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
            slot: Int(run.slot), count: Int(count), bytes: bytes, lastSequence: run.firstSequence + UInt64(count) - 1)
    }

    /// The first run of a slot among the first `most` of all runs; nil if it has none there.
    func first(ofSlot slot: Int, within most: Int = 1024) -> Run? { runs.prefix(most).first { Int($0.slot) == slot } }
}
