import FoundationEssentials
import Logging
import ZaichikBroker
import ZaichikClient

/// Runs an example against the broker that ZAICHIK_ADDRESS names, else against one of its own, in this process and
/// on a free port.
public func withBroker(_ example: (BrokerAddress) async throws -> Void) async throws {
    let environment = ProcessInfo.processInfo.environment
    guard environment[BrokerAddress.environmentVariable] == nil else {
        return try await example(BrokerAddress.resolve(option: nil, environment: environment))
    }
    var configuration = BrokerConfiguration()
    configuration.listen = [Endpoint(host: "127.0.0.1", port: 0)]
    configuration.loops = 1
    let broker = try await BrokerServer.start(
        configuration, logger: Logger(label: "broker") { _ in SwiftLogNoOpLogHandler() })
    try await example(BrokerAddress(host: "127.0.0.1", port: broker.endpoints[0].port))
    await broker.shutdown()
}
