import NIOCore

/// A place in a topic's log: before a message, or after the newest.
struct LogPosition: Equatable {
    /// The segment's number; segments are counted from 0 and numbers are never used again.
    var segment: Int
    var offset: Int
    /// The message that follows.
    var sequence: UInt64

    /// A place known by its sequence alone: the log looks for it when it is read.
    static func unlocated(_ sequence: UInt64) -> LogPosition { LogPosition(segment: -1, offset: 0, sequence: sequence) }
}

/// How much a reader may take at once.
struct ReadLimit {
    var messages: Int
    /// One message may be longer, so that it can be had at all.
    var bytes: Int
    /// Only what arrived before this stamp.
    var before: UInt64 = .max
}

/// What a read of a log gives.
enum LogReading {
    /// Messages to deliver; the position is after them.
    case messages(TakenRun)
    /// One message, of so many bytes, is not wanted; the position is after it.
    case unwanted(bytes: Int)
    /// The next message is stored and visible, but the limit does not allow it.
    case limited
    /// The next message is not here yet: it is still to be published or to become visible. The cursor waits, and is
    /// woken when it is here.
    case notHere
}

/// Whole DELIVER frames that follow one another in one segment.
///
/// It has one reference, and its bytes are sliced when they are written: it is handed on through several steps.
struct TakenRun {
    /// Keeps the segment, and so its memory in the budget, for as long as a socket needs the bytes.
    let segment: Segment
    /// Where the frames lie in it.
    let offsets: Range<Int>
    let count: Int
    let firstSequence: UInt64
    /// Where its last message stands in arrival order.
    let lastStamp: UInt64

    var lastSequence: UInt64 { firstSequence + UInt64(count) - 1 }
    /// µs since 1970 of the first message.
    var firstTimestamp: UInt64 { segment.timestamp(at: offsets.lowerBound) }
    var size: Int { offsets.count }
    /// The frames, shared.
    var bytes: ByteBuffer { segment.slice(offsets) }
}
