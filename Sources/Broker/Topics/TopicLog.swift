import DequeModule
import NIOCore
import ZaichikProtocol

/// A place in a topic's log: before a message, or behind the newest.
struct LogPosition: Equatable {
    /// The segment's number; segments are counted from 0 and numbers are never used again.
    var segment: Int
    var offset: Int
    /// The message that follows.
    var sequence: UInt64
}

/// What one topic keeps: its messages in the very bytes that go to clients, in segments.
///
/// Without a clock or a lock, and never copied. Appending costs a copy at most; a reader gets slices, whatever their number.
struct TopicLog {
    private(set) var segments: Deque<Segment> = []
    /// The number of the first segment kept.
    private(set) var firstNumber = 0
    /// The newest message's sequence; 0: none yet.
    private(set) var headSequence: UInt64 = 0
    /// The log's offset behind the newest byte.
    private(set) var end: UInt64 = 0
    /// µs since 1970 of the newest message.
    private(set) var lastTimestamp: UInt64 = 0
    private(set) var lastStamp: UInt64 = 0
    /// Memory taken by the segments, in bytes.
    private(set) var memory = 0
    /// The segments dropped most recently: their last stamp and first sequence. Tells how much a start in the past missed.
    private(set) var dropped: Deque<(lastStamp: UInt64, firstSequence: UInt64, bytes: Int)> = []

    /// Whether the last segment is memory into which a socket was read.
    private var hasAdopted = false
    /// Cursors that need nothing before the next message.
    private var holdersOfNext = 0

    private static let droppedMarks = 256
    static let smallestSegment = 1 << 10
    static let largestSegment = 1 << 20

    /// The earliest message kept; one past the head if there is none.
    var firstSequence: UInt64 { segments.first?.firstSequence ?? headSequence + 1 }
    /// The log's offset of the earliest byte kept.
    var start: UInt64 { segments.first?.start ?? end }
    /// Frame bytes kept.
    var bytes: UInt64 { end - start }
    /// Where the next message will be.
    var endPosition: LogPosition {
        guard let last = segments.last else {
            return LogPosition(segment: firstNumber, offset: 0, sequence: headSequence + 1)
        }
        return LogPosition(segment: firstNumber + segments.count - 1, offset: last.used, sequence: headSequence + 1)
    }

    /// Appends a run of whole, checked PUBLISH frames of this topic.
    ///
    /// - Parameters:
    ///   - stamp: Its place in the order of arrival over all topics; larger than every one before.
    ///   - largestSegment: The size to which segments grow, in bytes.
    /// - Returns: Whether a segment was added, so that there may be something to trim.
    mutating func append(
        _ frames: UnsafeRawBufferPointer, now: UInt64, stamp: UInt64, largestSegment: Int = Self.largestSegment
    ) -> Bool {
        lastTimestamp = max(now, lastTimestamp)
        let continues = stamp == lastStamp + 1
        var added = false
        var rest = frames
        var newHolders = holdersOfNext
        holdersOfNext = 0
        while rest.count > 0 {
            let first = RunScan.frameLength(rest)
            if segments.last.map({ $0.free < first || !$0.accepts(stamp: stamp) }) ?? true {
                addSegment(for: first, rest: rest.count, stamp: stamp, largest: largestSegment)
                added = true
            }
            let segment = segments[segments.count - 1]
            segment.holders += newHolders
            newHolders = 0
            let fitting = RunScan.prefix(of: rest, fitting: segment.free)
            let before = segment.count
            segment.append(
                UnsafeRawBufferPointer(rebasing: rest[..<fitting]), firstSequence: headSequence + 1,
                timestamp: lastTimestamp, stamp: stamp, continues: continues)
            headSequence += segment.count - before
            end += UInt64(fitting)
            rest = UnsafeRawBufferPointer(rebasing: rest[fitting...])
        }
        lastStamp = stamp
        return added
    }

    /// Appends a run without a copy: the memory into which it was read becomes a segment.
    ///
    /// - Parameter frames: Whole, checked PUBLISH frames of this topic, which nobody else uses.
    mutating func adopt(_ frames: ByteBuffer, now: UInt64, stamp: UInt64) {
        lastTimestamp = max(now, lastTimestamp)
        let segment = Segment(
            adopting: frames, start: end, firstSequence: headSequence + 1, timestamp: lastTimestamp, stamp: stamp)
        segment.holders = holdersOfNext
        holdersOfNext = 0
        headSequence += segment.count
        end += UInt64(segment.used)
        memory += segment.memory
        lastStamp = stamp
        segments.append(segment)
        hasAdopted = true
    }

    /// A topic with few messages has a small segment; one that grows gets larger ones, each twice the last.
    private mutating func addSegment(for frame: Int, rest: Int, stamp: UInt64, largest: Int) {
        // Behind memory that was adopted there may be more of that soon, and the rest of this one stay empty.
        let previous = hasAdopted ? 0 : segments.last?.capacity ?? Self.smallestSegment / 2
        hasAdopted = false
        let wanted = max(previous * 2, min(rest, largest), Self.smallestSegment)
        let segment = Segment(
            capacity: max(min(wanted, largest), frame), start: end, firstSequence: headSequence + 1, stamp: stamp)
        memory += segment.memory
        segments.append(segment)
    }

    /// Drops the first segment. Who held it holds the next one: that is where its cursor stands now.
    ///
    /// - Returns: How many messages it had.
    @discardableResult
    mutating func dropFirst() -> UInt64 {
        let segment = segments.removeFirst()
        firstNumber += 1
        memory -= segment.memory
        if segments.isEmpty { holdersOfNext += segment.holders } else { segments[0].holders += segment.holders }
        // Short segments share a mark, so that the marks reach back equally far whatever the segments' lengths.
        if let last = dropped.last, last.bytes + segment.used <= Self.largestSegment {
            dropped[dropped.count - 1].lastStamp = segment.lastStamp
            dropped[dropped.count - 1].bytes += segment.used
        } else {
            dropped.append((segment.lastStamp, segment.firstSequence, segment.used))
            if dropped.count > Self.droppedMarks { dropped.removeFirst() }
        }
        return segment.count
    }

    /// Changes how many cursors need what begins with a sequence.
    mutating func addHolder(from sequence: UInt64, _ change: Int) {
        if let index = segmentIndex(of: sequence) {
            segments[index].holders += change
        } else {
            holdersOfNext += change
        }
    }

    /// The place in `segments` of the one with a message, or of the earliest if that one is gone; nothing, if the
    /// message is still to come.
    func segmentIndex(of sequence: UInt64) -> Int? {
        guard sequence <= headSequence, let last = segments.last else { return nil }
        if sequence >= last.firstSequence { return segments.count - 1 }
        return max(segments.partition { $0.firstSequence > sequence } - 1, 0)
    }
}
