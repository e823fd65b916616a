import Foundation
import Synchronization
import Testing

/// Runs the programs that are built along with the tests, as a user would.
enum Program {
    /// Where the build put them: beside the bundle of tests.
    static let directory: URL = {
        let arguments = CommandLine.arguments
        let bundle =
            arguments.firstIndex(of: "--test-bundle-path").map { arguments[$0 + 1] }
            ?? arguments.first { $0.hasSuffix(".xctest") } ?? arguments[0]
        return URL(filePath: bundle).deletingLastPathComponent()
    }()
}

/// The result of a program that has ended.
struct Finished {
    var status: Int32
    var output: String
    var errors: String

    var lines: [Substring] { output.split(separator: "\n") }
}

/// A program that runs, with its output in files so that no pipe can fill up unless it is meant to.
final class Running: Sendable {
    let pid: Int32
    private let process: Mutex<Process>
    private let folder: URL
    private let end: AsyncStream<Int32>
    /// Held open until the end, if the program is to wait for more.
    private let openInput: FileHandle?
    /// Held open and never read, if the program is to write into a pipe that fills up.
    private let unreadErrors: Pipe?

    /// - Parameter readsErrors: If not, standard error is a pipe that nobody reads.
    init(
        _ arguments: [String], program: String = "zaichik", input: String? = nil,
        keepsInputOpen: Bool = false, readsErrors: Bool = true, environment: [String: String] = [:]
    ) throws {
        folder = URL.temporaryDirectory.appending(path: "zaichik-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL =
            program.hasPrefix("/") ? URL(filePath: program) : Program.directory.appending(path: program)
        process.arguments = arguments
        var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ZAICHIK") }
        variables.merge(environment) { $1 }
        process.environment = variables
        if keepsInputOpen {
            let pipe = Pipe()
            process.standardInput = pipe
            try pipe.fileHandleForWriting.write(contentsOf: Data((input ?? "").utf8))
            openInput = pipe.fileHandleForWriting
        } else {
            let inputFile = folder.appending(path: "in")
            try Data((input ?? "").utf8).write(to: inputFile)
            process.standardInput = try FileHandle(forReadingFrom: inputFile)
            openInput = nil
        }
        for (name, keyPath) in [("out", \Process.standardOutput), ("err", \Process.standardError)] {
            let file = folder.appending(path: name)
            try Data().write(to: file)
            process[keyPath: keyPath] = try FileHandle(forWritingTo: file)
        }
        unreadErrors = readsErrors ? nil : Pipe()
        if let unreadErrors { process.standardError = unreadErrors }
        let (end, continuation) = AsyncStream<Int32>.makeStream()
        self.end = end
        process.terminationHandler = { ended in
            // A signal's number is told as shells do.
            continuation.yield(
                ended.terminationReason == .exit ? ended.terminationStatus : 128 + ended.terminationStatus)
            continuation.finish()
        }
        try process.run()
        pid = process.processIdentifier
        self.process = Mutex(process)
    }

    deinit {
        process.withLock { if $0.isRunning { kill($0.processIdentifier, SIGKILL) } }
        try? FileManager.default.removeItem(at: folder)
    }

    var output: String { read("out") }
    var errors: String { read("err") }

    private func read(_ name: String) -> String {
        (try? Data(contentsOf: folder.appending(path: name))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    func signal(_ number: Int32) { kill(pid, number) }

    func finished() async -> Finished {
        var status: Int32 = -1
        for await code in end { status = code }
        return Finished(status: status, output: output, errors: errors)
    }

    /// Memory that the process has in use, in bytes.
    var residentBytes: Int {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return kilobytes << 10
    }
}

/// Waits until a condition holds, at most 20 s.
func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what, sourceLocation: sourceLocation)
    throw CancellationError()
}
