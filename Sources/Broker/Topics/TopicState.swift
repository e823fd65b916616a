import DequeModule
import ZaichikProtocol

/// The mutable state of a topic. A value: `now` is an argument, and it does no I/O.
struct TopicState {
    let id: UInt32
    /// Since when it was found unused, in s since 1970; 0 if it was used at the last look.
    var unusedSince: UInt32 = 0
    private(set) var settings: TopicSettings
    // Here, they take the space that the settings leave.
    /// Whether what is appended becomes visible at once. Otherwise ``release(upTo:wakes:)`` is called.
    var releasesAtOnce = true
    /// Whether segments are left that are not needed: ``dropMore(now:)`` drops some of them.
    var hasMoreToDrop = false
    /// Whether the topic is among the ``MemoryBudget/largestTopics``.
    var isNoted = false
    /// Whether the topic was deleted: nothing is published to it and nobody begins to read it any more.
    var isGone = false
    /// Whether it was made by being used, with the settings that all topics begin with.
    var isMadeByUse = false
    /// Whether what was dropped last made room in the broker's memory, not below the topic's limit.
    var isDroppingForMemory = false
    var log = TopicLog()
    /// The messages that cursors still need, and the cursors that wait.
    var holds = Holds()
    /// Readers by pattern that have yet to meet the topic. Until they have, nothing is dropped: they get it from its
    /// first message.
    var readersToCome = 0
    /// Publishers that wait for room, in the order in which they came.
    var blocked: Deque<PublisherHandle> = []
    /// Counts how often the lowest hold has risen: as long as it rises, waiting publishers may still get room.
    var holdsRaised: UInt64 = 0
    /// Publishers whose answers wait until a message is visible.
    var awaitingRelease: Deque<(sequence: UInt64, publisher: PublisherHandle)> = []
    /// The earliest message that is kept; all before it are gone for later subscribers, even if they are still stored.
    var keptFloor: UInt64 = 1
    var counters: TopicCounters
    /// Keys seen at publish, for scope topic.
    var keys = DeduplicationWindow()
    /// Messages whose delay is not over; nil if there are none.
    var delayed: DelayedMessages?
    var publishers = RecentPublishers()
    /// The messages traced last; nil if none ever was.
    var traced: TracedMessages?
    /// The queue that held it back when it was full last; nil if none was noted.
    var heldBy: Apart<HoldingQueue>?
    /// nil if operators have decided nothing.
    var decisions: Apart<TopicDecisions>?
    /// nil if the topic has never dropped or refused anything.
    var losses: Apart<TopicLosses>?
    /// Its last seconds; nil if nothing happens to it.
    var record: TopicRecord?

    init(id: UInt32, settings: TopicSettings, budget: MemoryBudget) {
        self.id = id
        self.settings = settings
        counters = TopicCounters(budget: budget)
    }

    var deduplicatesAtPublish: Bool { settings.deduplicationWindow > 0 && settings.deduplicationScope == .topic }
    var deduplicatesAtDelivery: Bool { settings.deduplicationWindow > 0 && settings.deduplicationScope == .consumer }
    var budget: MemoryBudget { counters.budget }
    /// Memory of the topic, in bytes.
    var memory: Int { log.memory + keys.memory + (delayed?.memory ?? 0) }

    /// Applies new settings, also to messages already queued.
    mutating func change(to settings: TopicSettings, now: UInt64, wakes: inout WakeList) {
        expire(now: now)
        keptFloor = earliest(now: now)
        self.settings = settings
        if !deduplicatesAtPublish { keys = DeduplicationWindow() }
        expire(now: now)
        dropOverLimit(now: now)
        trim()
        wakeBlocked(&wakes)
    }

    // MARK: Appended and visible

    /// Makes what was appended visible up to a sequence: waiting cursors are woken, and publishers that wait for it may
    /// send their answers.
    mutating func release(upTo sequence: UInt64, wakes: inout WakeList) {
        let first = log.headSequence + 1
        guard sequence >= first else { return }
        log.release(upTo: sequence)
        holds.awaited?.resolve(log)
        wakeWaiting(stamp: log.stamp(at: log.position(of: first)) ?? 0, wakes: &wakes)
        while let next = awaitingRelease.first, next.sequence <= sequence {
            awaitingRelease.removeFirst()
            wakes.add(.publishReleased(next.publisher, topicID: id))
        }
    }

    /// - Parameter stamp: The stamp of the first message that has become visible.
    mutating func wakeWaiting(stamp: UInt64, wakes: inout WakeList) {
        guard !holds.isWaitingEmpty else { return }
        holds.wakeAll { wakes.add(.messageVisible($0, topicID: id, stamp: stamp)) }
    }

    // MARK: Publishers that wait for room

    /// - Parameter isFirst: Whether it has waited already and stays first in line.
    mutating func waitForRoom(_ publisher: PublisherHandle, isFirst: Bool) {
        if isFirst { blocked.prepend(publisher) } else { blocked.append(publisher) }
    }

    mutating func stopWaitingForRoom(_ publisher: PublisherHandle) {
        if let index = blocked.firstIndex(of: publisher) { blocked.remove(at: index) }
    }

    /// Lets the publisher that has waited longest try again. If room is left after that, it wakes the next one.
    mutating func wakeBlocked(_ wakes: inout WakeList) {
        guard let publisher = blocked.popFirst() else { return }
        wakes.add(.roomMade(publisher, topicID: id))
    }
}
