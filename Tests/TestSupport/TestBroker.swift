import Logging
import ZaichikBroker
import ZaichikProtocol

/// A broker on a free port, under a clock that the test moves.
public struct TestBroker: Sendable {
    public let server: BrokerServer
    public let clock: ManualClock

    public var port: Int { server.endpoints[0].port }

    /// Runs `body` against a broker, and stops it.
    ///
    /// - Parameters:
    ///   - logger: Where the broker's log goes; nowhere by default.
    ///   - alone: Whether no other test may have a broker meanwhile: for those that measure memory.
    ///   - body: May block; it has a thread of its own.
    public static func run(
        loops: Int = 2, logger: Logger? = nil, alone: Bool = false,
        configure: @Sendable (inout BrokerConfiguration) -> Void = { _ in },
        _ body: @Sendable (TestBroker) async throws -> Void
    ) async throws {
        await Turnstile.shared.enter(alone: alone)
        let result: Result<Void, any Error>
        do {
            let broker = try await start(loops: loops, logger: logger ?? quiet, configure: configure)
            do {
                try await withTaskExecutorPreference(BlockingExecutor.shared) { try await body(broker) }
                result = .success(())
            } catch {
                result = .failure(error)
            }
            await broker.server.shutdown()
        } catch {
            result = .failure(error)
        }
        await Turnstile.shared.leave(alone: alone)
        try result.get()
    }

    private static func start(
        loops: Int, logger: Logger, configure: (inout BrokerConfiguration) -> Void
    ) async throws -> TestBroker {
        let clock = ManualClock()
        var configuration = BrokerConfiguration()
        configuration.listen = [Endpoint(host: "127.0.0.1", port: 0)]
        configuration.loops = loops
        // Clients on different loops, however few there are.
        configuration.gathering = 0
        configuration.name = "burrow"
        configuration.clock = { clock.now }
        configuration.shutdownDeadline = .milliseconds(1500)
        configure(&configuration)
        return TestBroker(server: try await BrokerServer.start(configuration, logger: logger), clock: clock)
    }

    private static var quiet: Logger {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return logger
    }

    // MARK: Clients

    /// A connection that has not sent a byte yet.
    public func connect(receiveBuffer: Int? = nil) throws -> Wire {
        try Wire(port: port, receiveBuffer: receiveBuffer)
    }

    /// A native client that was welcomed.
    public func client(
        _ name: String = "hare", window: UInt32 = 1000, receiveBuffer: Int? = nil
    ) throws -> NativeClient {
        try NativeClient(connect(receiveBuffer: receiveBuffer), name: name, window: window)
    }

    public func classic() throws -> ClassicClient { ClassicClient(try connect()) }
}

// The classic dialect has no answers: a native client looks whether its frames have arrived.
extension TestBroker {
    public func until(topic: String, has messages: UInt64) throws {
        let observer = try client("observer")
        try eventually("\(topic) to have \(messages) messages") {
            try observer.topics().rows.first { $0.name == topic }?[.headSequence] ?? 0 >= messages
        }
        try observer.settle()
    }

    /// Waits until so many clients are connected, besides the one that looks.
    public func until(connections: Int) throws {
        let observer = try client("observer")
        try eventually("\(connections) connections") { try observer.clients().matching == connections + 1 }
    }

    /// Has every loop look at its sockets and its mail once more.
    public func settle() throws {
        let observer = try client("observer")
        for _ in 0..<2 { _ = try observer.clients() }
    }
}

extension TestBroker {
    /// Waits until every loop has looked at its clock once more for each of its clients: once a second, by the real
    /// clock. A topic of its own, whose message expires and is taken away by that look, is the sign of it.
    public func secondPasses() throws {
        let observer = try client("observer", window: 0)
        let name = "clock.\(observer.id)"
        let topic = try observer.create(name).id
        try observer.publishConfirmed(topic, ["tick"])
        try eventually("a second to pass") { try observer.topicRow(name)[.publishRate] == 1 }
        try eventually("another one to pass") { try observer.topicRow(name)[.publishRate] == 0 }
    }
}
