import ArgumentParser
import FoundationEssentials
import Glibc
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop a broker of this user on this machine.",
        discussion: """
            Sends SIGTERM to the process that the pid file of the port names, or that /proc shows listening there, \
            and waits until it is gone: clients are told, what is owed is sent, at most for 5 s. A broker elsewhere is \
            stopped by its own user there.

            EXAMPLES
              zaichik stop                              the one on port 8889
              zaichik stop --port 9000
            """)

    @Option(help: "The broker's port.")
    var port: Int?

    @Option(
        name: .customLong("connect"),
        help: ArgumentHelp("The broker's address, on this machine. Else ZAICHIK_ADDRESS.", valueName: "host:port"))
    var address: String?

    @Option(
        name: [.customShort("W"), .customLong("wait")],
        help: ArgumentHelp(
            "Give up after this time, such as 500ms or 5s, with exit code 75; a bare number is seconds. Default: 10s.",
            valueName: "time"), transform: TimeSpan.patience)
    var patience = TimeSpan(milliseconds: 10_000)

    func validate() throws {
        if port != nil, address != nil { throw ValidationError("Give only one of --port and --connect.") }
        if let port, !(1...65_535).contains(port) { throw ValidationError("--port must be between 1 and 65535.") }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        var options = ConnectOptions()
        options.address = address
        options.name = nil
        let broker = try port.map { BrokerAddress(host: "127.0.0.1", port: $0) } ?? options.resolved()
        guard ThisMachine.isCalled(broker.host) else {
            throw CommandFailure(
                ExitStatus.usage,
                """
                '\(SafeText.escaped(broker.host))' is not this machine, and a broker elsewhere has to be stopped there; \
                'zaichik stop --port PORT' stops one here
                """)
        }
        let file = try await process(of: broker, environment)
        guard kill(file.pid, SIGTERM) == 0 else {
            throw CommandFailure("cannot stop process \(file.pid): \(String(cString: strerror(errno)))")
        }
        let deadline = ContinuousClock.now + patience.duration
        while file.isAlive {
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(
                    ExitStatus.timedOut,
                    "process \(file.pid) did not stop within \(patience); 'kill -KILL \(file.pid)' ends it at once")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        StandardError.say("the broker on \(file.address) (process \(file.pid)) has stopped")
    }

    /// The process to stop: the one of the pid file if that is to be believed, else the one that listens.
    private func process(of broker: BrokerAddress, _ environment: [String: String]) async throws -> PidFile {
        let pids = PortOwner.brokers(port: broker.port)
        do {
            if let file = try PidFile.read(port: broker.port, environment: environment), file.isAlive,
                // One that listens nowhere is stopping already. One that listens elsewhere has got the number of one
                // that died.
                pids.contains(file.pid) || pids.isEmpty && !PortOwner.isListening(file.pid),
                // With several on the port, the file names the one that began last.
                pids.count <= 1 || file.address == broker.description
            {
                return file
            }
        } catch let failure as CommandFailure {
            guard !pids.isEmpty else { throw failure }
            StandardError.say(failure.message)
        }
        if pids.count == 1 { return PidFile(pid: pids[0], address: broker.description) }
        if pids.count > 1 {
            let list = pids.map(String.init).joined(separator: ", ")
            throw CommandFailure(
                "\(pids.count) brokers listen on port \(broker.port) at different addresses, processes \(list); 'kill -TERM PID' stops the one you mean"
            )
        }
        throw CommandFailure(await describe(broker, PidFile.path(port: broker.port, environment: environment)))
    }

    /// Describes a port on which no process of this user was found, by speaking to whatever listens there.
    private func describe(_ broker: BrokerAddress, _ path: String) async -> String {
        var configuration = ClientConfiguration(name: "zaichik-stop", program: "zaichik")
        configuration.connectTimeout = .seconds(1)
        // A listener on every address can be reached on this machine.
        let host = ["0.0.0.0": "127.0.0.1", "::": "::1"][broker.host] ?? broker.host
        let search = "as that user or as root, \"ss -ltnp 'sport = :\(broker.port)'\" names its process"
        do {
            let client = try await ZaichikClient.connect(
                to: BrokerAddress(host: host, port: broker.port), configuration: configuration)
            let welcome = client.welcome
            await client.close()
            return """
                a zaichik broker answers on \(broker) (\(SafeText.escaped(welcome.brokerName)), version \
                \(SafeText.escaped(welcome.version))), but \(path) does not name it and no process of this user listens \
                there. Another user, another program or a container runs it: \(search), and 'kill -TERM PID' stops it
                """
        } catch  where error.code == .connectionRefused {
            return
                "no broker of this user runs on port \(broker.port): nothing listens there, and \(path) does not name a live one"
        } catch {
            return """
                no broker of this user is known on port \(broker.port): \(path) does not name a live one, and what listens \
                there did not answer as a broker; \(search)
                """
        }
    }
}
