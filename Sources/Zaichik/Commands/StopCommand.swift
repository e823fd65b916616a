import ArgumentParser
import FoundationEssentials
import Glibc
import ZaichikClient

struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop a broker of this user on this machine.",
        discussion: """
            Sends SIGTERM to the process that the pid file of the port names, and waits until it is gone: clients are \
            told, what is owed is sent, at most for 5 s. A broker elsewhere is stopped by who runs it.

            EXAMPLES
              zaichik stop                              the one on port 8889
              zaichik stop --port 9000
            """)

    @Option(help: "The broker's port.")
    var port: Int?

    @Option(
        name: .customLong("connect"),
        help: ArgumentHelp("The broker's address; its port counts.", valueName: "host:port"))
    var address: String?

    @Option(name: [.customShort("W"), .customLong("wait")], help: "Give up after so many seconds, with exit code 75.")
    var seconds = 10.0

    func validate() throws {
        if port != nil, address != nil { throw ValidationError("Give either --port or --connect.") }
        if let port, !(1...65_535).contains(port) { throw ValidationError("--port is between 1 and 65535.") }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        var options = ConnectOptions()
        options.address = address
        options.name = nil
        let port = try port ?? options.resolved().port
        guard let file = PidFile.read(port: port, environment: environment), file.isAlive else {
            let path = PidFile.path(port: port, environment: environment)
            throw CommandFailure(
                """
                no broker of this user is known on port \(port) (no live process in \(path)). If one runs there, \
                another user started it, or with another XDG_RUNTIME_DIR: stop its process with kill -TERM PID
                """)
        }
        guard kill(file.pid, SIGTERM) == 0 else {
            throw CommandFailure("cannot stop process \(file.pid): \(String(cString: strerror(errno)))")
        }
        let deadline = ContinuousClock.now + .seconds(seconds)
        while file.isAlive {
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(
                    ExitStatus.timedOut,
                    "process \(file.pid) did not stop within \(seconds) s; 'kill -KILL \(file.pid)' ends it at once")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        StandardError.say("the broker on \(file.address) (process \(file.pid)) has stopped")
    }
}
