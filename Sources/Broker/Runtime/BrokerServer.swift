import Logging
import NIOCore
import NIOPosix
import Synchronization
import ZaichikProtocol

/// The reason that a broker did not start.
public enum BrokerStartError: Error, Equatable, Sendable, CustomStringConvertible {
    case addressInUse(Endpoint)
    case cannotListen(Endpoint, reason: String)

    public var description: String {
        switch self {
        case .addressInUse(let endpoint): "\(endpoint) is in use"
        case .cannotListen(let endpoint, let reason): "cannot listen on \(endpoint): \(reason)"
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
    /// The addresses at which it listens, with the actual ports.
    public let endpoints: [Endpoint]

    private init(core: BrokerCore, group: MultiThreadedEventLoopGroup, listeners: [any Channel], endpoints: [Endpoint])
    {
        self.core = core
        self.group = group
        self.listeners = listeners
        self.endpoints = endpoints
        ticks = core.shards.map { shard in
            shard.eventLoop.scheduleRepeatedTask(
                initialDelay: .milliseconds(Ticker.interval), delay: .milliseconds(Ticker.interval)
            ) { _ in shard.tick() }
        }
        everySecond = core.shards[0].eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) {
            _ in
            core.acceptLog.timePassed()
            LargeMemory.secondPassed()
        }
    }

    /// - Throws: A ``BrokerStartError``, in which case everything that was started is closed.
    public static func start(
        _ configuration: BrokerConfiguration = BrokerConfiguration(), logger: Logger
    ) async throws -> BrokerServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(configuration.loops, 1))
        let core = BrokerCore(
            configuration: configuration, loops: Array(group.makeIterator()), logger: logger)
        var listeners: [any Channel] = []
        do {
            for shard in core.shards { try await shard.openSelfWake().get() }
            for endpoint in configuration.listen {
                listeners.append(try await Acceptor(core: core).listen(on: endpoint))
            }
        } catch {
            for listener in listeners { try? await listener.close() }
            for shard in core.shards { try? await shard.eventLoop.submit { shard.close() }.get() }
            try? await group.shutdownGracefully()
            throw error
        }
        let endpoints = zip(configuration.listen, listeners).map { endpoint, listener in
            Endpoint(host: endpoint.host, port: listener.localAddress?.port ?? endpoint.port)
        }
        for endpoint in endpoints { logger.notice("listening", metadata: ["address": "\(endpoint)"]) }
        return BrokerServer(core: core, group: group, listeners: listeners, endpoints: endpoints)
    }

    /// Stops accepting, tells clients, sends what is written, and ends; within the configured deadline.
    public func shutdown() async {
        guard !isStopping.exchange(true, ordering: .sequentiallyConsistent) else { return await waitUntilStopped() }
        core.drain()
        core.logger.notice("stopping", metadata: ["connections": "\(core.connections)"])
        for listener in listeners { try? await listener.close() }
        for shard in core.shards {
            shard.eventLoop.execute {
                shard.beginStep()
                for connection in shard.connections.all { connection.brokerStops() }
                shard.flush()
            }
        }
        let deadline = ContinuousClock.now + core.configuration.shutdownDeadline
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
        core.logger.notice("stopped")
        try? await group.shutdownGracefully()
        stopped.open()
    }

    /// Returns when the broker has ended.
    public func waitUntilStopped() async {
        await stopped.pass()
    }
}
