import ArgumentParser
import FoundationEssentials
import ZaichikClient
import ZaichikProtocol

/// The broker to connect to, and the name of this client there.
struct ConnectOptions: ParsableArguments {
    @Option(
        name: .customLong("connect"),
        help: ArgumentHelp("The broker. Default: ZAICHIK_ADDRESS, else 127.0.0.1:8889.", valueName: "host:port"))
    var address: String?

    @Option(help: "The name of this client in lists.")
    var name: String?

    func resolved() throws -> BrokerAddress {
        do {
            return try BrokerAddress.resolve(option: address, environment: ProcessInfo.processInfo.environment)
        } catch {
            throw CommandFailure(ExitStatus.usage, "\(error)")
        }
    }

    /// - Parameters:
    ///   - reconnect: Whether a lost connection is made again.
    ///   - session: The session to attach to; nil: none.
    ///   - producer: The name under which it publishes; nil: none.
    ///   - administers: Whether it neither publishes nor reads, and so is let in by a broker that takes no new connections.
    ///   - patience: How long the whole command may take; nil: without end.
    /// - Throws: A ``CommandFailure`` with the exit code of a broker that cannot be reached, whatever the reason; the
    ///   client's error if the broker can be reached and is full. If the patience ends first, the exit code says that.
    func connect(
        _ purpose: String, window: UInt32? = nil, reconnect: Bool = false, session: SessionOptions? = nil,
        producer: String? = nil, administers: Bool = true,
        within patience: Duration? = nil
    ) async throws -> ZaichikClient {
        var configuration = ClientConfiguration(name: name ?? "zaichik-\(purpose)", program: "zaichik")
        if let window { configuration.window = window }
        configuration.session = session
        configuration.producer = producer
        configuration.administers = administers
        if reconnect { configuration.reconnect = ReconnectPolicy() }
        let address = try resolved()
        let isShort = patience.map { $0 < configuration.connectTimeout } ?? false
        if let patience, isShort { configuration.connectTimeout = patience }
        do {
            return try await ZaichikClient.connect(to: address, configuration: configuration)
        } catch {
            // The broker was reached, and its answer is what matters.
            guard ![.refused(.tooManyConnections), .invalidName].contains(error.code) else { throw error }
            let status =
                switch error.code {
                case .cancelled: ExitStatus.interrupted
                case .timedOut where isShort: ExitStatus.timedOut
                default: ExitStatus.unavailable
                }
            throw CommandFailure(status, error.message)
        }
    }
}
