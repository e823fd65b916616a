/// Lets one line a second into the log of what may happen any number of times a second. A value without a clock.
struct LogLimiter {
    private let text: String
    /// When the next line may be written, in µs.
    private var next: UInt64 = 0
    /// How often it has happened since the last line.
    private var untold = 0

    /// Between two lines, in µs.
    static let interval: UInt64 = 1_000_000

    init(_ text: String) { self.text = text }

    /// It happens.
    ///
    /// - Returns: The line to be logged; nil if it is not time for one.
    mutating func happened(now: UInt64) -> String? {
        guard now >= next else {
            untold += 1
            return nil
        }
        defer { begin(now: now) }
        return untold > 0 ? "\(text), and \(untold) more" : text
    }

    /// Some time has passed.
    ///
    /// - Returns: The line that tells of what was left out; nil if there is none, or if it is not time for one.
    mutating func timePassed(now: UInt64) -> String? {
        guard untold > 0, now >= next else { return nil }
        defer { begin(now: now) }
        return "\(text), and \(untold) more"
    }

    private mutating func begin(now: UInt64) {
        next = now + Self.interval
        untold = 0
    }
}
