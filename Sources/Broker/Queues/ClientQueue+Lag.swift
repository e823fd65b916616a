import DequeModule
import ZaichikProtocol

/// How far a queue is behind.
struct QueueLag: Equatable {
    /// In the queue, not yet delivered.
    var pending: UInt64 = 0
    /// Delivered, not yet committed.
    var inFlight: UInt64 = 0
    /// Frame bytes from the oldest uncommitted message to the head.
    var bytes: UInt64 = 0
    /// When the oldest uncommitted message was accepted, in µs since 1970.
    var oldest: UInt64?

    var messages: UInt64 { pending + inFlight }

    static func + (left: QueueLag, right: QueueLag) -> QueueLag {
        QueueLag(
            pending: left.pending + right.pending, inFlight: left.inFlight + right.inFlight,
            bytes: left.bytes + right.bytes,
            oldest: [left.oldest, right.oldest].compactMap { $0 }.min())
    }
}

extension ClientQueue {
    /// The lag over all topics: a subtraction for each topic that the client is behind in.
    func lag(now: UInt64) -> QueueLag {
        // Every cursor that is behind is ready, or has something in flight.
        guard hasReady || inFlightCount > 0 else { return QueueLag() }
        return cursors.reduce(QueueLag()) { sum, cursor in
            guard let cursor, !(cursor.isArmed && cursor.inFlight == 0) else { return sum }
            return sum + lag(of: cursor, now: now)
        }
    }

    func lag(of cursor: Cursor, now: UInt64) -> QueueLag {
        cursor.topic.locked { $0.lag(of: cursor, now: now) }
    }
}

extension TopicState {
    /// How far a cursor is behind, less what can no longer be delivered to it.
    func lag(of cursor: Cursor, now: UInt64) -> QueueLag {
        var lag = QueueLag(inFlight: UInt64(cursor.inFlight))
        var next = cursor.position
        if !cursor.isDetached, next.sequence <= log.headSequence {
            let floor = floor(now: now, at: next).sequence
            if floor > next.sequence { next = log.position(of: floor) }
            lag.pending = log.headSequence + 1 - next.sequence
        }
        if cursor.inFlight > 0, cursor.committedSequence + 1 >= log.firstSequence {
            next = log.position(of: cursor.committedSequence + 1)
        }
        guard lag.messages > 0 else { return lag }
        let end = cursor.isDetached ? log.offset(of: cursor.position) : log.end
        lag.bytes = end - min(log.offset(of: next), end)
        lag.oldest = log.timestamp(at: next)
        return lag
    }
}
