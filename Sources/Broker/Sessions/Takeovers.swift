/// The takeovers of a session lately. Two clients that each come back at once do not fight for it for ever: after some
/// takeovers within seconds the newcomer is refused, and whoever has the session keeps it.
struct Takeovers {
    /// How many takeovers there may be within ``span``.
    static let most = 4
    /// In µs.
    static let span: UInt64 = 10_000_000

    private var times: [UInt64] = []

    /// Notes that a connection wants to take over.
    ///
    /// - Returns: Whether it may.
    mutating func admit(now: UInt64) -> Bool {
        times.removeAll { now >= $0 + Self.span }
        guard times.count < Self.most else { return false }
        times.append(now)
        return true
    }
}
