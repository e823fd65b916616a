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
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let outputHandle = try FileHandle(forWritingTo: output)
        process.standardOutput = outputHandle
        process.standardError = outputHandle
        process.standardInput = try FileHandle(forReadingFrom: given)
        try process.run()
        process.waitUntilExit()
        let said = try String(contentsOf: output, encoding: .utf8)
        guard process.terminationStatus == 0 else {
            throw Failure(
                description:
                    "\(program) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus): \(said)")
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

/// `zaichik serve` on a port of its own.
final class BrokerProcess {
    private let process = Process()
    let address: String

    /// - Parameter address: Where to listen; port 0 is a free one.
    init(address: String = "127.0.0.1:0") throws {
        let output = Pipe()
        process.executableURL = URL(filePath: Programs.zaichik)
        process.arguments = ["serve", "--listen", address]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw Programs.Failure(description: "zaichik serve ended: \(line)") }
            line += String(decoding: data, as: UTF8.self)
        }
        self.address = String(line.split(whereSeparator: \.isWhitespace).last ?? "")
    }

    /// Ends it at once, as a crash would.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    deinit { kill() }
}
