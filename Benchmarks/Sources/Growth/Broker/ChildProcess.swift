import Foundation

/// This program again, in a process of its own and with other arguments, so that its processor time and its memory
/// are its alone. It tells its port on the first line of its standard output.
final class ChildProcess {
    private let process = Process()
    /// Its standard input: it ends when this does, however the parent ends.
    private let lifeline = Pipe()
    let port: Int

    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()

    /// - Parameter command: What runs this program or a copy of it, up to its arguments; nothing: it runs alone.
    init(_ arguments: [String], under command: [String] = []) throws {
        let output = Pipe()
        process.executableURL = command.isEmpty ? Self.program : URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command + arguments
        process.standardInput = lifeline
        process.standardOutput = output
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw GrowthError("the process for \(arguments) ended before it listened") }
            line += String(decoding: data, as: UTF8.self)
        }
        port = Int(line.dropLast()) ?? 0
    }

    var id: Int32 { process.processIdentifier }
    var clock: ProcessorClock { ProcessorClock(process: id) }

    /// Called in the child: ends it when the parent is gone.
    static func endWithParent() {
        Thread.detachNewThread {
            _ = try? FileHandle.standardInput.readToEnd()
            exit(0)
        }
    }

    /// Has it end by itself.
    func finish() {
        try? lifeline.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Ends it at once: what it holds in memory is of no use to anybody.
    func stop() {
        kill(id, SIGKILL)
        process.waitUntilExit()
    }
}

/// Why a benchmark cannot go on.
struct GrowthError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
