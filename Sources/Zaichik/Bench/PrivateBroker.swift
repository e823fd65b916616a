import Logging
import ZaichikBroker
import ZaichikClient

/// A broker inside of this process, on a free port, that says nothing.
struct PrivateBroker: Sendable {
    private let server: BrokerServer
    let address: BrokerAddress

    static func start() async throws -> PrivateBroker {
        var configuration = BrokerConfiguration()
        configuration.listen = [Endpoint(host: "127.0.0.1", port: 0)]
        configuration.name = "zaichik-bench"
        do {
            let server = try await BrokerServer.start(
                configuration, logger: Logger(label: "zaichik") { _ in SwiftLogNoOpLogHandler() })
            return PrivateBroker(
                server: server, address: BrokerAddress(host: "127.0.0.1", port: server.endpoints[0].port))
        } catch let error as BrokerStartError {
            throw CommandFailure("\(error)")
        }
    }

    func stop() async { await server.shutdown() }
}
