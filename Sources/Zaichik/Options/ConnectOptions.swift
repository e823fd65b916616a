import ArgumentParser
import FoundationEssentials
import ZaichikClient

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

    func connect(_ purpose: String, window: UInt32? = nil) async throws -> ZaichikClient {
        var configuration = ClientConfiguration(name: name ?? "zaichik-\(purpose)", program: "zaichik")
        if let window { configuration.window = window }
        return try await ZaichikClient.connect(to: resolved(), configuration: configuration)
    }
}
