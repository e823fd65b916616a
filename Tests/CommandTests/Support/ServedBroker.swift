import Foundation
import Testing
import ZaichikClient

/// A `zaichik serve` on a free port, with a runtime directory of its own.
final class ServedBroker: Sendable {
    let running: Running
    let address: String
    let environment: [String: String]
    private let folder: URL

    var port: String { String(address.split(separator: ":").last ?? "") }

    /// - Parameter readsErrors: If not, its log goes to a pipe that nobody reads.
    static func start(_ arguments: [String] = [], readsErrors: Bool = true) async throws -> ServedBroker {
        let folder = URL.temporaryDirectory.appending(path: "zaichik-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let environment = ["XDG_RUNTIME_DIR": folder.path()]
        let running = try Running(
            ["serve", "--listen", "127.0.0.1:0"] + arguments, readsErrors: readsErrors, environment: environment)
        try await eventually("the broker says where it listens") { running.output.hasSuffix("\n") }
        let address = running.output.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        return ServedBroker(
            running: running, address: address, environment: environment.merging(["ZAICHIK_ADDRESS": address]) { $1 },
            folder: folder)
    }

    private init(running: Running, address: String, environment: [String: String], folder: URL) {
        self.running = running
        self.address = address
        self.environment = environment
        self.folder = folder
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Starts a command that talks to this broker.
    func begin(_ arguments: String..., input: String? = nil) throws -> Running {
        try Running(arguments, input: input, environment: environment)
    }

    /// Runs a command that talks to this broker, to its end.
    func run(_ arguments: String..., input: String? = nil) async throws -> Finished {
        try await run(arguments, input: input)
    }

    func run(_ arguments: [String], input: String? = nil) async throws -> Finished {
        await (try Running(arguments, input: input, environment: environment)).finished()
    }

    /// Runs a command that waits for what does not come, until its time is up: a short time, unless the machine is so
    /// busy that the command does not even reach the broker in it.
    func runInVain(_ arguments: String...) async throws -> Finished {
        let short = await (try Running(arguments + ["-W", "200ms"], environment: environment)).finished()
        guard short.status == EX_UNAVAILABLE else { return short }
        return await (try Running(arguments + ["-W", "9999ms"], environment: environment)).finished()
    }

    /// A client in this process.
    func client() async throws -> ZaichikClient {
        try await ZaichikClient.connect(to: try BrokerAddress(address))
    }

    /// Waits until a client of that name subscribes to something.
    func waitForSubscriber(_ name: String) async throws {
        try await eventually("\(name) subscribes") {
            try await self.run("client", "ls", "--json", name).output.contains("\"subscriptions\":1")
        }
    }
}
