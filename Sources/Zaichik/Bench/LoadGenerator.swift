import Glibc
import NIOCore
import NIOPosix
import ZaichikClient

/// The event loops that generate load, as seen from outside of them.
struct LoadGenerator: Sendable {
    /// Connections that are made at a time.
    private static let connecting = 64
    /// Descriptors that are not connections.
    private static let spareDescriptors = 64

    private let group: MultiThreadedEventLoopGroup
    private let loops: [NIOLoopBound<LoadLoop>]
    private let eventLoops: [any EventLoop]
    private let setup: LoadSetup

    init(_ setup: LoadSetup) async throws {
        self.setup = setup
        group = MultiThreadedEventLoopGroup(numberOfThreads: setup.plan.loops)
        eventLoops = Array(group.makeIterator())
        let backlog = setup.plan.backlogDeliveries.map { Backlog(limit: $0) }
        var loops: [NIOLoopBound<LoadLoop>] = []
        for eventLoop in eventLoops {
            loops.append(
                try await eventLoop.submit { NIOLoopBound(LoadLoop(eventLoop, setup, backlog), eventLoop: eventLoop) }
                    .get())
        }
        self.loops = loops
    }

    /// Connects everybody, publishers last. Returns when all are welcome and subscribed.
    ///
    /// - Parameter isBrokerPrivate: Whether the other ends are in this process too.
    func connect(to address: BrokerAddress, isBrokerPrivate: Bool) async throws {
        try Self.raiseDescriptorLimit(setup.plan.connections * (isBrokerPrivate ? 2 : 1))
        var roles = Array(setup.roles.enumerated())[...]
        while !roles.isEmpty {
            let some = roles.prefix(Self.connecting)
            roles = roles.dropFirst(some.count)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (place, role) in some {
                    group.addTask { try await connect(role, to: address, place % loops.count) }
                }
                try await group.waitForAll()
            }
            try Task.checkCancellation()
        }
    }

    private func connect(_ role: LoadRole, to address: BrokerAddress, _ place: Int) async throws {
        let (loop, setup) = (loops[place], setup)
        let ready = eventLoops[place].makePromise(of: Void.self)
        ClientBootstrap(group: eventLoops[place])
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.maxMessagesPerRead, value: 4)
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: 256 << 10)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = LoadConnection(role, loop.value, setup, ready: ready)
                    loop.value.add(connection)
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
            .connect(host: address.host, port: address.port)
            .whenFailure { error in
                let reason = SystemErrorText.text(error)
                ready.fail(CommandFailure(ExitStatus.unavailable, "\(role): cannot connect to \(address): \(reason)"))
            }
        try await ready.futureResult.get()
    }

    private static func raiseDescriptorLimit(_ sockets: Int) throws {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let wanted = rlim_t(sockets + spareDescriptors)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur >= wanted else {
            throw CommandFailure(
                """
                \(sockets) sockets are more than this process may have open (\(limit.rlim_max) files in all). Raise the \
                limit, 'ulimit -n \(wanted)', or use fewer connections
                """)
        }
    }

    private func onEach<Value: Sendable>(_ body: @escaping @Sendable (LoadLoop) -> Value) async throws -> [Value] {
        var values: [Value] = []
        for (eventLoop, loop) in zip(eventLoops, loops) {
            values.append(try await eventLoop.submit { body(loop.value) }.get())
        }
        return values
    }

    private static func sum(_ samples: [LoadSample]) -> LoadSample {
        samples.reduce(into: LoadSample()) { $0 += $1 }
    }

    var sample: LoadSample {
        get async throws { Self.sum(try await onEach { $0.sample }) }
    }

    func start(now: UInt64) async throws { _ = try await onEach { $0.start(now: now) } }

    /// Publishes from now on; see ``LoadLoop/publish(_:now:)``.
    func publish(_ count: UInt64?, now: UInt64) async throws { _ = try await onEach { $0.publish(count, now: now) } }

    /// - Returns: Where the run stands as the measurement begins.
    func measure(from now: UInt64) async throws -> LoadSample {
        Self.sum(
            try await onEach { loop in
                loop.measure(from: now)
                return loop.sample
            })
    }

    /// - Returns: Where the run stands as publishing ends.
    func stopPublishing() async throws -> LoadSample {
        Self.sum(
            try await onEach { loop in
                loop.stopPublishing()
                return loop.sample
            })
    }

    var totals: PublishedTotals {
        get async throws {
            var totals = PublishedTotals(spread: setup.spread)
            for (eventLoop, loop) in zip(eventLoops, loops) {
                totals = try await eventLoop.submit { [totals] in
                    var totals = totals
                    loop.value.add(to: &totals)
                    return totals
                }.get()
            }
            return totals
        }
    }

    func result(_ totals: PublishedTotals, isSettled: Bool) async throws -> LoadResult {
        var result = try await onEach { $0.result(totals, isSettled: isSettled) }
            .reduce(into: LoadResult()) { $0.add($1) }
        guard setup.spread.isShared else { return result }
        var ledger = SharedLedger(spread: setup.spread)
        for shares in result.shares { ledger.add(shares) }
        result.outcome += ledger.outcome(totals, gaps: result.outcome.gaps, countsTail: isSettled)
        return result
    }

    func shutdown() async {
        _ = try? await onEach { $0.close() }
        try? await group.shutdownGracefully()
    }
}
