/// Measures the lag of a queue that reads very many topics, some at a time.
struct LagGauge {
    /// Of the last time that all topics were gone through.
    private(set) var measured = QueueLag()
    private var tally = QueueTally()
    private var nextSlot = 0

    /// A queue of so many slots is not gone through at once.
    private static let many = 1024
    private static let slotsPerStep = 1024

    static func isStepwise(_ queue: ClientQueue) -> Bool { queue.cursors.slots.count > many }

    /// - Returns: Whether there is more to be gone through.
    mutating func step(_ queue: ClientQueue, now: UInt64) -> Bool {
        let end = nextSlot + Self.slotsPerStep
        queue.tally(nextSlot..<end, into: &tally, now: now)
        guard end >= queue.cursors.slots.count else {
            nextSlot = end
            return true
        }
        measured = tally.lag
        tally = QueueTally()
        nextSlot = 0
        return false
    }
}
