import DequeModule
import ZaichikProtocol

/// Everything of a session that would have to survive its broker, as one value: with the logs of its topics it can be made
/// again, and nothing else is needed.
///
/// What is in flight is not done, so it is not in here: it comes again.
struct SessionRecord: Equatable, Sendable {
    var name: SessionName
    var incarnation: UInt64
    /// µs since 1970.
    var createdAt: UInt64
    var settings: SessionSettings
    var subscriptions: [SessionDetail.Subscription]
    var topics: [Topic]
    var parked: [Parked]
    /// nil if it delivers.
    var pause: OperatorPause?

    /// How far the session has come in a topic.
    struct Topic: Equatable, Sendable {
        var name: TopicName
        var incarnation: UInt64
        /// Everything up to this message is done.
        var floor: UInt64
        /// What is done after that.
        var done: [ClosedRange<UInt64>]
        var returned: [Returned]
    }

    /// Messages that come again.
    struct Returned: Equatable, Sendable {
        var messages: ClosedRange<UInt64>
        /// Which delivery the next one is.
        var attempt: UInt32
        /// µs since 1970.
        var due: UInt64
    }

    struct Parked: Equatable, Sendable {
        var topic: TopicName
        var sequence: UInt64
        var attempts: UInt32
        var reason: String
        /// µs since 1970.
        var since: UInt64
    }
}

extension Session {
    /// What would have to survive of it now.
    func record(budget: MemoryBudget) -> SessionRecord {
        let queue =
            switch holding {
            case .awake(let reader): reader.queue
            case .folded(let folded): ClientQueue(folded, reader: readerHandle, budget: budget)
            }
        return SessionRecord(
            name: name, incarnation: place.incarnation, createdAt: createdAt, settings: settings,
            subscriptions: subscriptionEntries(0..<Int.max), topics: queue.recordedTopics, parked: queue.recordedParked,
            pause: pause)
    }
}

extension ClientQueue {
    fileprivate var recordedTopics: [SessionRecord.Topic] {
        let returned = Dictionary(grouping: work?.returned.all ?? [], by: \.slot)
        return cursors.slots.compactMap { slot in
            guard let cursor = cursors[slot], !cursor.isDetached else { return nil }
            let next = max(cursor.position.sequence, cursor.ownFloor)
            let floor = min(cursor.lowestUndone ?? next, next) - 1
            return SessionRecord.Topic(
                name: cursor.topic.name, incarnation: cursor.topic.incarnation, floor: floor,
                done: cursor.done(from: floor + 1, upTo: next) + cursor.purged(from: next),
                returned: (returned[UInt32(slot)] ?? []).filter { $0.serial == cursor.serial }.map {
                    SessionRecord.Returned(messages: $0.range, attempt: $0.attempt.number, due: $0.due)
                })
        }
    }

    fileprivate var recordedParked: [SessionRecord.Parked] {
        (work?.parked.messages ?? []).compactMap { entry in
            guard cursors.isReading(entry.slot, serial: entry.serial), let cursor = cursors[Int(entry.slot)],
                cursor.outstanding?.parked.contains(entry.sequence) == true
            else { return nil }
            return SessionRecord.Parked(
                topic: cursor.topic.name, sequence: entry.sequence, attempts: entry.attempts, reason: entry.reason,
                since: entry.since)
        }
    }
}

extension Cursor {
    /// What is done of the messages from one on and before another.
    fileprivate func done(from first: UInt64, upTo end: UInt64) -> [ClosedRange<UInt64>] {
        guard let outstanding, first < end else { return [] }
        var done: [ClosedRange<UInt64>] = []
        var next = first
        while next < end {
            guard let undone = outstanding.nextUndone(from: next), undone.lowerBound < end else {
                done.append(next...end - 1)
                break
            }
            if undone.lowerBound > next { done.append(next...undone.lowerBound - 1) }
            next = undone.upperBound + 1
        }
        return done
    }

    /// What was purged of the messages from one on.
    fileprivate func purged(from next: UInt64) -> [ClosedRange<UInt64>] {
        outstanding?.passed.intersection(next...(.max)) ?? []
    }
}
