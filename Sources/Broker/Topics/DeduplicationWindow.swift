import DequeModule

/// The keys seen within a time window, and what was seen with each first.
///
/// Keys are kept as two independent 64-bit hashes with the process's random seed, not as bytes: a million keys take
/// the same memory whatever their length. Two different keys among a million are taken for one with a probability
/// below 10⁻²⁵.
struct DeduplicationWindow {
    private struct Fingerprint: Hashable {
        let first: UInt64
        let second: UInt64

        init(_ key: UnsafeRawBufferPointer) {
            first = Self.hash(key, salt: 0)
            second = Self.hash(key, salt: 1)
        }

        private static func hash(_ key: UnsafeRawBufferPointer, salt: UInt8) -> UInt64 {
            var hasher = Hasher()
            hasher.combine(salt)
            hasher.combine(bytes: key)
            return UInt64(bitPattern: Int64(hasher.finalize()))
        }
    }

    private struct Entry {
        /// µs since 1970.
        var time: UInt64
        var sequence: UInt64
    }

    private var entries: [Fingerprint: Entry] = [:]
    private var order: Deque<(key: Fingerprint, time: UInt64)> = []

    /// How many expired keys one look-up forgets at most, so that a burst is never paid for at once.
    private static let forgottenAtOnce = 4

    /// Keys remembered, some of which may have left the window.
    var count: Int { entries.count }

    /// Whether a key was recorded less than `window` ago; if not, it is recorded.
    ///
    /// - Parameters:
    ///   - window: In ms.
    ///   - now: In µs.
    /// - Returns: The sequence recorded with the first one, for a duplicate. A duplicate does not extend the window.
    mutating func judge(_ key: UnsafeRawBufferPointer, sequence: UInt64, window: UInt64, now: UInt64) -> UInt64? {
        let fingerprint = Fingerprint(key)
        forget(window: window, now: now, most: Self.forgottenAtOnce)
        if let entry = entries[fingerprint], !Self.isOver(entry.time, window: window, now: now) {
            return entry.sequence
        }
        entries[fingerprint] = Entry(time: now, sequence: sequence)
        order.append((fingerprint, now))
        return nil
    }

    /// Forgets keys that have left the window, the oldest first.
    mutating func forget(window: UInt64, now: UInt64, most: Int) {
        var left = most
        while left > 0, let oldest = order.first, Self.isOver(oldest.time, window: window, now: now) {
            order.removeFirst()
            // A key that was recorded again later stands in the order twice.
            if entries[oldest.key]?.time == oldest.time { entries[oldest.key] = nil }
            left -= 1
        }
    }

    private static func isOver(_ time: UInt64, window: UInt64, now: UInt64) -> Bool {
        let (length, overflow) = window.multipliedReportingOverflow(by: 1000)
        return !overflow && now >= time && now - time >= length
    }
}
