import Logging
import NIOCore
import Synchronization
import ZaichikProtocol

/// What all loops of one broker share: nothing that is touched for each message but the order of arrival.
final class BrokerCore: Sendable {
    let configuration: BrokerConfiguration
    let order: ArrivalOrder
    let budget: MemoryBudget
    let registry: TopicRegistry
    let logger: Logger
    let startedAt: UInt64
    let shards: [LoopShard]
    private let connectionIDs = Atomic<UInt64>(0)
    private let connectionCount = Atomic<Int>(0)
    private let refusedCount = Atomic<UInt64>(0)
    /// The loop that the last connection went to.
    private let placed = Atomic<Int>(0)
    private let draining = Atomic<Bool>(false)

    init(configuration: BrokerConfiguration, loops: [any EventLoop], logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        order = ArrivalOrder(shards: loops.count)
        budget = MemoryBudget(limit: configuration.memoryLimit)
        registry = TopicRegistry(limit: configuration.maximumTopics, budget: budget)
        startedAt = configuration.clock()
        shards = loops.enumerated().map { LoopShard(index: $0, eventLoop: $1, count: loops.count) }
        for shard in shards { shard.open(self) }
    }

    func now() -> UInt64 { configuration.clock() }

    /// Whether the broker is stopping: nobody new is let in.
    var isDraining: Bool { draining.load(ordering: .relaxed) }
    func drain() { draining.store(true, ordering: .relaxed) }

    var connections: Int { connectionCount.load(ordering: .relaxed) }
    var connectionsOpened: UInt64 { connectionIDs.load(ordering: .relaxed) }
    var connectionsRefused: UInt64 { refusedCount.load(ordering: .relaxed) }

    /// Counts a connection in.
    ///
    /// - Returns: Its id, and whether there is room for it.
    func connectionOpened() -> (id: UInt64, isWelcome: Bool) {
        let id = connectionIDs.wrappingAdd(1, ordering: .relaxed).newValue
        let count = connectionCount.wrappingAdd(1, ordering: .relaxed).newValue
        let isWelcome = count <= configuration.maximumConnections
        if !isWelcome { refusedCount.wrappingAdd(1, ordering: .relaxed) }
        return (id, isWelcome)
    }

    func connectionClosed() { connectionCount.wrappingSubtract(1, ordering: .relaxed) }

    /// The loop for a new connection, which counts as there from now on.
    func place() -> LoopShard {
        let placement = Placement(gathering: configuration.gathering)
        let current = placed.load(ordering: .relaxed)
        let shard = shards[placement.choose(shards.map(\.load.value), current: current)]
        placed.store(shard.index, ordering: .relaxed)
        shard.load.connectionPlaced()
        return shard
    }
}
