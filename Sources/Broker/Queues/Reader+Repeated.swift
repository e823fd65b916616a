import ZaichikProtocol

// What of a queue is delivered again and again, and what it is stuck on.
extension Reader {
    /// So many owners, and so many runs of each, are looked at.
    private static let mostLooks = 16

    /// The message that was delivered most often of those that are in flight or come again, if no other was delivered
    /// nearly as often; nil if there is none. Queues in which nothing was returned are not looked at.
    var repeated: RepeatedMessage? {
        guard let work = queue.work, work.totals.redelivered > 0 || work.returned.count > 0 else { return nil }
        var most: (message: RepeatedMessage, count: UInt64)?
        var second: UInt32 = 0
        func look(_ message: RepeatedMessage, _ count: UInt64) {
            // What comes next may be met twice.
            if let found = most?.message, found.slot == message.slot, found.sequence == message.sequence { return }
            guard let found = most, message.attempts <= found.message.attempts else {
                second = most?.message.attempts ?? 0
                most = (message, count)
                return
            }
            second = max(second, message.attempts)
        }
        for owner in owners.prefix(Self.mostLooks) {
            for run in owner.attachment.inFlight.runs.prefix(Self.mostLooks) {
                look(
                    RepeatedMessage(slot: run.slot, sequence: run.firstSequence, attempts: run.attempt),
                    UInt64(run.count))
            }
        }
        for run in work.returned.some(Self.mostLooks) {
            // Its attempt is the one to come.
            look(
                RepeatedMessage(slot: run.slot, sequence: run.range.lowerBound, attempts: run.attempt.number - 1),
                run.range.numbers)
        }
        guard let most, most.count == 1, second + 1 < most.message.attempts else { return nil }
        return most.message
    }
}

/// A message that a client has not committed for longest.
struct StuckMessage: Equatable {
    var topic: String
    var sequence: UInt64
    var attempts: UInt32
    /// The connection that has it.
    var client: UInt64 = 0
    var clientName = ""
}

extension ClientQueue {
    /// The topic in a slot that was noted before; nil if nothing is there any more.
    func topic(at slot: Int) -> Topic? { cursors.slots.contains(slot) ? cursors[slot]?.topic : nil }
}

extension Attachment {
    /// The message of its oldest delivery in flight; nil if there is none.
    func stuck(in queue: ClientQueue) -> StuckMessage? {
        guard let run = inFlight.runs.first, let topic = queue.topic(at: Int(run.slot)) else { return nil }
        return StuckMessage(topic: topic.name.string, sequence: run.firstSequence, attempts: run.attempt)
    }
}
