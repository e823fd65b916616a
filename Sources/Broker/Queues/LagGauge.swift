/// Measures the lag of a queue that reads very many topics, some at a time.
struct LagGauge {
    /// Of the last time that all topics were gone through.
    private(set) var measured = QueueLag()
    private var sum = QueueLag()
    private var nextSlot = 0

    /// A queue of so many slots is not gone through at once.
    private static let many = 1024
    private static let slotsPerStep = 1024

    static func isStepwise(_ queue: ClientQueue) -> Bool { queue.cursors.slots.count > many }

    /// - Returns: Whether there is more to be gone through.
    mutating func step(_ queue: ClientQueue, now: UInt64) -> Bool {
        let end = nextSlot + Self.slotsPerStep
        sum = sum + queue.lag(of: nextSlot..<end, now: now)
        guard end >= queue.cursors.slots.count else {
            nextSlot = end
            return true
        }
        measured = sum
        sum = QueueLag()
        nextSlot = 0
        return false
    }
}
