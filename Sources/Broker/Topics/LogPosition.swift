import NIOCore

/// A position in a topic's log: before a message, or after the newest one.
struct LogPosition: Equatable {
    /// The segment's number; segments are counted from 0 and numbers are never used again.
    var segment: Int
    var offset: Int
    /// The message that follows.
    var sequence: UInt64

    /// A position given by its sequence alone: the log looks it up when it is read.
    static func unlocated(_ sequence: UInt64) -> LogPosition { LogPosition(segment: -1, offset: 0, sequence: sequence) }

    /// The first message of a time that is yet to come: the topic's ``AwaitedTimes`` know it once it is there.
    ///
    /// - Parameter sequence: The first message that may be it.
    static func awaiting(_ sequence: UInt64) -> LogPosition {
        LogPosition(segment: awaitingSegment, offset: 0, sequence: sequence)
    }

    private static let awaitingSegment = -2

    var isAwaiting: Bool { segment == Self.awaitingSegment }
}

/// Limits on how much a reader may take at once.
struct ReadLimit {
    var messages: Int
    /// The most bytes to take. A single message may be longer, as it could never be delivered otherwise.
    var bytes: Int
    /// The most bytes that even a single message may have.
    var most = Int.max
    /// Only messages with a smaller arrival stamp are taken.
    var before: UInt64 = .max

    /// Bounds the bytes to take, those of a single message included.
    mutating func bound(_ bytes: Int) {
        self.bytes = min(self.bytes, bytes)
        most = bytes
    }
}

/// Why a message that is stored is not delivered to a reader. It is no loss and no gap, but for ``purged``.
enum WithheldReason {
    /// A message with its key was delivered before.
    case duplicate
    /// It is older than it asked for itself.
    case outlived
    /// A later message with its key was there when the reader began, which wants the last ones only.
    case superseded
    /// An operator has removed it. This is a loss, and told as a gap.
    case purged
}

/// The result of a read of a log.
enum LogReading {
    /// Messages to deliver; the position is after them.
    case messages(TakenRun)
    /// One message that is withheld from the reader, with its length in bytes; the position is after it.
    case withheld(WithheldReason, bytes: Int)
    /// The next message is stored and visible, but the limit does not allow it.
    case limited
    /// The next message has more bytes than a single message may have.
    case tooLong
    /// The next message was not published yet or is not visible yet. The cursor waits, and is woken when it is.
    case notHere
}

/// Consecutive whole DELIVER frames of one segment.
///
/// It has a single reference, and its bytes are sliced only when they are written, as it is handed on through several
/// steps.
struct TakenRun {
    /// Keeps the segment, and so its memory in the budget, for as long as a socket needs the bytes.
    let segment: Segment
    /// The range of the frames in the segment.
    let offsets: Range<Int>
    let count: Int
    let firstSequence: UInt64
    /// The arrival stamp of its last message.
    let lastStamp: UInt64

    var lastSequence: UInt64 { firstSequence + UInt64(count) - 1 }
    /// µs since 1970 of the first message.
    var firstTimestamp: UInt64 { segment.timestamp(at: offsets.lowerBound) }
    var size: Int { offsets.count }
    /// The frames as a slice of the segment's memory.
    var bytes: ByteBuffer { segment.slice(offsets) }
    var figures: RunFigures {
        RunFigures(
            count: count, size: size, firstSequence: firstSequence, firstTimestamp: firstTimestamp,
            lastStamp: lastStamp, isTraced: segment.hasTraced)
    }
}

/// What a queue notes of a ``TakenRun``.
struct RunFigures {
    var count = 0
    /// In bytes.
    var size = 0
    var firstSequence: UInt64 = 0
    /// µs since 1970 of the first message.
    var firstTimestamp: UInt64 = 0
    /// The arrival stamp of the last message.
    var lastStamp: UInt64 = 0
    /// Whether there may be traced messages among them.
    var isTraced = false

    var lastSequence: UInt64 { firstSequence + UInt64(count) - 1 }
}
