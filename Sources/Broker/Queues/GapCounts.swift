import ZaichikProtocol

/// The messages that gaps took from a queue, by their cause.
struct GapCounts: Equatable {
    var expired: UInt64 = 0
    var limit: UInt64 = 0
    var memory: UInt64 = 0
    var purged: UInt64 = 0
    var moved: UInt64 = 0

    mutating func add(_ count: UInt64, _ cause: LossCause) {
        switch cause {
        case .none, .limit: limit += count
        case .expired: expired += count
        case .memory: memory += count
        case .purged: purged += count
        case .moved: moved += count
        }
    }
}

/// What became of deliveries of a queue besides commits, so far.
struct WorkTotals: Equatable {
    /// Deliveries of messages that had been delivered before.
    var redelivered: UInt64 = 0
    /// Given back by clients, or left by connections that ended.
    var returned: UInt64 = 0
    /// Taken back by the deadline.
    var overdue: UInt64 = 0
    /// Put aside.
    var parked: UInt64 = 0
}
