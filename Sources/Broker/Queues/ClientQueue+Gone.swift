import DequeModule
import ZaichikProtocol

/// What a client has to be told of a topic that was deleted.
struct GoneTopic {
    let topic: Topic
    /// The messages that were pending, if there were any.
    let lost: ClosedRange<UInt64>?
    /// The serial of the attachment that was told the topic's id last; 0 if none was.
    let announcedTo: UInt16

    var lostMessages: UInt64 { lost.map { $0.upperBound - $0.lowerBound + 1 } ?? 0 }

    /// Memory of a notice, in bytes.
    static let footprint = 64
}

// Topics that are deleted.
extension ClientQueue {
    /// The most deleted topics that a client is told of in one go.
    private static let goneInOneGo = 256

    /// Ends reading a topic that was deleted: nothing of it is pending any more, and a subscription by its name ends. What
    /// is in flight stays until it is committed, as commits count it.
    ///
    /// A client that was never told of the topic, had nothing pending of it and reads it by a pattern only is not told of
    /// its end, either.
    mutating func topicGone(_ slot: Int, topicID: UInt32, wakes: inout WakeList) {
        guard cursors.slots.contains(slot), let cursor = cursors[slot], cursor.topic.id == topicID, !cursor.isDetached
        else { return }
        let (next, head) = cursor.topic.locked { ($0.nextPosition(of: cursor).sequence, $0.log.headSequence) }
        let notice = GoneTopic(
            topic: cursor.topic, lost: next <= head ? next...head : nil, announcedTo: cursor.announcedTo)
        if notice.lost != nil {
            cursors[slot]!.gapMessages += notice.lostMessages
            losses.note(slot: slot, topicID: topicID, total: cursors[slot]!.gapMessages, cause: .purged)
        }
        if cursor.isNamed {
            subscriptions.remove(topicID)
            budget.charge(-SubscriptionSet.bytesPerName)
            cursors[slot]!.isNamed = false
        }
        detach(slot, wakes: &wakes)
        guard cursor.isNamed || cursor.announcedTo > 0 || notice.lost != nil else { return }
        gone.append(notice)
        budget.charge(GoneTopic.footprint)
    }

    /// Hands out what the client has to be told of deleted topics: that does not wait for the window.
    ///
    /// - Returns: Whether that was all.
    @discardableResult
    mutating func tellGone(to attachment: Attachment, _ output: inout [QueueOutput]) -> Bool {
        guard !gone.isEmpty else { return true }
        for _ in 0..<min(gone.count, Self.goneInOneGo) {
            let notice = gone.removeFirst()
            counters.gapMessages += notice.lostMessages
            budget.charge(-GoneTopic.footprint)
            if notice.announcedTo != attachment.serial { output.append(.announcement(notice.topic)) }
            output.append(.gone(notice))
        }
        return gone.isEmpty
    }

    /// Messages lost with deleted topics that the client has not been told of.
    var untoldGone: UInt64 { gone.isEmpty ? 0 : gone.reduce(0) { $0 + $1.lostMessages } }

    /// Drops what the client has not been told: it is gone, or its session.
    mutating func abandonGone() {
        budget.charge(-gone.count * GoneTopic.footprint)
        gone = []
    }
}
