import ZaichikProtocol

/// The messages that gaps took from a queue, by their cause.
struct GapCounts: Equatable {
    var expired: UInt64 = 0
    var limit: UInt64 = 0
    var memory: UInt64 = 0
    var purged: UInt64 = 0
    var moved: UInt64 = 0

    mutating func add(_ count: UInt64, _ cause: LossCause) { self[cause] += count }

    /// Takes back some that were counted before.
    mutating func remove(_ count: UInt64, _ cause: LossCause) { self[cause] -= count }

    private subscript(cause: LossCause) -> UInt64 {
        get { self[keyPath: Self.place(of: cause)] }
        set { self[keyPath: Self.place(of: cause)] = newValue }
    }

    private static func place(of cause: LossCause) -> WritableKeyPath<GapCounts, UInt64> {
        switch cause {
        case .none, .limit: \.limit
        case .expired: \.expired
        case .memory: \.memory
        case .purged: \.purged
        case .moved: \.moved
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
