import Foundation
import Logging
import ZaichikBroker

/// The other half of ``BrokerProcess``: a broker on a free port, which it tells on standard output.
enum Serving {
    /// Serves until standard input ends.
    ///
    /// The main thread waits where it is: under valgrind, a main thread that makes way for others ends the program.
    static func run(_ arguments: ServeArguments) throws {
        var configuration = BrokerConfiguration()
        configuration.listen = [Endpoint(host: "127.0.0.1", port: 0)]
        if arguments.loops > 0 { configuration.loops = arguments.loops }
        if arguments.spreads { configuration.gathering = 0 }
        if arguments.memoryLimit > 0 { configuration.memoryLimit = arguments.memoryLimit }
        if arguments.maximumConnections > 0 { configuration.maximumConnections = arguments.maximumConnections }
        let logger = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
        Task { [configuration] in
            do {
                let server = try await BrokerServer.start(configuration, logger: logger)
                tell(port: server.endpoints[0].port)
                await server.waitUntilStopped()
            } catch {
                FileHandle.standardError.write(Data("growth: \(error)\n".utf8))
                exit(1)
            }
        }
        _ = try FileHandle.standardInput.readToEnd()
        exit(0)
    }

    /// Says to the process that started this one where to connect.
    static func tell(port: Int) { FileHandle.standardOutput.write(Data("\(port)\n".utf8)) }
}
