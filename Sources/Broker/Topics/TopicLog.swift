import DequeModule
import NIOCore
import ZaichikProtocol

/// The messages that one topic keeps, in segments and in the very bytes that go to clients.
///
/// The interface of the log, which all other code goes through:
/// - **append** stores messages, which are not visible yet; **release** makes them visible. A log in memory releases at
///   once; one with a stronger guarantee may release later.
/// - **read** gives slices from a position, or reports that the next message is not there yet; **seek** finds positions
///   by sequence, time, arrival stamp and size (`TopicLog+Seek`).
/// - **drop** removes whole segments at the start; **sizes** are `bytes`, `memory`, `start` and the two ends.
///
/// It has no clock and no lock, and is never copied. Appending costs one copy at most; a reader gets slices.
struct TopicLog {
    private(set) var segments: Deque<Segment> = []
    /// The number of the first segment kept.
    private(set) var firstNumber = 0
    /// The sequence of the newest message stored; 0 if there is none yet.
    private(set) var appendedSequence: UInt64 = 0
    /// The sequence of the newest visible message: the head of the topic.
    private(set) var headSequence: UInt64 = 0
    /// The log's offset after the newest byte stored.
    private(set) var appendedEnd: UInt64 = 0
    /// The log's offset after the newest visible byte.
    private(set) var end: UInt64 = 0
    /// µs since 1970 of the newest message stored.
    private(set) var lastTimestamp: UInt64 = 0
    private(set) var lastStamp: UInt64 = 0
    /// Marks of what is no longer stored, for starts in the past.
    private var dropped = DroppedMarks()
    /// Whether the last segment is memory into which a socket was read.
    private var hasAdopted = false

    static let smallestSegment = 1 << 10
    static let largestSegment = 1 << 20

    /// The earliest message stored; one past the newest if there is none.
    var firstSequence: UInt64 { segments.first?.firstSequence ?? appendedSequence + 1 }
    /// The log's offset of the earliest byte stored.
    var start: UInt64 { segments.first?.start ?? appendedEnd }
    /// Frame bytes stored.
    var bytes: UInt64 { appendedEnd - start }
    /// Whether an operator has removed messages one by one, some of which may still be stored.
    private var hasPurged = false
    /// Bytes charged to the budget for its segments.
    private(set) var memory = 0

    /// Appends a run of whole, checked PUBLISH frames of this topic.
    ///
    /// - Parameters:
    ///   - publisher: The connection that sent them.
    ///   - stamp: Its stamp in the order of arrival over all topics; larger than every one before.
    ///   - expiry: The age at which the first of them is withheld from readers, in ms; nil if none is.
    ///   - isTraced: Whether one of them is traced.
    ///   - largestSegment: The size to which segments grow, in bytes.
    /// - Returns: Whether a segment was added, so that older ones may have to be dropped.
    mutating func append(
        _ frames: UnsafeRawBufferPointer, by publisher: Publisher, now: UInt64, stamp: UInt64, expiry: UInt64? = nil,
        isTraced: Bool = false, budget: MemoryBudget, largestSegment: Int = Self.largestSegment
    ) -> Bool {
        lastTimestamp = max(now, lastTimestamp)
        let continues = stamp == lastStamp + 1
        var added = false
        var rest = frames
        while rest.count > 0 {
            let first = FrameScan.frameLength(rest)
            let segment: Segment
            if let last = segments.last, last.free >= first, last.accepts(stamp: stamp) {
                segment = last
            } else {
                segment = addSegment(
                    for: first, rest: rest.count, by: publisher, stamp: stamp, largest: largestSegment, budget)
                added = true
            }
            let fitting = FrameScan.prefix(of: rest, fitting: segment.free)
            let (before, charged) = (segment.count, segment.charged)
            segment.append(
                UnsafeRawBufferPointer(rebasing: rest[..<fitting]), by: publisher, timestamp: lastTimestamp,
                stamp: stamp, continues: continues)
            if let expiry { segment.expire(after: expiry) }
            if isTraced { segment.trace() }
            memory += segment.charged - charged
            appendedSequence += segment.count - before
            appendedEnd += UInt64(fitting)
            rest = UnsafeRawBufferPointer(rebasing: rest[fitting...])
        }
        lastStamp = stamp
        return added
    }

    /// Appends a run without a copy: the memory into which it was read becomes a segment.
    ///
    /// - Parameter frames: Whole, checked PUBLISH frames of this topic, which no other code uses.
    mutating func adopt(
        _ frames: ByteBuffer, by publisher: Publisher, now: UInt64, stamp: UInt64, budget: MemoryBudget
    ) {
        lastTimestamp = max(now, lastTimestamp)
        let segment = Segment(
            adopting: frames, start: appendedEnd, firstSequence: appendedSequence + 1, timestamp: lastTimestamp,
            stamp: stamp, publisher: publisher, budget: budget)
        memory += segment.charged
        appendedSequence += segment.count
        appendedEnd += UInt64(segment.used)
        lastStamp = stamp
        segments.append(segment)
        hasAdopted = true
    }

