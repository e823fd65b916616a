import Foundation
import ProgramSupport
import Testing

/// The result of a program that has ended.
struct Finished {
    var status: Int32
    var output: String
    var errors: String

    var lines: [Substring] { output.split(separator: "\n") }
}

/// A program that runs, as a user would run it, with its output in files so that no pipe can fill up unless it is
/// meant to.
final class Running: Sendable {
    private let child: ChildProcess
    private let folder: URL
    /// Ends of pipes that are held open until this is gone: of its input, if the program is to wait for more, and of
    /// its errors, if they are never read.
    private let held: [Int32]

    var pid: Int32 { child.pid }

    /// - Parameter readsErrors: If not, standard error is a pipe that nobody reads.
    init(
        _ arguments: [String], program: String = "zaichik", input: String? = nil,
        keepsInputOpen: Bool = false, readsErrors: Bool = true, environment: [String: String] = [:]
    ) throws {
        folder = URL.temporaryDirectory.appending(path: "zaichik-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var held: [Int32] = []
        var childs: [Int32] = []
        defer { for descriptor in childs { close(descriptor) } }
        let text = Data((input ?? "").utf8)
        if keepsInputOpen {
            let pipe = try Descriptors.pipe()
            childs.append(pipe.reading)
            held.append(pipe.writing)
            try FileHandle(fileDescriptor: pipe.writing, closeOnDealloc: false).write(contentsOf: text)
        } else {
            try text.write(to: folder.appending(path: "in"))
            childs.append(try Descriptors.open(folder.appending(path: "in").path()))
        }
        childs.append(try Descriptors.open(folder.appending(path: "out").path(), writes: true))
        if readsErrors {
            childs.append(try Descriptors.open(folder.appending(path: "err").path(), writes: true))
        } else {
            let pipe = try Descriptors.pipe()
            childs.append(pipe.writing)
            held.append(pipe.reading)
        }
        self.held = held
        child = try ChildProcess(
            program.hasPrefix("/") ? program : BuiltPrograms.directory.appending(path: program).path(), arguments,
            environment: BuiltPrograms.environment.merging(environment) { $1 },
            standard: .init(input: childs[0], output: childs[1], errors: childs[2]))
    }

    deinit {
        for descriptor in held { close(descriptor) }
        try? FileManager.default.removeItem(at: folder)
    }

    var output: String { read("out") }
    var errors: String { read("err") }

    private func read(_ name: String) -> String {
        (try? Data(contentsOf: folder.appending(path: name))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    func signal(_ number: Int32) { child.signal(number) }

    func finished() async -> Finished {
        let status = await child.end()
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

/// Waits until a condition holds. The limit is for what never will: a busy machine needs much of it.
func eventually(
    _ what: Comment, within limit: Duration = .seconds(40), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what, sourceLocation: sourceLocation)
    throw CancellationError()
}
