/// How long a client's socket takes nothing, looked at once a second.
struct SocketPressure {
    /// Since when it takes nothing, in µs since 1970; 0 while it does.
    private var since: UInt64 = 0
    /// How long it took nothing before, in µs.
    private var before: UInt64 = 0

    mutating func look(isWritable: Bool, now: UInt64) {
        if !isWritable {
            if since == 0 { since = now }
        } else if since > 0 {
            before = inAll(now: now)
            since = 0
        }
    }

    /// How long it has taken nothing now, in µs; 0 if it does.
    func present(now: UInt64) -> UInt64 { since > 0 && now > since ? now - since : 0 }
    func inAll(now: UInt64) -> UInt64 { before + present(now: now) }
}