    /// A topic with few messages has a small segment; one that grows gets larger ones, each twice the last.
    private mutating func addSegment(
        for frame: Int, rest: Int, by publisher: Publisher, stamp: UInt64, largest: Int, _ budget: MemoryBudget
    ) -> Segment {
        // After adopted memory, more of it may follow soon, and the rest of this segment would stay empty.
        let previous = hasAdopted ? 0 : segments.last?.capacity ?? Self.smallestSegment / 2
        hasAdopted = false
        let wanted = max(previous * 2, min(rest, largest), Self.smallestSegment)
        let segment = Segment(
            capacity: max(min(wanted, largest), frame), start: appendedEnd, firstSequence: appendedSequence + 1,
            stamp: stamp, publisher: publisher, budget: budget)
        memory += segment.charged
        segments.append(segment)
        return segment
    }

    /// Makes stored messages visible, up to a sequence.
    mutating func release(upTo sequence: UInt64) {
        precondition(sequence <= appendedSequence, "a message was released that is not stored")
        guard sequence > headSequence else { return }
        headSequence = sequence
        end = sequence == appendedSequence ? appendedEnd : offset(of: position(ofStored: sequence + 1))
    }

    /// Marks messages of one segment as removed by an operator: they are withheld from now on.
    ///
    /// - Parameters:
    ///   - first: The first of them.
    ///   - offsets: Their offsets in the segment, in ascending order.
    /// - Returns: How many were not marked before, and their frame bytes; none if the segment is gone.
    mutating func purge(from first: UInt64, at offsets: [UInt32]) -> (messages: UInt64, bytes: UInt64) {
        guard let segment = segment(with: first)?.0 else { return (0, 0) }
        let fresh = offsets.filter { !segment.isPurged(at: Int($0)) }
        let bytes = fresh.reduce(0) { $0 + UInt64(segment.frameLength(at: Int($1))) }
        let charged = segment.charged
        segment.purge(fresh, bytes: bytes)
        memory += segment.charged - charged
        if !fresh.isEmpty { hasPurged = true }
        return (UInt64(fresh.count), bytes)
    }

    /// Whether a message is stored that was removed by itself.
    func isPurged(_ sequence: UInt64) -> Bool {
        guard hasPurged, let (segment, _) = segment(with: sequence) else { return false }
        return segment.isPurged(at: position(ofStored: sequence).offset)
    }

    /// The messages from a sequence on that were removed one by one, and their frame bytes.
    func purged(from sequence: UInt64) -> (messages: UInt64, bytes: UInt64) {
        guard hasPurged else { return (0, 0) }
        var sum: (messages: UInt64, bytes: UInt64) = (0, 0)
        for segment in segments where segment.lastSequence >= sequence && !segment.purged.isEmpty {
            // Only the segment that has the sequence is looked into.
            let place = segment.firstSequence >= sequence ? 0 : segment.placeOfPurged(from: sequence)
            sum.messages += UInt64(segment.purged.count - place)
            sum.bytes += segment.purgedBytes
            for offset in segment.purged[..<place] { sum.bytes -= UInt64(segment.frameLength(at: Int(offset))) }
        }
        return sum
    }

    /// Drops the first segment, whose messages have to be visible.
    mutating func dropFirst() {
        let segment = segments.removeFirst()
        precondition(segment.lastSequence <= headSequence, "a message was dropped before it was visible")
        firstNumber += 1
        memory -= segment.charged
        dropped.note(segment)
    }

    /// The oldest segment; nil if nothing is stored.
    var oldest: Segment? { segments.first }

    /// Drops segments at the start for which a condition holds, as far as their messages are visible.
    ///
    /// - Parameters:
    ///   - keepsLast: Whether the last segment stays, to be appended to.
    ///   - allowance: How much is dropped in one go.
    /// - Returns: Whether there is more to drop than was allowed.
    mutating func drop(keepsLast: Bool, _ allowance: DropAllowance, while mayGo: (Segment) -> Bool) -> Bool {
        var allowance = allowance
        while let first = segments.first, !keepsLast || segments.count > 1, first.lastSequence <= headSequence,
            mayGo(first)
        {
            guard allowance.allows(first) else { return true }
            dropFirst()
        }
        return false
    }

    /// The earliest message after a stamp that is no longer stored, as far as the marks show.
    ///
    /// - Returns: nil if none is missing. Exact to a segment: the first message may have arrived before the stamp.
    func firstDropped(after stamp: UInt64) -> UInt64? { dropped.first(after: stamp) }
}
