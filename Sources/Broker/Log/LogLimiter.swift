/// Limits the lines of the log for an event that may happen any number of times a second. A value without a clock.
///
/// The first events of a second are told, the others are counted; their number is told when the second is over.
struct LogLimiter: Equatable {
    /// How many are told in one second.
    let most: Int
    /// When the second under way began, in µs.
    private var began: UInt64 = 0
    private var told = 0
    /// How many were not told in the second under way.
    private var untold = 0

    /// In µs.
    static let interval: UInt64 = 1_000_000

    init(most: Int) { self.most = most }

    enum Verdict: Equatable {
        /// - untold: How many were not told since the last one that was.
        case tell(untold: Int)
        case leaveOut
    }

    /// Notes that the event has happened.
    mutating func happened(now: UInt64) -> Verdict {
        let before = timePassed(now: now)
        guard told < most else {
            untold += 1
            return .leaveOut
        }
        if told == 0 { began = now }
        told += 1
        return .tell(untold: before)
    }

    /// Notes that some time has passed.
    ///
    /// - Returns: How many were not told in a second that is over; 0 if it is not over, or all were told.
    mutating func timePassed(now: UInt64) -> Int {
        guard told > 0, now >= began + Self.interval else { return 0 }
        defer {
            told = 0
            untold = 0
        }
        return untold
    }
}
