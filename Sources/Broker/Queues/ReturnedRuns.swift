import HeapModule
import ZaichikProtocol

/// Consecutive messages of a topic that come again.
struct ReturnedRun {
    /// Where its first message stands in the order of arrival.
    var stamp: UInt64
    var slot: UInt32
    /// The serial of the cursor: another one in its slot has another subscription.
    var serial: UInt32
    var range: ClosedRange<UInt64>
    var bytes: Int
    /// When it comes, in µs since 1970.
    var due: UInt64
    var attempt: Attempt
}

/// The messages of a queue that come again: those that are due, in the order of their arrival, and the others.
struct ReturnedRuns {
    private struct Due: Comparable {
        let run: ReturnedRun
        static func == (left: Due, right: Due) -> Bool {
            left.run.stamp == right.run.stamp && left.first == right.first
        }
        static func < (left: Due, right: Due) -> Bool {
            (left.run.stamp, left.first) < (right.run.stamp, right.first)
        }
        var first: UInt64 { run.range.lowerBound }
    }

    private struct Later: Comparable {
        let run: ReturnedRun
        static func == (left: Later, right: Later) -> Bool { left.run.due == right.run.due }
        static func < (left: Later, right: Later) -> Bool { left.run.due < right.run.due }
    }

    private var due = Heap<Due>()
    private var later = Heap<Later>()
    private let budget: MemoryBudget

    /// The most runs that may wait; while there are as many, a queue delivers nothing new.
    static let most = PeerLimits.stretchesInFlight
    private static let bytes = MemoryLayout<ReturnedRun>.stride * 2

    init(budget: MemoryBudget) { self.budget = budget }

    var count: Int { due.count + later.count }
    /// All of them, in no order.
    var all: [ReturnedRun] { due.unordered.map(\.run) + later.unordered.map(\.run) }
    /// One of them, in no order.
    subscript(place: Int) -> ReturnedRun {
        place < due.count ? due.unordered[place].run : later.unordered[place - due.count].run
    }
    /// Some of them: what comes next, and others in no order.
    func some(_ most: Int) -> [ReturnedRun] {
        [due.min?.run, later.min?.run].compactMap(\.self) + due.unordered.prefix(most).map(\.run)
            + later.unordered.prefix(most).map(\.run)
    }
    var isFull: Bool { count >= Self.most }
    var hasDue: Bool { !due.isEmpty }
    /// When the next of those that wait are due; nil if none waits.
    var nextDue: UInt64? { later.min?.run.due }
    /// What comes next; nil if nothing is due.
    var first: ReturnedRun? { due.min?.run }

    mutating func add(_ run: ReturnedRun, now: UInt64) {
        if run.due <= now { due.insert(Due(run: run)) } else { later.insert(Later(run: run)) }
        budget.charge(Self.bytes)
    }

    /// How many become due in one step.
    private static let dueInOneGo = 2048

    /// - Returns: Whether more are due now, and whether these are all.
    mutating func becomeDue(now: UInt64) -> (moved: Bool, isComplete: Bool) {
        var left = Self.dueInOneGo
        while let next = later.min, next.run.due <= now {
            guard left > 0 else { return (true, false) }
            due.insert(Due(run: later.removeMin().run))
            left -= 1
        }
        return (left < Self.dueInOneGo, true)
    }

    /// Removes what comes next.
    mutating func removeFirst() {
        due.removeMin()
        budget.charge(-Self.bytes)
    }

    /// Removes the first messages of what comes next, but not all.
    ///
    /// - Parameter stamp: Where the first message of the rest stands in the order of arrival.
    mutating func shortenFirst(to rest: ClosedRange<UInt64>, bytes: Int, stamp: UInt64) {
        var run = due.removeMin().run
        run.range = rest
        run.bytes = bytes
        run.stamp = stamp
        due.insert(Due(run: run))
    }

    /// Gives back what was charged.
    mutating func removeAll() {
        budget.charge(-count * Self.bytes)
        due = Heap()
        later = Heap()
    }
}
