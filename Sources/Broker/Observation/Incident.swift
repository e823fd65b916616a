/// Something unwanted that happens again and again, such as a topic that drops messages. It begins with the first time,
/// and is over when it has not happened for ``patience``.
struct Incident: Equatable {
    /// After this long without another occurrence it is over, in µs.
    static let patience: UInt64 = 10_000_000

    /// The time of the first and of the last occurrence, in µs; to the second.
    let began: UInt64
    fileprivate(set) var last: UInt64
    /// How often it has happened.
    fileprivate(set) var count: UInt64

    /// What a look at a counter found.
    enum Change: Equatable {
        case began(Incident)
        case ended(Incident)
    }
}

/// Follows a counter that is looked at once a second. A value; `now` is an argument.
struct IncidentWatch: Equatable {
    /// The counter at the last look.
    private var total: UInt64 = 0
    /// By how much it grew in the last second.
    private(set) var rate: UInt64 = 0
    /// nil if nothing has happened lately.
    private(set) var incident: Incident?

    /// - Parameter total: The counter, which never decreases.
    /// - Returns: What begins or ends with this look; nil if neither does.
    mutating func look(total: UInt64, now: UInt64) -> Incident.Change? {
        rate = total - self.total
        self.total = total
        guard var current = incident else {
            guard rate > 0 else { return nil }
            let begun = Incident(began: now, last: now, count: rate)
            incident = begun
            return .began(begun)
        }
        if rate > 0 {
            current.last = now
            current.count += rate
            incident = current
        } else if now >= current.last + Incident.patience {
            incident = nil
            return .ended(current)
        }
        return nil
    }
}
