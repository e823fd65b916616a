import Logging
import NIOCore
import NIOPosix
import Synchronization
import ZaichikProtocol

/// The reason that a broker did not start.
public enum BrokerStartError: Error, Equatable, Sendable, CustomStringConvertible {
    case addressInUse(Endpoint)
    case cannotListen(Endpoint, reason: String)
    /// This machine does not have the address.
    case notOfThisMachine(Endpoint)
    /// The first one is every address of the machine, and so includes the second one.
    case overlapping(Endpoint, Endpoint)

    public var description: String {
        switch self {
        case .addressInUse(let endpoint): "\(endpoint) is in use"
        case .cannotListen(let endpoint, let reason): "cannot listen on \(endpoint): \(reason)"
        case .notOfThisMachine(let endpoint): "this machine does not have the address of \(endpoint)"
        case .overlapping(let every, let other): "\(every) includes \(other)"
        }
    }
}

/// A broker that listens: accepts connections, spreads them over its loops, and ends in order.
public final class BrokerServer: Sendable {
    private let core: BrokerCore
    private let group: MultiThreadedEventLoopGroup
    private let listeners: [any Channel]
    private let ticks: [RepeatedTask]
    private let everySecond: RepeatedTask
    private let stopped = Latch()
    private let isStopping = Atomic<Bool>(false)
    /// The addresses at which it listens, in numbers, with the actual ports.
    public let endpoints: [Endpoint]

    private init(core: BrokerCore, group: MultiThreadedEventLoopGroup, listeners: Listeners) {
        self.core = core
        self.group = group
        self.listeners = listeners.channels
        endpoints = listeners.endpoints
        ticks = core.shards.map { shard in
            shard.eventLoop.scheduleRepeatedTask(
                initialDelay: .milliseconds(Ticker.interval), delay: .milliseconds(Ticker.interval)
            ) { _ in shard.tick() }
        }
        everySecond = core.shards[0].eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) {
            _ in
            core.secondPassed()
            LargeMemory.secondPassed()
        }
    }

    /// - Parameter tellsListening: Whether the log says at once where it listens; else ``tellListening()`` does.
    /// - Throws: A ``BrokerStartError``, in which case everything that was started is closed.
    public static func start(
        _ configuration: BrokerConfiguration = BrokerConfiguration(), logger: Logger, tellsListening: Bool = true
    ) async throws -> BrokerServer {
        SmallMemory.joinAtOnce()
        let count = max(configuration.loops, 1)
        let group =
            configuration.loopMetrics.map { MultiThreadedEventLoopGroup(numberOfThreads: count, metricsDelegate: $0) }
            ?? MultiThreadedEventLoopGroup(numberOfThreads: count)
        let core = BrokerCore(
            configuration: configuration, loops: Array(group.makeIterator()), logger: logger)
        var listeners = Listeners(core)
        do {
            for shard in core.shards { try await shard.openSelfWake().get() }
            try await listeners.open(configuration.listen)
        } catch {
            for listener in listeners.channels { try? await listener.close() }
            for shard in core.shards { try? await shard.eventLoop.submit { shard.close() }.get() }
            try? await group.shutdownGracefully()
            throw error
        }
        let server = BrokerServer(core: core, group: group, listeners: listeners)
        if tellsListening { server.tellListening() }
        return server
    }

    /// Has the log say where it listens.
    public func tellListening() {
        for endpoint in endpoints { core.log.tell(.listening, ["address": "\(endpoint)"]) }
    }

    /// Takes from another configuration what may change while the broker serves: limits, times and templates. Addresses,
    /// loops, the name and the memory limit stay, and so does what exists already.
    public func adopt(_ configuration: BrokerConfiguration) { core.adopt(configuration) }

    /// Logs from another level on, as the act `log-level` has it.
    public func setLogLevel(_ level: Logger.Level) { core.log.level = level }

    /// Stops accepting, tells clients, sends what is written, and ends; within the configured deadline.
    public func shutdown() async {
        guard !isStopping.exchange(true, ordering: .sequentiallyConsistent) else { return await waitUntilStopped() }
        core.drain()
        core.log.tell(.stopping, ["connections": "\(core.connections)"])
        for listener in listeners { try? await listener.close() }
        for shard in core.shards {
            shard.eventLoop.execute {
                shard.beginStep()
                for connection in shard.connections.all { connection.brokerStops() }
                shard.flush()
            }
        }
        let deadline = ContinuousClock.now + core.current.shutdownDeadline
        while core.connections > 0, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(5))
        }
        for tick in ticks + [everySecond] { tick.cancel() }
        for shard in core.shards {
            try? await shard.eventLoop.submit {
                for connection in shard.connections.all { connection.channel?.close() }
            }.get()
            // This comes after the ends of those connections.
            try? await shard.eventLoop.submit { shard.close() }.get()
        }
        core.finishLog()
        core.log.tell(.stopped, [:])
        try? await group.shutdownGracefully()
        stopped.open()
    }

    /// Returns when the broker has ended.
    public func waitUntilStopped() async {
        await stopped.pass()
    }
}
