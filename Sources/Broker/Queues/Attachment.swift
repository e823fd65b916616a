import DequeModule
import NIOCore
import ZaichikProtocol

/// The side of a queue that belongs to one connection: how much it may have in flight, its numbering, what is in flight
/// there, and the topics that it was told.
///
/// It is a part of its connection, which hands it to the ``ClientQueue`` for each take and each commit: the queue of a
/// client without a session has one from its beginning to its end, at no cost of its own.
struct Attachment {
    let budget: MemoryBudget
    /// Where news of traced messages are told; nil if nobody is interested.
    let traceDesk: TraceDesk?
    /// How many deliveries may be in flight; 0 pauses.
    private(set) var window: UInt32
    /// How many bytes of them; nil if they never were bounded.
    var byteWindow: ByteWindow?
    /// Deliveries made, which number them from 1.
    private(set) var delivered: UInt64 = 0
    private(set) var committed: UInt64 = 0
    /// Deliveries that are not in flight any more, whatever became of them.
    private var settled: UInt64 = 0
    private(set) var inFlight: InFlight
    /// How long its messages take, and its last seconds; nil for a client that does nothing.
    var record: ClientRecord?
    /// The numbers of deliveries that the deadline has taken back, and that the client was not told of: of many stretches the
    /// last ones.
    private var overdue = NumberRanges()
    /// The most stretches of them.
    static let mostOverdue = 1 << 12
    /// How many deliveries may still be made before the end; nil until the end has come.
    private var last: Int?
    /// Distinguishes it from the other attachments that its queue has had; 0 until it has a queue.
    var serial: UInt16 = 0

    init(window: UInt32 = 0, budget: MemoryBudget, traceDesk: TraceDesk? = nil) {
        self.budget = budget
        self.traceDesk = traceDesk
        self.window = min(window, FrameLimits.window)
        inFlight = InFlight(budget: budget)
    }

    var inFlightCount: Int { Int(delivered - settled) }
    /// How many deliveries may be made now.
    var room: Int {
        if inFlight.isFull || byteWindow?.isFull == true { return 0 }
        return last ?? max(Int(window) - inFlightCount, 0)
    }
    /// Whether the end has come, and deliveries are done when they are made.
    private(set) var commitsByItself = false
    /// Whether all that has to be noted of a delivery are its figures.
    var isPlain: Bool { byteWindow == nil && !commitsByItself }

    /// - Parameter bytes: How many bytes of deliveries may be in flight; 0 if they are not bounded.
    mutating func setWindow(_ window: UInt32, bytes: Int = 0) {
        self.window = min(window, FrameLimits.window)
        if byteWindow == nil, bytes > 0 { byteWindow = ByteWindow(limit: bytes, inFlight: inFlight, budget: budget) }
        byteWindow?.limit = bytes > 0 ? bytes : nil
    }

    /// Notes that deliveries of a slot were made. If their bytes are bounded, ``noteLengths(_:)`` comes first.
    @inline(__always)
    mutating func deliver(_ taken: RunFigures, slot: Int, attempt: UInt32, now: UInt64) {
        inFlight.add(
            InFlight.Run(
                slot: UInt32(slot), count: UInt32(taken.count), firstSequence: taken.firstSequence,
                timestamp: taken.firstTimestamp, bytes: taken.size, number: delivered + 1, attempt: attempt,
                since: now))
        noteDelivery(taken, now: now)
        delivered += UInt64(taken.count)
        if let last { self.last = last - taken.count }
    }

    /// Takes note of how long messages took to be delivered: a run takes as long as the first of them.
    @inline(__always)
    private mutating func noteDelivery(_ taken: RunFigures, now: UInt64) {
        guard let record else { return beginRecord(taken, now: now) }
        record.deliveryTimes.add(Self.time(from: taken.firstTimestamp, to: now), count: taken.count)
    }

    /// In µs; what takes less than a step of the loop is told as 1, as 0 stands for nothing.
    @inline(__always)
    private static func time(from first: UInt64, to last: UInt64) -> UInt64 { last > first ? last - first : 1 }

    @inline(never)
    private mutating func beginRecord(_ taken: RunFigures, now: UInt64) {
        guard !budget.isExhausted else { return }
        let record = ClientRecord(since: now, now: now, budget: budget)
        record.deliveryTimes.add(Self.time(from: taken.firstTimestamp, to: now), count: taken.count)
        self.record = record
    }

    /// Takes note of how long deliveries took to be committed.
    ///
    /// - Parameter since: When they were delivered.
    @inline(__always)
    private func noteCommit(since: UInt64, count: Int, now: UInt64) {
        if let record, now > 0 { record.commitTimes.add(Self.time(from: since, to: now), count: count) }
    }

