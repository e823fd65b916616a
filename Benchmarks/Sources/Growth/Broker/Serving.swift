import Foundation
import Logging
import ZaichikBroker

/// The other half of ``BrokerProcess``: a broker on a free port, which it tells on standard output.
enum Serving {
    static func run(_ arguments: ServeArguments) async throws {
        var configuration = BrokerConfiguration()
        configuration.listen = [Endpoint(host: "127.0.0.1", port: 0)]
        if arguments.loops > 0 { configuration.loops = arguments.loops }
        if arguments.memoryLimit > 0 { configuration.memoryLimit = arguments.memoryLimit }
        let server = try await BrokerServer.start(
            configuration, logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
        ChildProcess.endWithParent()
        tell(port: server.endpoints[0].port)
        await server.waitUntilStopped()
    }

    /// Says to the process that started this one where to connect.
    static func tell(port: Int) { FileHandle.standardOutput.write(Data("\(port)\n".utf8)) }
}
