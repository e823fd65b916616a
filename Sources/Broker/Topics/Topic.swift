import ZaichikProtocol

/// A named sequence of messages with settings: stored once, shared by all queues that read it.
///
/// `state` is touched inside ``locked(_:)`` only, which is what makes the class sendable. The lock is held for one
/// batch: to append one, or to take one.
final class Topic: @unchecked Sendable {
    let id: UInt32
    private let lock = TopicLock()
    let name: TopicName
    private var state: TopicState

    /// - Parameter readers: Those that read it by a pattern: they are told of its first message.
    init(
        id: UInt32, name: TopicName, settings: TopicSettings, budget: MemoryBudget, readers: [ClientHandle] = []
    ) {
        self.id = id
        self.name = name
        state = TopicState(id: id, settings: settings, budget: budget)
        state.readersToCome = readers.count
        state.waiters = readers.map { Waiter(client: $0, cursor: Waiter.unattached) }
    }

    @inline(__always)
    func locked<R>(_ body: (inout TopicState) -> R) -> R {
        lock.withLock { body(&state) }
    }

    deinit { state.releaseMemory() }
}

/// Everything of a topic that changes. A value: `now` is an argument, and it does no I/O.
struct TopicState {
    let id: UInt32
    private(set) var settings: TopicSettings
    var log = TopicLog()
    let budget: MemoryBudget
    /// Caught-up cursors to be told of the next message.
    var waiters: [Waiter] = []
    /// Readers by pattern that have yet to meet the topic. Until they have, nothing is trimmed: they get it from its
    /// first message.
    var readersToCome = 0
    /// Connections whose publishes wait for room.
    var blocked: [Waiter] = []
    /// Cursors that read the topic.
    var subscribers = 0
    var counters = Counters()
    /// Below this sequence, the limit has taken everything from the queues.
    var limitFloor: UInt64 = 0
    /// Keys seen at publish, for scope topic.
    var keys = DeduplicationWindow()
    /// What the last sample had, for rates.
    var sampledPublished: UInt64 = 0
    var publishRate: UInt64 = 0

    struct Counters {
        var publishedBytes: UInt64 = 0
        var duplicates: UInt64 = 0
        var rejected: UInt64 = 0
        var dropped: UInt64 = 0
        /// Removed because of their age.
        var expired: UInt64 = 0
    }

    init(id: UInt32, settings: TopicSettings, budget: MemoryBudget) {
        self.id = id
        self.settings = settings
        self.budget = budget
    }

    var deduplicatesAtPublish: Bool { settings.deduplicationWindow > 0 && settings.deduplicationScope == .topic }
    var deduplicatesAtDelivery: Bool { settings.deduplicationWindow > 0 && settings.deduplicationScope == .consumer }

    /// Takes over new settings, for messages already queued too.
    mutating func change(to settings: TopicSettings, now: UInt64) {
        self.settings = settings
        if !deduplicatesAtPublish { keys = DeduplicationWindow() }
        expire(now: now)
        trim()
    }

    mutating func releaseMemory() {
        budget.change(by: -log.memory)
        log = TopicLog()
    }
}
