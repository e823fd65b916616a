import Foundation

/// A broker whose instructions are counted: it runs under callgrind, some fifty times as slow. The count does not
/// depend on what else the machine does.
final class CountedBroker {
    private static let tool = "valgrind"

    private let child: ChildProcess
    private let log: String
    var port: Int { child.port }

    /// - Parameter program: A copy of this program without debug information, see ``strippedCopy()``.
    init(loops: Int, program: String) throws {
        log = program + ".log"
        child = try ChildProcess(
            ServeArguments(loops: loops).arguments,
            under: [Self.tool, "--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file=\(log)", program])
    }

    /// Valgrind stops at debug information that is newer than it.
    ///
    /// - Returns: The copy's path; the caller has to remove it.
    static func strippedCopy() throws -> String {
        let copy = NSTemporaryDirectory() + "growth-\(ProcessInfo.processInfo.processIdentifier)"
        let strip = Process()
        strip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        strip.arguments = ["strip", "--strip-debug", "-o", copy, ChildProcess.program.path]
        try strip.run()
        strip.waitUntilExit()
        guard strip.terminationStatus == 0 else { throw GrowthError("strip failed") }
        return copy
    }

    static var isPossible: Bool {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
    }

    /// Ends the broker.
    ///
    /// - Returns: All instructions of its life.
    func finish() throws -> Double {
        child.finish()
        defer { try? FileManager.default.removeItem(atPath: log) }
        let text = try String(contentsOfFile: log, encoding: .utf8)
        guard let line = text.split(separator: "\n").first(where: { $0.contains("Collected :") }),
            let count = line.split(separator: " ").last.flatMap({ Double($0) })
        else { throw GrowthError("\(Self.tool) counted nothing") }
        return count
    }
}
