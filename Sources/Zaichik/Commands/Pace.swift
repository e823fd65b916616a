/// Spreads messages evenly over time.
struct Pace {
    let rate: Double?
    private var due: ContinuousClock.Instant?

    init(rate: Double?) { self.rate = rate }

    var isLimited: Bool { rate != nil }

    /// Returns when the next message is due, or when the task is cancelled.
    mutating func wait() async {
        guard let rate else { return }
        // Delays are not made up for: the rate is a maximum, not a mean.
        let due = max(due ?? .now, .now)
        self.due = due + .seconds(1 / rate)
        if due > .now { try? await Task.sleep(until: due, clock: .continuous) }
    }
}
