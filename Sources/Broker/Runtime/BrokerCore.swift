import Logging
import NIOConcurrencyHelpers
import NIOCore
import Synchronization
import ZaichikProtocol

/// The state that all loops of one broker share. Of it, only the order of arrival is touched for each message.
final class BrokerCore: Sendable {
    /// What the broker was started with. What may change since is in ``current``.
    let configuration: BrokerConfiguration
    private let changed: NIOLockedValueBox<BrokerConfiguration>
    let order: ArrivalOrder
    let budget: MemoryBudget
    let registry: TopicRegistry
    let sessions: SessionRegistry
    let producers: ProducerRegistry
    let closed: ClosedClients
    let log: BrokerLog
    let bans = BanTable()
    let reports: Reports
    let operations = Operations()
    let startedAt: UInt64
    /// A number that no other process has.
    let incarnation = UInt64.random(in: 1 ... .max)
    let shards: [LoopShard]
    private let lastID = Atomic<UInt64>(0)
    private let openedCount = Atomic<UInt64>(0)
    private let connectionCount = Atomic<Int>(0)
    private let refusedCount = Atomic<UInt64>(0)
    /// The loop of the last connection.
    private let placed = Atomic<Int>(0)
    private let draining = Atomic<Bool>(false)
    let shortageCount = Atomic<UInt64>(0)
    /// What the loops have refused so far, each at its last second.
    let refusals: NIOLockedValueBox<[RefusalCounts]>
    let watch = NIOLockedValueBox(BrokerWatch())

    init(configuration: BrokerConfiguration, loops: [any EventLoop], logger: Logger) {
        let configuration = configuration.checked
        self.configuration = configuration
        changed = NIOLockedValueBox(configuration)
        order = ArrivalOrder(shards: loops.count)
        budget = MemoryBudget(limit: configuration.memoryLimit)
        closed = ClosedClients()
        refusals = NIOLockedValueBox(Array(repeating: RefusalCounts(), count: loops.count))
        registry = TopicRegistry(
            limit: configuration.maximumTopics, budget: budget,
            firstID: configuration.firstTopicID ?? .random(in: TopicTable.firstIDs))
        reports = Reports(registry)
        let clock = configuration.clock
        log = BrokerLog(logger, events: reports.events) { clock?() ?? Machine.wallTime() }
        sessions = SessionRegistry(limit: configuration.maximumSessions)
        producers = ProducerRegistry(
            most: configuration.maximumProducers, expiry: configuration.producerExpiry, budget: budget)
        startedAt = configuration.clock?() ?? Machine.wallTime()
        shards = loops.enumerated().map { LoopShard(index: $0, eventLoop: $1, count: loops.count) }
        for shard in shards { shard.open(self) }
    }

    // MARK: Configuration

    /// The configuration as it is now. It is behind a lock, so the data path does not ask for it.
    var current: BrokerConfiguration { changed.withLockedValue { $0 } }

    /// Takes what may change from another configuration. What exists already is kept, even above a lower limit.
    func adopt(_ configuration: BrokerConfiguration) {
        let current = changed.withLockedValue { changed in
            changed = changed.adopting(configuration)
            return changed
        }
        registry.setLimit(current.maximumTopics)
        sessions.setLimit(current.maximumSessions)
        producers.set(most: current.maximumProducers, expiry: current.producerExpiry)
    }

    // MARK: Memory

    /// Makes room when memory has run out: the topic that takes the most and may drop gives up its oldest messages.
    ///
    /// - Parameter bytes: The bytes wanted.
    func findMemory(for bytes: Int, now: UInt64, wakes: inout WakeList) {
        guard budget.isExhausted else { return }
        shortageCount.wrappingAdd(1, ordering: .relaxed)
        var missing = budget.used - budget.limit + bytes
        for _ in 0..<Self.mostGivers where missing > 0 {
            guard let largest = budget.largestTopics.largest else { return }
            // One that is being deleted gives back its memory by itself.
            guard let topic = registry.topic(id: largest) else { continue }
            topic.locked { state in
                if let given = state.giveMemory(now: now) { missing -= given }
                state.wakeBlocked(&wakes)
            }
        }
    }

    /// The most segments that are given up in one step.
    private static let mostGivers = 16

    /// The part of the limit for all clients that do not read, within the bounds for a single one.
    static let unreadPart = 8
    /// Bounds of ``unsentAllowance``, in bytes.
    static let unsentBounds = PeerLimits.unreadDeliveries
    /// Bounds of ``answerAllowance``, in bytes.
    static let answerBounds = PeerLimits.unreadAnswers

    /// Bytes that a client that does not read may have unsent.
    var unsentAllowance: Int { share(within: Self.unsentBounds) }

    /// Bytes of unread answers from which on a client is not read from.
    var answerAllowance: Int { share(within: Self.answerBounds) }

    private func share(within bounds: ClosedRange<Int>) -> Int {
        min(max(budget.limit / Self.unreadPart / max(connections, 1), bounds.lowerBound), bounds.upperBound)
    }

    // MARK: Connections

    /// An id for a connection or a session; none is used twice.
    func nextID() -> UInt64 { lastID.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Whether the broker is stopping, so that new connections are refused.
    var isDraining: Bool { draining.load(ordering: .relaxed) }
    func drain() { draining.store(true, ordering: .relaxed) }

    var connections: Int { connectionCount.load(ordering: .relaxed) }
    var connectionsOpened: UInt64 { openedCount.load(ordering: .relaxed) }
    var connectionsRefused: UInt64 { refusedCount.load(ordering: .relaxed) }

    /// Counts a new connection.
    ///
    /// - Returns: Its id, and whether it is refused because the broker is full.
    func connectionOpened() -> (id: UInt64, isRefused: Bool) {
        let id = nextID()
        openedCount.wrappingAdd(1, ordering: .relaxed)
        let count = connectionCount.wrappingAdd(1, ordering: .relaxed).newValue
        let isRefused = count > current.maximumConnections
        if isRefused { refusedCount.wrappingAdd(1, ordering: .relaxed) }
        budget.charge(Self.connectionFootprint)
        return (id, isRefused)
    }

    func connectionClosed() {
        connectionCount.wrappingSubtract(1, ordering: .relaxed)
        budget.charge(-Self.connectionFootprint)
    }

    /// Memory of an idle connection, in bytes. Measured.
    private static let connectionFootprint = 4640

    /// Chooses the loop for a new connection, and counts the connection there.
    func place() -> LoopShard {
        let placement = Placement(gathering: current.gathering)
        let current = placed.load(ordering: .relaxed)
        let shard = shards[placement.choose(shards.map(\.load.value), current: current)]
        placed.store(shard.index, ordering: .relaxed)
        shard.load.connectionPlaced()
        return shard
    }
}
