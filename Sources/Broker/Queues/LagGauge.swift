/// Measures the lag of a queue that reads very many topics, some at a time.
final class LagGauge {
    /// The result of the last complete pass over all topics.
    private(set) var measured = QueueLag()
    /// The slot with the largest part of it; nil if there was no lag.
    private(set) var worst: (slot: Int, messages: UInt64)?
    /// Messages that the queue had lost by then.
    private(set) var lost: UInt64 = 0
    /// Of the pass under way.
    private(set) var tally = QueueTally()
    private var nextSlot = 0

    /// The number of slots from which a queue is measured in steps.
    private static let many = 1024
    private static let slotsPerStep = 256

    static func isStepwise(_ queue: ClientQueue) -> Bool { queue.cursors.slots.count > many }

    /// - Returns: Whether the pass is not complete yet.
    func step(_ queue: inout ClientQueue, now: UInt64, first: FirstInFlight) -> Bool {
        let end = nextSlot + Self.slotsPerStep
        queue.sample(nextSlot..<end, into: &tally, now: now, first: first)
        guard end >= queue.cursors.slots.count else {
            nextSlot = end
            return true
        }
        measured = tally.lag
        worst = tally.worst
        lost = queue.lost(measured)
        queue.losses.secondPassed()
        tally = QueueTally()
        nextSlot = 0
        return false
    }
}
