import DequeModule
import ZaichikProtocol

/// What a topic had when it was deleted.
struct TopicEnd: Sendable {
    /// Messages that it kept.
    var messages: UInt64
    /// Messages that at least one queue had still to get or to commit.
    var needed: UInt64
    var readers: Int
    /// Readers by pattern that have yet to hear of the topic's creation.
    var readersToCome: Int
    /// Messages whose delay was not over.
    var delayed: Int
    /// Publishers that wait for room, which will not come.
    var blocked: [PublisherHandle]
}

// The end of a topic. From then on nothing is published to it, nobody begins to read it, and nothing of it is kept. What
// remains is done in steps: its loops tell its readers and publishers, and its memory is given back.
extension TopicState {
    /// Ends the topic.
    ///
    /// - Returns: nil if it has ended before.
    mutating func end(now: UInt64, wakes: inout WakeList) -> TopicEnd? {
        guard !isGone else { return nil }
        releaseAnswers(&wakes)
        let kept = earliest(now: now)
        let lowest = readersToCome > 0 ? 1 : holds.lowest
        let needed = max(min(lowest, log.headSequence + 1), kept)
        let end = TopicEnd(
            messages: log.headSequence + 1 - kept, needed: log.headSequence + 1 - needed, readers: holds.count,
            readersToCome: readersToCome, delayed: delayed?.count ?? 0, blocked: Array(blocked))
        isGone = true
        keptFloor = log.headSequence + 1
        holds.end()
        blocked = []
        if isNoted { budget.largestTopics.note(id, bytes: nil) }
        isNoted = false
        return end
    }

    /// Notes that one of the readers by pattern has heard of the topic's creation.
    ///
    /// - Returns: Whether it was the last one, and the topic has ended.
    mutating func readerHasCome() -> Bool {
        readersToCome -= 1
        return isGone && readersToCome == 0
    }

    /// What was accepted and is not visible yet is answered for as accepted, before it goes.
    private mutating func releaseAnswers(_ wakes: inout WakeList) {
        log.release(upTo: log.appendedSequence)
        for waiting in awaitingRelease { wakes.add(.publishReleased(waiting.publisher, topicID: id)) }
        awaitingRelease = []
    }

    /// Gives back a part of the memory of a topic that has ended.
    ///
    /// - Returns: Whether there is more.
    mutating func giveBackPart() -> Bool {
        var hasMore = log.drop(keepsLast: false, DropAllowance()) { _ in true }
        if let delayed {
            delayed.giveBackPart()
            if delayed.count == 0 { self.delayed = nil }
            hasMore = hasMore || self.delayed != nil
        }
        guard !keys.isEmpty else { return hasMore }
        keys.forget(window: 0, now: .max, most: Self.forgettingSteps)
        keys.settle(budget)
        return hasMore || !keys.isEmpty
    }
}

// Topics that nobody uses any more.
extension TopicState {
    /// Notes that the topic is used by someone who looks it up.
    ///
    /// - Returns: Whether the topic is there; if not, it has ended.
    mutating func noteUse() -> Bool {
        unusedSince = 0
        return !isGone
    }

    /// Notes whether the topic is used: looked at once a second.
    ///
    /// It is used if it has readers, has got messages since the last look, or one of the clients that published to it last
    /// is still connected. One that was made by CREATE TOPIC is never looked at.
    ///
    /// - Returns: Whether it has been unused for so long that it is to be removed.
    mutating func isToBeRemoved(_ times: UnusedTimes, now: UInt64) -> Bool {
        guard isMadeByUse, !isGone else { return false }
        guard holds.count == 0, readersToCome == 0, blocked.isEmpty, awaitingRelease.isEmpty,
            delayed == nil, pause == nil, counters.published.perSecond == 0, !publishers.areConnected
        else {
            unusedSince = 0
            return false
        }
        let second = UInt32(truncatingIfNeeded: now / 1_000_000)
        if unusedSince == 0 { unusedSince = max(second, 1) }
        let most = earliest(now: now) > log.headSequence ? times.empty : times.keeping
        return most > 0 && second &- unusedSince >= most
    }
}

/// How long a topic that was made by use stays when nobody uses it any more, in s; 0 for ever.
struct UnusedTimes {
    /// If it keeps no messages.
    var empty: UInt32
    /// If it keeps messages.
    var keeping: UInt32
}
