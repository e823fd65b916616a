/// The totals of one loop's clients.
struct LoopTotals: Sendable {
    var published: UInt64 = 0
    var publishedBytes: UInt64 = 0
    var delivered: UInt64 = 0
    var deliveredBytes: UInt64 = 0
    var committed: UInt64 = 0
    /// Deliveries of messages that had been delivered before.
    var redelivered: UInt64 = 0
    var gaps: UInt64 = 0
    var duplicates: UInt64 = 0
    var rejected: UInt64 = 0
    /// Messages that topics of this loop dropped, as far as the loop has looked.
    var dropped: UInt64 = 0
    /// Requests refused for want of room.
    var refusals = RefusalCounts()
    var protocolErrors: UInt64 = 0
    var skippedUpdates: UInt64 = 0
    var batches: UInt64 = 0
    /// Wakes of other loops by this one.
    var wakeups: UInt64 = 0

    mutating func add(_ other: LoopTotals) {
        published += other.published
        publishedBytes += other.publishedBytes
        delivered += other.delivered
        deliveredBytes += other.deliveredBytes
        committed += other.committed
        redelivered += other.redelivered
        gaps += other.gaps
        duplicates += other.duplicates
        rejected += other.rejected
        dropped += other.dropped
        refusals.add(other.refusals)
        protocolErrors += other.protocolErrors
        skippedUpdates += other.skippedUpdates
        batches += other.batches
        wakeups += other.wakeups
    }
}
