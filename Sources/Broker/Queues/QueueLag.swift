import ZaichikProtocol

/// The lag of a queue, or of its part in one topic.
///
/// At any moment, every message of a queue is in exactly one state: pending, in flight, returned, parked, done or lost.
struct QueueLag: Equatable {
    /// In the queue, not yet delivered.
    var pending: UInt64 = 0
    /// Delivered, not yet committed.
    var inFlight: UInt64 = 0
    /// Delivered, and to be delivered again.
    var returned: UInt64 = 0
    /// Put aside. They hold the log, and are told apart from the lag.
    var parked: UInt64 = 0
    /// Frame bytes of the pending messages, those in flight and those returned.
    var bytes: UInt64 = 0
    /// When the oldest uncommitted message was accepted, in µs since 1970.
    var oldest: UInt64?
    /// In gaps that the client has not been told of yet.
    var untoldGaps: UInt64 = 0
    /// Of these, what somebody has removed: no loss that the verdict is to speak of.
    var untoldPurged: UInt64 = 0
    /// Of these; of one of the topics.
    var lossCause = LossCause.none

    var messages: UInt64 { pending + inFlight + returned }

    mutating func add(_ other: QueueLag) {
        pending += other.pending
        inFlight += other.inFlight
        returned += other.returned
        parked += other.parked
        bytes += other.bytes
        untoldGaps += other.untoldGaps
        untoldPurged += other.untoldPurged
        if other.lossCause != .none { lossCause = other.lossCause }
        if let oldest = other.oldest { self.oldest = min(self.oldest ?? oldest, oldest) }
    }

    /// Age of the oldest uncommitted message, in µs; 0 if there is none.
    func oldestAge(now: UInt64) -> UInt64 { oldest.map { now > $0 ? now - $0 : 0 } ?? 0 }
}
