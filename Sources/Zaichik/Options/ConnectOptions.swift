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

    /// - Parameter reconnect: Whether a lost connection is made again.
    /// - Throws: A ``CommandFailure`` with the exit code of a broker that cannot be reached, whatever the reason; the
    ///   client's error if the broker can be reached and is full.
    func connect(_ purpose: String, window: UInt32? = nil, reconnect: Bool = false) async throws -> ZaichikClient {
        var configuration = ClientConfiguration(name: name ?? "zaichik-\(purpose)", program: "zaichik")
        if let window { configuration.window = window }
        if reconnect { configuration.reconnect = ReconnectPolicy() }
        let address = try resolved()
        do {
            return try await ZaichikClient.connect(to: address, configuration: configuration)
        } catch {
            guard error.code != .refused(.tooManyConnections) else { throw error }
            let isCancelled = error.code == .cancelled
            throw CommandFailure(isCancelled ? ExitStatus.interrupted : ExitStatus.unavailable, error.message)
        }
    }
}
