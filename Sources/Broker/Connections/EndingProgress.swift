/// Whether a client that ends still takes what it is owed.
struct EndingProgress {
    /// How long it may take nothing, in µs.
    static let patience: UInt64 = 90_000_000

    private var left: UInt64 = .max
    /// µs since 1970.
    private var since: UInt64 = 0

    /// - Parameter left: What it has still to take, in bytes.
    /// - Returns: Whether it has taken nothing for too long.
    mutating func isStuck(left: UInt64, now: UInt64) -> Bool {
        if left != self.left {
            self.left = left
            since = now
        }
        return now >= since + Self.patience
    }
}
