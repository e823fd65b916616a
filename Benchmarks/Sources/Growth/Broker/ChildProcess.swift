import Foundation

/// This program again, in a process of its own and with other arguments, so that its processor time and its memory
/// are its alone. It tells its port on the first line of its standard output.
final class ChildProcess {
    private let process = Process()
    /// Its standard input: it ends when this does, however the parent ends.
    private let lifeline = Pipe()
    private let output = Pipe()
    let port: Int

    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()

    /// - Parameter command: The command that runs this program or a copy of it, up to its arguments; empty to run it
    ///   alone.
    init(_ arguments: [String], under command: [String] = []) throws {
        process.executableURL = command.isEmpty ? Self.program : URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command + arguments
        process.standardInput = lifeline
        process.standardOutput = output
        try process.run()
        port = try Self.number(from: output, arguments)
    }

    /// Starts a program other than this one. It ends with the thread that starts it, and its log is not shown.
    init(program: String, _ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["setpriv", "--pdeathsig", "KILL", program] + arguments
        // Where it notes its process id: it is killed, and would leave the note.
        let notes = NSTemporaryDirectory() + "growth-\(ProcessInfo.processInfo.processIdentifier)-run"
        process.environment = ProcessInfo.processInfo.environment.merging(["XDG_RUNTIME_DIR": notes]) { $1 }
        process.standardInput = lifeline
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        port = try Self.number(from: output, [program] + arguments)
        try? FileManager.default.removeItem(atPath: notes)
    }

    /// Asks for a number.
    func ask() throws -> Int {
        try lifeline.fileHandleForWriting.write(contentsOf: [0x0A])
        return try Self.number(from: output, ["a number"])
    }

    /// The number at the end of the next line.
    private static func number(from output: Pipe, _ arguments: [String]) throws -> Int {
        var line = ""
        while !line.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw GrowthError("the process for \(arguments) has ended") }
            line += String(decoding: data, as: UTF8.self)
        }
        return line.split { !$0.isNumber }.last.flatMap { Int($0) } ?? 0
    }

    var isRunning: Bool { process.isRunning }
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

    /// Kills the process: its state is no longer needed.
    func stop() {
        if process.isRunning { kill(id, SIGKILL) }
        process.waitUntilExit()
    }
}

/// The reason that a benchmark cannot continue.
struct GrowthError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
