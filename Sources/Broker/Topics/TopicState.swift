import DequeModule
import ZaichikProtocol

/// Everything of a topic that changes. A value: `now` is an argument, and it does no I/O.
struct TopicState {
    let id: UInt32
    private(set) var settings: TopicSettings
    var log = TopicLog()
    let budget: MemoryBudget
    /// What the cursors that read the topic need, and which of them wait.
    var holds = Holds()
    /// Readers by pattern that have yet to meet the topic. Until they have, nothing is dropped: they get it from its
    /// first message.
    var readersToCome = 0
    /// Publishers that wait for room, in the order in which they came.
    var blocked: Deque<PublisherHandle> = []
    /// Counts the rises of the lowest hold: as long as it rises, publishers do not wait in vain.
    var holdsRaised: UInt64 = 0
    /// Publishers whose answers wait until a message is visible.
    var awaitingRelease: Deque<(sequence: UInt64, publisher: PublisherHandle)> = []
    /// Whether what is appended becomes visible at once. Otherwise ``release(upTo:wakes:)`` is called.
    var releasesAtOnce = true
    /// The earliest message that is kept; all before it are gone for subscribers to come, though they may be stored.
    var keptFloor: UInt64 = 1
    /// Whether there are segments that nobody needs: ``dropMore(now:)`` drops some of them.
    var hasMoreToDrop = false
    /// Whether the topic is among the ``MemoryBudget/largestTopics``.
    var isNoted = false
    /// What was last counted as dropped: several queues lose the same messages at different times.
    var droppedRange = CountedRange()
    var counters = Counters()
    /// Keys seen at publish, for scope topic.
    var keys = DeduplicationWindow()
    /// What the last sample had, for rates.
    var sampledPublished: UInt64 = 0
    var publishRate: UInt64 = 0

    struct Counters {
        var publishedBytes: UInt64 = 0
        var duplicates: UInt64 = 0
        var rejected: UInt64 = 0
        /// Taken by the limit, or for want of memory, from queues that were not done with them.
        var dropped: UInt64 = 0
        /// No longer kept because of their age.
        var expired: UInt64 = 0
    }

    init(id: UInt32, settings: TopicSettings, budget: MemoryBudget) {
        self.id = id
        self.settings = settings
        self.budget = budget
    }

    var deduplicatesAtPublish: Bool { settings.deduplicationWindow > 0 && settings.deduplicationScope == .topic }
    var deduplicatesAtDelivery: Bool { settings.deduplicationWindow > 0 && settings.deduplicationScope == .consumer }
    /// What the topic takes, in bytes.
    var memory: Int { log.memory + keys.memory }

    /// Takes over new settings, for messages already queued too.
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
        wakeWaiting(stamp: log.stamp(at: log.position(of: first)) ?? 0, wakes: &wakes)
        while let next = awaitingRelease.first, next.sequence <= sequence {
            awaitingRelease.removeFirst()
            wakes.add(.publishReleased(next.publisher, topicID: id))
        }
    }

    /// - Parameter stamp: Of the first message that is visible now.
    mutating func wakeWaiting(stamp: UInt64, wakes: inout WakeList) {
        guard !holds.isWaitingEmpty else { return }
        holds.wakeAll { wakes.add(.messageVisible($0, topicID: id, stamp: stamp)) }
    }

    // MARK: Publishers that wait for room

    /// - Parameter isFirst: Whether it had its turn already and goes on waiting.
    mutating func waitForRoom(_ publisher: PublisherHandle, isFirst: Bool) {
        if isFirst { blocked.prepend(publisher) } else { blocked.append(publisher) }
    }

    mutating func stopWaitingForRoom(_ publisher: PublisherHandle) {
        if let index = blocked.firstIndex(of: publisher) { blocked.remove(at: index) }
    }

    /// Has the publisher that waits longest try again. If it needs less room than there is, it wakes the next.
    mutating func wakeBlocked(_ wakes: inout WakeList) {
        guard let publisher = blocked.popFirst() else { return }
        wakes.add(.roomMade(publisher, topicID: id))
    }
}
