/// The keys seen within a time window, and the sequence that each was first seen with.
///
/// Keys are kept as fingerprints, so a million take the same memory whatever their length: 32 bytes each in a
/// ``KeyLog`` and 12 to 23 in a ``KeyTable``. No call does more than a bounded part of the work for growth and expiry.
/// A window without keys, as most are, takes one word: each cursor has a window.
///
/// Copies share the keys, so a window should be moved and not copied.
struct DeduplicationWindow {
    /// The extent of the window at a point in time.
    struct Span {
        /// In µs; nil if keys never leave the window.
        private let length: UInt64?
        let now: UInt64

        /// - Parameters:
        ///   - window: In ms.
        ///   - now: In µs.
        @inline(__always)
        init(window: UInt64, now: UInt64) {
            let (length, overflow) = window.multipliedReportingOverflow(by: 1000)
            self.length = overflow ? nil : length
            self.now = now
        }

        @inline(__always)
        func isOver(_ time: UInt64) -> Bool {
            guard let length else { return false }
            return now >= time && now - time >= length
        }
    }

    private var keys: SeenKeys?

    var isEmpty: Bool { keys == nil }
    /// Keys remembered, some of which may have left the window.
    var count: Int { keys?.count ?? 0 }
    /// Slots and records touched so far, for tests.
    var steps: Int { keys?.steps ?? 0 }
    /// The number of slots.
    var capacity: Int { keys?.capacity ?? 0 }

    /// Memory of the keys, in bytes.
    var memory: Int { keys?.memory ?? 0 }

    /// Charges the memory of the keys to a budget; it is given back when they are freed.
    func settle(_ budget: MemoryBudget) { keys?.settle(budget) }

    /// Whether a key was recorded less than `window` ago; if not, it is recorded.
    ///
    /// - Parameters:
    ///   - window: In ms.
    ///   - now: In µs.
    /// - Returns: The sequence recorded with the first one, for a duplicate. A duplicate does not extend the window.
    mutating func judge(_ key: UnsafeRawBufferPointer, sequence: UInt64, window: UInt64, now: UInt64) -> UInt64? {
        let keys = started
        return keys.judge(keys.fingerprint(key), sequence: sequence, Span(window: window, now: now))
    }

    /// The keys, to judge many of them at once.
    var started: SeenKeys {
        mutating get {
            if let keys { return keys }
            let keys = SeenKeys()
            self.keys = keys
            return keys
        }
    }

    /// Forgets keys that have left the window, the oldest first, and gives back memory that the rest does not need.
    ///
    /// - Parameter most: Roughly the most slots and records to touch; each takes a few ns.
    /// - Returns: How many were touched.
    @discardableResult
    mutating func forget(window: UInt64, now: UInt64, most: Int) -> Int {
        guard let keys else { return 0 }
        let steps = keys.forget(Span(window: window, now: now), most: most)
        if keys.isDone { self.keys = nil }
        return steps
    }
}