    /// Notes that deliveries were made that are done at once.
    mutating func deliverDone(_ taken: RunFigures, now: UInt64) {
        noteDelivery(taken, now: now)
        delivered += UInt64(taken.count)
        settled += UInt64(taken.count)
        committed += UInt64(taken.count)
        if let last { self.last = last - taken.count }
    }

    /// Commits deliveries of the first run in flight.
    ///
    /// - Parameter count: The number of the last delivery to commit.
    /// - Parameter now: 0 if it is not the client that commits.
    /// - Returns: nil if nothing up to there is in flight any more.
    mutating func commitNext(upTo count: UInt64, now: UInt64) -> InFlight.Retired? {
        guard let first = inFlight.runs.first?.number, first <= count else { return nil }
        let retired = inFlight.retire(most: count - first + 1)
        settled += UInt64(retired.count)
        committed += UInt64(retired.count)
        noteCommit(since: retired.since, count: retired.count, now: now)
        byteWindow?.committed(retired)
        return retired
    }

    /// Ends that deliveries are in flight.
    ///
    /// - Parameter numbers: Their numbers, ascending and disjoint.
    /// - Returns: Those that were.
    mutating func settle(_ numbers: [ClosedRange<UInt64>]) -> Deque<InFlight.Run> {
        let runs = inFlight.remove(numbers)
        noteSettled(runs)
        return runs
    }

    /// The same for deliveries that are committed.
    mutating func settleCommitted(_ numbers: [ClosedRange<UInt64>], now: UInt64) -> Deque<InFlight.Run> {
        let runs = settle(numbers)
        for run in runs {
            committed += UInt64(run.count)
            noteCommit(since: run.since, count: Int(run.count), now: now)
        }
        return runs
    }

    private mutating func noteSettled(_ runs: Deque<InFlight.Run>) {
        settled += runs.reduce(0) { $0 + UInt64($1.count) }
        if byteWindow != nil { byteWindow!.settled(runs, at: inFlight.counts(before: runs)) }
    }

    mutating func touch(_ numbers: [ClosedRange<UInt64>], now: UInt64) { inFlight.touch(numbers, now: now) }

    /// Ends that anything is in flight: the connection ends.
    mutating func settleAll() -> Deque<InFlight.Run> {
        settled = delivered
        byteWindow?.close()
        byteWindow = nil
        return inFlight.removeAll()
    }

    // MARK: Deadlines

    /// Ends that deliveries are in flight for which a deadline has passed.
    mutating func takeBackOverdue(deadline: UInt64, now: UInt64) -> Deque<InFlight.Run> {
        let late = inFlight.remove { $0.age(now: now) >= deadline }
        noteSettled(late)
        for run in late { overdue.insert(run.numbers) }
        // A client that never commits by a number is never told.
        if overdue.ranges.count > Self.mostOverdue {
            _ = overdue.removeFirst(most: overdue.ranges.count - Self.mostOverdue)
        }
        return late
    }

    /// How long the delivery has been in flight that was made or touched first, in µs; nil if none is.
    func longestInFlight(now: UInt64) -> UInt64? { inFlight.runs.lazy.map { $0.age(now: now) }.max() }

    /// Whether the deadline has taken back deliveries that the client was not told of.
    var hasOverdue: Bool { !overdue.isEmpty }

    /// Takes note that the client has committed deliveries up to a number.
    ///
    /// - Returns: Those of them that the deadline had taken back before, unless this was told already.
    mutating func tellOverdue(upTo number: UInt64) -> (numbers: ClosedRange<UInt64>, count: UInt64)? {
        guard let lowest = overdue.lowest, lowest <= number else { return nil }
        let before = overdue.count
        let told = overdue.remove(0...number)
        return (lowest...told[told.count - 1].upperBound, before - overdue.count)
    }

    /// Notes the lengths of deliveries, if their bytes are bounded.
    mutating func noteLengths(_ taken: TakenRun) {
        if let byteWindow { taken.bytes.withUnsafeReadableBytes { byteWindow.delivered($0) } }
    }

    /// Has no more delivered than there is room for now.
    ///
    /// - Parameter committing: Whether deliveries are done when they are made, from now on.
    mutating func end(committing: Bool) {
        if last == nil { last = room }
        commitsByItself = committing
        byteWindow?.end()
    }
}

extension Attachment {
    /// What is in flight here.
    var lag: QueueLag {
        var lag = QueueLag(inFlight: UInt64(inFlightCount))
        for run in inFlight.runs {
            lag.bytes += UInt64(run.bytes)
            lag.oldest = min(lag.oldest ?? run.timestamp, run.timestamp)
        }
        return lag
    }
}
