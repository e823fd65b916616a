import ZaichikProtocol

/// A named sequence of messages with settings: stored once, shared by all queues that read it.
///
/// `state` is touched inside ``locked(_:)`` only, which is what makes the class sendable. The lock is held for one
/// batch: to append one, or to take one.
final class Topic: @unchecked Sendable {
    // The small ones lie side by side, so that they share words.
    let id: UInt32
    private let lock = TopicLock()
    /// A number that no other topic has, whatever its name: sequences belong to it.
    let incarnation = UInt64.random(in: 1 ... .max)
    let name: TopicName
    /// Whether the name is one of the broker's own. Asked at each publish.
    let isReserved: Bool
    private let isFromReserve: Bool
    private var state: TopicState

    /// Memory of a topic without messages and cursors, including its entries in the registry, in bytes. Its name is
    /// counted in addition, twice. Measured.
    static let footprint = 490
    /// Memory of a name that does not fit into a string's own 15 bytes, besides its bytes: allocated twice.
    private static let longName = 64

    /// - Parameters:
    ///   - isMadeByUse: Whether it is to be removed when it is not used any more.
    ///   - readersToCome: How many readers by pattern are being told of it: they get it from its first message.
    init(
        id: UInt32, name: TopicName, settings: TopicSettings, budget: MemoryBudget, isMadeByUse: Bool = false,
        readersToCome: Int = 0
    ) {
        self.id = id
        self.name = name
        isReserved = name.isReserved
        state = TopicState(id: id, settings: settings, budget: budget)
        state.isMadeByUse = isMadeByUse
        state.readersToCome = readersToCome
        isFromReserve = budget.isExhausted
        budget.charge(memory, fromReserve: isFromReserve)
    }

    deinit {
        if state.losses != nil { state.budget.charge(-TopicLosses.footprint) }
        state.budget.charge(-memory, fromReserve: isFromReserve)
        state.budget.charge(-state.publishers.memory)
        if let decisions = state.decisions { state.budget.charge(-decisions.value.memory) }
    }

    private var memory: Int {
        let bytes = name.string.utf8.count
        return Self.footprint + 2 * bytes + (bytes > 15 ? Self.longName : 0)
    }

    @inline(__always)
    func locked<R>(_ body: (inout TopicState) -> R) -> R {
        lock.withLock { body(&state) }
    }
}

extension Topic {
    /// The frame that tells a client of it: in answer to a request, or unasked if that is 0.
    func frame(request: UInt32) -> BrokerFrame {
        .topic(request: request, id: id, name: name.string, incarnation: incarnation)
    }
}
