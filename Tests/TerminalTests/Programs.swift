import Foundation

/// The programs under test, beside the tests' own bundle.
enum Programs {
    static let directory: String = {
        let arguments = CommandLine.arguments
        let bundle = arguments.first { $0.hasSuffix(".xctest") } ?? arguments[0]
        return URL(filePath: bundle).deletingLastPathComponent().path
    }()

    static var zaichik: String { directory + "/zaichik" }
    static var tui: String { directory + "/zaichik-tui" }

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
        try Data().write(to: output)
        try Data((input ?? "").utf8).write(to: given)
        let child = try Child(program, arguments, input: given.path, output: output.path)
        let status = child.wait()
        let said = try String(contentsOf: output, encoding: .utf8)
        guard status == 0 else {
            throw Failure(
                description:
                    "\(program) \(arguments.joined(separator: " ")) ended with \(status): \(said)")
        }
        return said
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

/// A process started by the test. Foundation's own waits for whoever holds its files, and a terminal's server does.
struct Child {
    let process: pid_t

    init(_ program: String, _ arguments: [String], input: String, output: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_APPEND, 0)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // The threads that tests run on block signals; a program that is started has none blocked.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { (word: String) in strdup(word) }
        defer { for word in words { free(word) } }
        // What `swift test` sets for itself is not meant for the program.
        let variables = ProcessInfo.processInfo.environment.filter {
            $0.key != "NO_COLOR" && !$0.key.hasPrefix("ZAICHIK")
        }
        let settings: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") }
        defer { for setting in settings { free(setting) } }
        var process: pid_t = 0
        let problem = posix_spawn(&process, program, &actions, &attributes, words + [nil], settings + [nil])
        guard problem == 0 else {
            throw Programs.Failure(description: "\(program) cannot be started: \(String(cString: strerror(problem)))")
        }
        self.process = process
    }

    /// Waits for its end.
    ///
    /// - Returns: Its exit code, or 128 and the signal's number.
    @discardableResult
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
}

/// `zaichik serve` on a port of its own.
final class BrokerProcess {
    private let child: Child
    private let output: URL
    private var isRunning = true
    let address: String

    /// - Parameter address: Where to listen; port 0 is a free one.
    init(address: String = "127.0.0.1:0") throws {
        output = URL.temporaryDirectory.appending(path: "zaichik-broker-\(UUID().uuidString)")
        try Data().write(to: output)
        let output = output
        let child = try Child(
            Programs.zaichik, ["serve", "--listen", address], input: "/dev/null", output: output.path)
        self.child = child
        let said = { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
        let line = { said().split(separator: "\n").first { $0.contains(" listening on ") } }
        do {
            try Programs.wait("zaichik serve listens") {
                line() != nil && said().contains("\n")
            } else: {
                said()
            }
        } catch {
            Foundation.kill(child.process, SIGKILL)
            child.wait()
            throw error
        }
        self.address = String(line()?.split(separator: " ").last ?? "")
    }

    func signal(_ number: Int32) { Foundation.kill(child.process, number) }

    /// Ends it at once, as a crash would.
    func kill() {
        guard isRunning else { return }
        isRunning = false
        Foundation.kill(child.process, SIGKILL)
        child.wait()
        try? FileManager.default.removeItem(at: output)
    }

    deinit { kill() }
}
