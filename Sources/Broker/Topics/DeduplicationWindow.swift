/// The keys seen within a time window, and what was seen with each first.
///
/// Keys are kept as fingerprints, so a million take the same memory whatever their length: 32 bytes each in a
/// ``KeyLog`` and 12 to 23 in a ``KeyTable``. No call does more than a bounded piece of the work that growth and expiry
/// make. One without keys is a word, as most are: each cursor has one.
///
/// A copy shares the keys; whoever has one gives it on.
struct DeduplicationWindow {
    /// What is in the window at a point in time.
    struct Span {
        /// In µs; nil: the window never passes.
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
    /// Slots there are.
    var capacity: Int { keys?.capacity ?? 0 }

    /// What the keys take, in bytes.
    var memory: Int { keys?.memory ?? 0 }

    /// Charges what the keys take to a budget; it is given back when they are gone.
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

    /// Forgets keys that have left the window, the oldest first, and gives back memory that is too much for the rest.
    ///
    /// - Parameter most: Slots and records to touch at most, about; a few ns each.
    /// - Returns: How many were touched.
    @discardableResult
    mutating func forget(window: UInt64, now: UInt64, most: Int) -> Int {
        guard let keys else { return 0 }
        let steps = keys.forget(Span(window: window, now: now), most: most)
        if keys.isDone { self.keys = nil }
        return steps
    }
}
