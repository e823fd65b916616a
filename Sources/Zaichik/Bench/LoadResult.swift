/// What a run leaves behind.
struct LoadResult: Sendable {
    var outcome = DeliveryLedger.Outcome()
    /// Of each worker of a shared session.
    var shares: [[FlowShare]] = []
    var slowOutcome = DeliveryLedger.Outcome()
    var slowCommitted: UInt64 = 0
    /// The broker's numbers for the slow subscribers.
    var slowIDs: [UInt64] = []
    var deliveryLatency = LatencyRecorder()
    var confirmLatency = LatencyRecorder()

    mutating func add(_ other: LoadResult) {
        outcome += other.outcome
        shares += other.shares
        slowOutcome += other.slowOutcome
        slowCommitted += other.slowCommitted
        slowIDs += other.slowIDs
        deliveryLatency.add(other.deliveryLatency)
        confirmLatency.add(other.confirmLatency)
    }
}
