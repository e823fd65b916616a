import Logging
import ZaichikBroker
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

// What can go wrong before a broker listens.
extension ServeCommand {
    private static let example = "Give an address of this machine: --listen HOST:PORT, for example 127.0.0.1:8889"

    /// Starts the broker, or says why it cannot listen and what would help.
    static func start(_ configuration: BrokerConfiguration, _ logger: Logger) async throws -> BrokerServer {
        do {
            return try await BrokerServer.start(configuration, logger: logger, tellsListening: false)
        } catch BrokerStartError.addressInUse(let endpoint) {
            throw CommandFailure(await describeOccupant(endpoint))
        } catch BrokerStartError.notOfThisMachine(let endpoint) {
            throw CommandFailure(
                "cannot listen on \(endpoint): this machine has no address \(endpoint.host). \(example)")
        } catch BrokerStartError.cannotListen(let endpoint, let reason) {
            throw CommandFailure("cannot listen on \(endpoint): \(reason). \(example)")
        } catch BrokerStartError.overlapping(let every, let other) {
            throw CommandFailure(
                ExitStatus.usage,
                "cannot listen on both \(every) and \(other): the first includes the second. Leave one of them out")
        }
    }

    /// Describes what has the port, found out by speaking to it.
    private static func describeOccupant(_ endpoint: Endpoint) async -> String {
        var configuration = ClientConfiguration(name: "zaichik-serve", program: "zaichik")
        configuration.connectTimeout = .seconds(1)
        // A listener on every address can be reached on this machine.
        let host = ["0.0.0.0": "127.0.0.1", "::": "::1"][endpoint.host] ?? endpoint.host
        let other =
            "choose another port: zaichik serve --listen \(BrokerAddress(host: endpoint.host, port: 0)) takes a free one"
        do {
            let client = try await ZaichikClient.connect(
                to: BrokerAddress(host: host, port: endpoint.port), configuration: configuration)
            let welcome = client.welcome
            await client.close()
            return """
                cannot listen on \(endpoint): a zaichik broker runs there already (\(SafeText.escaped(welcome.brokerName)), \
                version \(SafeText.escaped(welcome.version))). Use that one, end it with 'zaichik stop --port \(endpoint.port)', or \(other)
                """
        } catch  where error.code == .connectionRefused {
            return """
                cannot listen on \(endpoint): the port is taken at another address of this machine \
                ('ss -ltnp sport = :\(endpoint.port)' names the program). Stop it, or \(other)
                """
        } catch {
            return """
                cannot listen on \(endpoint): another program, which is not zaichik, listens there \
                ('ss -ltnp sport = :\(endpoint.port)' names it). Stop it, or \(other)
                """
        }
    }
}
