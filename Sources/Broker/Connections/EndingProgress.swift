import ZaichikProtocol

/// How long the broker waits for a client.
struct ConnectionPatience {
    /// For a word of it.
    var silence: Silence
    /// For it to take what it is sent before the end.
    var ending = EndingProgress()
}

/// Watches whether a client whose connection is ending still takes what it is owed.
struct EndingProgress {
    /// How long it may take no bytes, in µs.
    static let patience = UInt64(PeerLimits.owed) * 1_000_000

    private var left: UInt64 = .max
    /// µs since 1970.
    private var since: UInt64 = 0

    /// - Parameter left: Bytes that it has still to take.
    /// - Returns: Whether it has taken no bytes for too long.
    mutating func isStuck(left: UInt64, now: UInt64) -> Bool {
        if left != self.left {
            self.left = left
            since = now
        }
        return now >= since + Self.patience
    }
}
