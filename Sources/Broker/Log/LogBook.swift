/// Decides which lines are written: the limits of all kinds. A value; `now` is an argument.
struct LogBook {
    /// By the kind's number.
    private var limiters = LogKind.allCases.map { LogLimiter(most: $0.linesASecond) }

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
