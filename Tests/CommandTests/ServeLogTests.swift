import Foundation
import ProgramSupport
import Testing

@testable import Zaichik

@Suite("The log of serve, and its signals", .serialized, .timeLimit(.minutes(1)))
final class ServeLogTests {
    private let folder = URL.temporaryDirectory.appending(path: "zaichik-log-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: folder) }

    private func path(_ name: String) -> String { folder.appending(path: name).path() }
    private func text(_ name: String) -> String { (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? "" }

    @Test("--log-file gets the log in place of standard error, after what is in it")
    func file() async throws {
        try Data("before\n".utf8).write(to: folder.appending(path: "log"))
        let broker = try await ServedBroker.start(["--log-file", path("log"), "--log-level", "info"])
        _ = try await broker.run("pub", "orders", "x", "--name", "hare")
        broker.running.signal(SIGTERM)
        let ended = await broker.running.finished()
        #expect(ended.status == 0 && ended.errors == "")
        let lines = text("log").split(separator: "\n")
        #expect(lines.first == "before" && lines.last?.hasSuffix("stopped") == true)
        #expect(
            lines.contains { $0.contains(" info ") && $0.contains("name=\"hare\"") && $0.hasSuffix("client connected") }
        )
        #expect(lines.contains { $0.contains("reason=\"it sent CLOSE\"") && $0.hasSuffix("client disconnected") })
        #expect(lines.contains { $0.contains("topic=\"orders\"") && $0.hasSuffix("topic created") })
    }

    @Test("SIGHUP opens the file anew, as often as it comes, so that logs can be rotated")
    func rotated() async throws {
        let broker = try await ServedBroker.start(["--log-file", path("log")])
        try await eventually("it listens") { text("log").contains("listening") }
        for number in 1...3 {
            try FileManager.default.moveItem(atPath: path("log"), toPath: path("log.\(number)"))
            broker.running.signal(SIGHUP)
            try await eventually("the new file is there") { text("log").contains("is open anew") }
        }
        broker.running.signal(SIGTERM)
        #expect(await broker.running.finished().status == 0)
        #expect(text("log.1").split(separator: "\n").count == 1)
        #expect(text("log").hasSuffix("stopped\n"))
    }

    @Test("SIGHUP goes on in the old file if the new one cannot be opened, and says so")
    func rotatedInVain() async throws {
        let inner = folder.appending(path: "inner")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        let broker = try await ServedBroker.start(["--log-file", inner.appending(path: "log").path()])
        try FileManager.default.moveItem(at: inner, to: folder.appending(path: "moved"))
        broker.running.signal(SIGHUP)
        try await eventually("it says so") { text("moved/log").contains("the log goes on in the old file") }
        #expect(text("moved/log").contains(" error "))
        #expect(try await broker.run("topic", "ls").status == 0)
    }

    @Test("SIGHUP without a log file is a notice, and the broker serves on; so a terminal may go away")
    func hangUp() async throws {
        let broker = try await ServedBroker.start()
        broker.running.signal(SIGHUP)
        try await eventually("it is noticed") { broker.running.errors.contains("no file to open anew") }
        broker.running.signal(SIGHUP)
        #expect(try await broker.run("topic", "ls").status == 0)
        let stopped = try await broker.run("stop", "--port", broker.port)
        #expect(stopped.status == 0)
        #expect(await broker.running.finished().status == 0)
    }

    @Test("a log file that cannot be opened is an error at the start", arguments: ["missing/log", ""])
    func unopenable(name: String) async throws {
        let path = name.isEmpty ? folder.path() : path(name)
        let ended = await (try Running(["serve", "--listen", "127.0.0.1:0", "--log-file", path])).finished()
        #expect(ended.status == 1 && ended.output == "")
        #expect(ended.errors.contains("cannot open the log file '\(path)'"), "\(ended)")
    }

    @Test("lines that a full disk refuses are counted, and told once there is room")
    func full() throws {
        var output = LogOutput(descriptor: open("/dev/full", O_WRONLY))
        let result = output.write("one\ntwo\n")
        let failed = try #require(result)
        #expect(failed.lines == 2 && failed.problem == "No space left on device")
        let text = LogLine.unwritten(2, failed.problem).text
        #expect(text.hasSuffix("lines=2 [Zaichik] 2 log lines before this one could not be written: \(failed.problem)"))
    }

    @Test("standard descriptors that are closed at the start go to no client", arguments: ["serve", "pub"])
    func closedDescriptors(command: String) async throws {
        if command == "serve" {
            let file = path("log")
            let script = "exec \"$0\" serve --listen 127.0.0.1:0 --log-file '\(file)' <&- >&- 2>&-"
            let program = BuiltPrograms.directory.appending(path: "zaichik").path()
            let running = try Running(
                ["-c", script, program], program: "/bin/sh", environment: ["XDG_RUNTIME_DIR": folder.path()])
            try await eventually("it listens") { text("log").contains("listening") }
            for number in 0...2 {
                let target = try FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(running.pid)/fd/\(number)")
                #expect(target == "/dev/null", "\(number)")
            }
            running.signal(SIGTERM)
            #expect(await running.finished().status == 0)
        } else {
            let broker = try await ServedBroker.start()
            let program = BuiltPrograms.directory.appending(path: "zaichik").path()
            let script = "exec \"$0\" topic ls >&-"
            let ended = await
                (try Running(["-c", script, program], program: "/bin/sh", environment: broker.environment))
                .finished()
            #expect(ended.status == 1 && ended.errors.contains("cannot write to standard output"), "\(ended)")
        }
    }
}
