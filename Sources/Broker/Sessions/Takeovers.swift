/// The takeovers of a session, or of a producer's name, lately. Two clients that each come back at once do not fight for it
/// for ever: after some takeovers within seconds the newcomer is refused, and whoever has it keeps it.
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
        guard !isContended(now: now) else { return false }
        note(now: now)
        return true
    }

    /// Whether there were as many lately as there may be.
    func isContended(now: UInt64) -> Bool { times.count { now < $0 + Self.span } >= Self.most }

    /// Notes a takeover.
    mutating func note(now: UInt64) {
        times.removeAll { now >= $0 + Self.span }
        times.append(now)
    }
}
