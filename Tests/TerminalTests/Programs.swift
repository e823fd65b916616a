import Foundation
import ProgramSupport

/// The programs under test, beside the tests' own bundle.
enum Programs {
    private static let directory = BuiltPrograms.directory.path()

    static var zaichik: String { directory + "zaichik" }
    static var tui: String { directory + "zaichik-tui" }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Runs a program to its end.
    ///
    /// - Throws: A ``Failure`` with what it said, if it did not end with 0.
    @discardableResult
    static func run(_ program: String, _ arguments: [String], input: String? = nil) throws -> String {
        // Files, not pipes: what a program leaves running would hold a pipe open.
        let folder = URL.temporaryDirectory.appending(path: "zaichik-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { _ = try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "output")
        let given = folder.appending(path: "input")
        try Data((input ?? "").utf8).write(to: given)
        let status = try start(program, arguments, input: given.path, output: output.path).waitUntilEnd()
        let said = try String(contentsOf: output, encoding: .utf8)
        guard status == 0 else {
            throw Failure(
                description:
                    "\(program) \(arguments.joined(separator: " ")) ended with \(status): \(said)")
        }
        return said
    }

    /// Starts a program with files for its input, and for what it says.
    static func start(
        _ program: String, _ arguments: [String], input: String, output: String
    ) throws -> ChildProcess {
        let reading = try Descriptors.open(input)
        defer { close(reading) }
        let writing = try Descriptors.open(output, writes: true)
        defer { close(writing) }
        // What `swift test` sets for itself is not meant for the program.
        return try ChildProcess(
            program, arguments, environment: BuiltPrograms.environment.filter { $0.key != "NO_COLOR" },
            standard: .init(input: reading, output: writing, errors: writing))
    }

    /// Polls until something holds.
    static func wait(
        _ what: String, seconds: Double = 30, _ holds: () throws -> Bool, else describe: () throws -> String = { "" }
    ) throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while try !holds() {
            guard ContinuousClock.now < deadline else {
                throw Failure(description: "\(what): not within \(seconds) s\n\(try describe())")
            }
            usleep(30_000)
        }
    }
}

/// `zaichik serve` on a port of its own.
final class BrokerProcess {
    private let child: ChildProcess
    private let output: URL
    private var isRunning = true
    let address: String

    /// - Parameter address: Where to listen; port 0 is a free one.
    init(address: String = "127.0.0.1:0") throws {
        output = URL.temporaryDirectory.appending(path: "zaichik-broker-\(UUID().uuidString)")
        try Data().write(to: output)
        let output = output
        child = try Programs.start(
            Programs.zaichik, ["serve", "--listen", address], input: "/dev/null", output: output.path)
        let said = { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
        let line = { said().split(separator: "\n").first { $0.contains(" listening on ") } }
        try Programs.wait("zaichik serve listens") {
            line() != nil && said().contains("\n")
        } else: {
            said()
        }
        self.address = String(line()?.split(separator: " ").last ?? "")
    }

    func signal(_ number: Int32) { child.signal(number) }

    /// Ends it at once, as a crash would.
    func kill() {
        guard isRunning else { return }
        isRunning = false
        child.signal(SIGKILL)
        child.waitUntilEnd()
        try? FileManager.default.removeItem(at: output)
    }

    deinit { kill() }
}
