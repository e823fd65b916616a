/// Decides which lines are written, or which events told: the limits of all kinds. A value; `now` is an argument.
struct LogBook {
    /// By the kind's number.
    private var limiters: [LogLimiter]

    /// - Parameter most: How many there may be of a kind in one second.
    init(most: (LogKind) -> Int = \.linesASecond) { limiters = LogKind.allCases.map { LogLimiter(most: most($0)) } }

    /// Notes that something has happened.
    ///
    /// - Returns: The lines that come before its own; nil if it is not told.
    mutating func admit(_ kind: LogKind, now: UInt64) -> [LogEntry]? {
        switch limiters[kind.rawValue].happened(now: now) {
        case .leaveOut: nil
        case .tell(untold: 0): []
        case .tell(let untold): [LogEntry(kind, more: untold)]
        }
    }

    /// - Returns: The lines for what was not told in seconds that are over.
    mutating func timePassed(now: UInt64) -> [LogEntry] {
        LogKind.allCases.compactMap { kind in
            let untold = limiters[kind.rawValue].timePassed(now: now)
            return untold > 0 ? LogEntry(kind, more: untold) : nil
        }
    }
}
