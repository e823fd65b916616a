import ZaichikProtocol

/// A named sequence of messages with settings: stored once, shared by all queues that read it.
///
/// `state` is touched inside ``locked(_:)`` only, which is what makes the class sendable. The lock is held for one
/// batch: to append one, or to take one.
final class Topic: @unchecked Sendable {
    let id: UInt32
    private let lock = TopicLock()
    let name: TopicName
    /// Whether the name is one of the broker's own. Asked at each publish.
    let isReserved: Bool
    private var state: TopicState
    private let isFromReserve: Bool

    /// Memory of a topic without messages and cursors, including its entries in the registry, in bytes. Its name is
    /// counted in addition, twice. Measured.
    static let footprint = 448

    /// - Parameter readersToCome: How many readers by pattern are being told of it: they get it from its first message.
    init(id: UInt32, name: TopicName, settings: TopicSettings, budget: MemoryBudget, readersToCome: Int = 0) {
        self.id = id
        self.name = name
        isReserved = name.isReserved
        state = TopicState(id: id, settings: settings, budget: budget)
        state.readersToCome = readersToCome
        isFromReserve = budget.isExhausted
        budget.charge(memory, fromReserve: isFromReserve)
    }

    deinit {
        if state.losses != nil { state.budget.charge(-TopicLosses.footprint) }
        state.budget.charge(-memory, fromReserve: isFromReserve)
    }

    private var memory: Int { Self.footprint + 2 * name.string.utf8.count }

    @inline(__always)
    func locked<R>(_ body: (inout TopicState) -> R) -> R {
        lock.withLock { body(&state) }
    }
}
