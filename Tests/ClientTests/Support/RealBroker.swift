import Logging
import ZaichikBroker

@testable import ZaichikClient

/// Runs a test against a broker on a free port.
func withRealBroker(
    port: Int = 0, _ configure: (inout BrokerConfiguration) -> Void = { _ in },
    _ test: (BrokerAddress) async throws -> Void
) async throws {
    var configuration = BrokerConfiguration()
    configuration.listen = [Endpoint(host: "127.0.0.1", port: port)]
    configuration.loops = 2
    configuration.shutdownDeadline = .seconds(1)
    configure(&configuration)
    let broker = try await BrokerServer.start(
        configuration, logger: Logger(label: "broker") { _ in SwiftLogNoOpLogHandler() })
    do {
        try await test(BrokerAddress(host: "127.0.0.1", port: broker.endpoints[0].port))
    } catch {
        await broker.shutdown()
        throw error
    }
    await broker.shutdown()
}

extension ZaichikClient {
    static func connect(
        _ address: BrokerAddress, name: String = "test", window: UInt32 = 1024
    ) async throws -> ZaichikClient {
        var configuration = ClientConfiguration(name: name)
        configuration.window = window
        return try await connect(to: address, configuration: configuration)
    }

    /// The next `count` deliveries, each committed.
    func take(_ count: Int) async throws -> [Delivery] {
        var taken: [Delivery] = []
        for try await delivery in deliveries {
            taken.append(delivery)
            commit(delivery)
            if taken.count == count { break }
        }
        return taken
    }
}
