import DequeModule
import ZaichikProtocol

/// What a client has to be told of a topic that was deleted.
struct GoneTopic {
    let topic: Topic
    /// The messages that were pending, returned or parked, if there were any.
    let lost: [ClosedRange<UInt64>]
    /// The serial of the attachment that was told the topic's id last; 0 if none was.
    let announcedTo: UInt16

    var lostMessages: UInt64 { lost.reduce(0) { $0 + $1.numbers } }

    /// Memory of a notice, in bytes.
    static let footprint = 64
}

/// The topics that have ended and concern a queue. Most queues have none.
final class GoneTopics {
    /// Those of which the client has not been told yet.
    var untold: Deque<GoneTopic> = []
    /// Those that have ended before a pattern of the queue has heard of their creation, by id.
    var early: [UInt32] = []
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
            topic: cursor.topic, lost: cursor.left(from: next, to: head), announcedTo: cursor.announcedTo)
        if !notice.lost.isEmpty {
            cursors[slot]!.gapMessages += notice.lostMessages
            losses.excuse(
                Int(clamping: notice.lostMessages), slot: slot, topicID: topicID, total: cursors[slot]!.gapMessages)
        }
        // What was gone when the cursor began is told as deleted with the rest.
        counters.goneBefore -= min(UInt64(cursor.goneAtStart), counters.goneBefore)
        if cursor.isNamed {
            subscriptions.remove(topicID)
            budget.charge(-SubscriptionSet.bytesPerName)
            cursors[slot]!.isNamed = false
        }
        if cursor.awaitsCreation { noted.early.append(topicID) }
        detach(slot, wakes: &wakes)
        guard cursor.isNamed || cursor.announcedTo > 0 || !notice.lost.isEmpty else { return }
        note(notice)
    }

    private var noted: GoneTopics {
        mutating get {
            let topics = gone ?? GoneTopics()
            gone = topics
            return topics
        }
    }

    private mutating func forgetGoneIfDone() {
        if let topics = gone, topics.untold.isEmpty, topics.early.isEmpty { gone = nil }
    }

    private mutating func note(_ notice: GoneTopic) {
        noted.untold.append(notice)
        budget.charge(GoneTopic.footprint)
    }

    /// Reads a new topic from its first message if a pattern matches it. If it has ended meanwhile, all its messages are
    /// lost.
    mutating func topicCreated(_ topic: Topic, now: UInt64) {
        if let topics = gone, let index = topics.early.firstIndex(of: topic.id) {
            topics.early.remove(at: index)
            return forgetGoneIfDone()
        }
        guard subscriptions.matches(topic.name) else { return }
        let options = subscriptions.options(matching: topic.name)
        guard !attach(topic, from: .firstMessage, options, now: now) else {
            cursors[cursors.slot(of: topic.id)!]!.awaitsCreation = false
            return
        }
        let head = topic.locked { $0.log.headSequence }
        if head > 0 { note(GoneTopic(topic: topic, lost: [1...head], announcedTo: 0)) }
    }

    /// Hands out what the client has to be told of deleted topics: that does not wait for the window.
    ///
    /// - Returns: Whether that was all.
    @discardableResult
    mutating func tellGone(to attachment: Attachment, _ output: inout [QueueOutput]) -> Bool {
        guard let topics = gone else { return true }
        for _ in 0..<min(topics.untold.count, Self.goneInOneGo) {
            let notice = topics.untold.removeFirst()
            if notice.lostMessages > 0 { counters.lost(notice.lostMessages, .purged) }
            budget.charge(-GoneTopic.footprint)
            for lost in notice.lost {
                let traced = notice.topic.locked { $0.traced(within: lost) }
                traceWithout(.lost, traced, of: notice.topic, reason: "\(GapReason.purged)", attachment)
            }
            if notice.announcedTo != attachment.serial { output.append(.announcement(notice.topic)) }
            output.append(.gone(notice))
        }
        forgetGoneIfDone()
        return topics.untold.isEmpty
    }

    /// Messages lost with deleted topics that the client has not been told of.
    var untoldGone: UInt64 { gone.map { topics in topics.untold.reduce(0) { $0 + $1.lostMessages } } ?? 0 }

    /// Drops what the client has not been told: it is gone, or its session.
    mutating func abandonGone() {
        budget.charge(-(gone?.untold.count ?? 0) * GoneTopic.footprint)
        gone = nil
    }
}

extension Cursor {
    /// What it has still to deliver, or again, or has parked.
    ///
    /// - Parameters:
    ///   - next: The next message.
    ///   - head: The newest one.
    fileprivate func left(from next: UInt64, to head: UInt64) -> [ClosedRange<UInt64>] {
        var left = NumberRanges()
        if next <= head { left.insert(next...head) }
        guard let outstanding else { return left.ranges }
        for range in outstanding.inFlight.ranges { left.remove(range) }
        for range in outstanding.returned.ranges + outstanding.parked.ranges + outstanding.aside.ranges {
            left.insert(range)
        }
        return left.ranges
    }
}
