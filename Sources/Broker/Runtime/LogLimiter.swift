/// Limits the log to one line a second for an event that may happen any number of times a second. A value without a
/// clock.
struct LogLimiter {
    private let text: String
    /// When the next line may be written, in µs.
    private var next: UInt64 = 0
    /// How often the event has happened since the last line.
    private var untold = 0

    /// The shortest time between two lines, in µs.
    static let interval: UInt64 = 1_000_000

    init(_ text: String) { self.text = text }

    /// Notes that the event has happened.
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

    /// Notes that some time has passed.
    ///
    /// - Returns: The line that reports the events that were left out; nil if there is none, or if it is not time for
    ///   one.
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
