import Foundation
import Logging
import ZaichikBroker

/// The other half of ``BrokerProcess``: a broker on a free port, which it tells on standard output.
enum Serving {
    /// Serves until standard input ends, and answers each byte of it with the longest turn since the last one, in ns.
    ///
    /// The main thread waits where it is: under valgrind, a main thread that makes way for others ends the program.
    static func run(_ arguments: ServeArguments) throws {
        var configuration = BrokerConfiguration()
        configuration.listen = [Endpoint(host: "127.0.0.1", port: 0)]
        if arguments.loops > 0 { configuration.loops = arguments.loops }
        if arguments.spreads { configuration.gathering = 0 }
        if arguments.memoryLimit > 0 { configuration.memoryLimit = arguments.memoryLimit }
        if arguments.maximumConnections > 0 { configuration.maximumConnections = arguments.maximumConnections }
        let turns = TurnClock()
        configuration.loopMetrics = turns
        let logger = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
        Task { [configuration] in
            do {
                let server = try await BrokerServer.start(configuration, logger: logger)
                tell(server.endpoints[0].port)
                await server.waitUntilStopped()
            } catch {
                FileHandle.standardError.write(Data("growth: \(error)\n".utf8))
                exit(1)
            }
        }
        while !FileHandle.standardInput.availableData.isEmpty { tell(turns.takeLongest()) }
        exit(0)
    }

    /// Says a number to the process that started this one; the first is where to connect.
    static func tell(_ number: some BinaryInteger) { FileHandle.standardOutput.write(Data("\(number)\n".utf8)) }
}
