import Foundation
import ProgramSupport
import Testing

@testable import Zaichik

@Suite("serve --config", .serialized, .timeLimit(.minutes(1)))
final class ServeConfigurationTests {
    private let folder = URL.temporaryDirectory.appending(path: "zaichik-config-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: folder) }

    private var file: String { folder.appending(path: "zaichik.yaml").path() }

    private func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: file)) }

    @Test("a broker does what its file says of topics, sessions and limits")
    func serves() async throws {
        try write(
            """
            limits: {topics: 3}
            topics:
              templates:
                - {match: "metrics.*", retention: 10m}
            sessions: {expiry: 5m}
            """)
        let broker = try await ServedBroker.start(["--config", file])
        _ = try await broker.run("pub", "metrics.a", "x")
        #expect(try await broker.run("topic", "info", "metrics.a", "--json").output.contains("\"retention_ms\":600000"))
        _ = try await broker.run("topic", "create", "metrics.b", "--retention", "1h")
        #expect(
            try await broker.run("topic", "info", "metrics.b", "--json").output.contains("\"retention_ms\":3600000"))
        _ = try await broker.run("session", "create", "s")
        #expect(try await broker.run("session", "ls", "--json").output.contains("\"expiry_ms\":300000"))
        _ = try await broker.run("pub", "c", "x")
        #expect(try await broker.run("pub", "d", "x").errors.contains("3 topics"))
    }

    @Test("with creation by use off, pub and sub say how to create a topic, and create none")
    func noUse() async throws {
        try write("topics: {create-by-use: false}")
        let broker = try await ServedBroker.start(["--config", file])
        for arguments in [["pub", "orders", "x"], ["sub", "orders", "-n", "1"]] {
            let refused = await (try Running(arguments, environment: broker.environment)).finished()
            #expect(refused.status == 1 && refused.errors.contains("'zaichik topic create orders'"), "\(refused)")
        }
        #expect(try await broker.run("topic", "ls").lines.count == 1)
        #expect(try await broker.run("topic", "create", "orders").status == 0)
        #expect(try await broker.run("pub", "orders", "x").status == 0)
    }

    @Test("SIGHUP takes what can change, and says what cannot; a file with errors changes nothing")
    func reload() async throws {
        try write("limits: {topics: 1}\nloops: 1\nlog: {level: notice}")
        let broker = try await ServedBroker.start(["--config", file, "--max-sessions", "7"])
        _ = try await broker.run("pub", "a", "x")
        try write("limits: {topics: 2, sessions: 9}\nloops: 2\nlog: {level: info, format: json}")
        broker.running.signal(SIGHUP)
        try await eventually("it is read") { broker.running.errors.contains("is read anew") }
        let log = broker.running.errors
        #expect(log.contains(" notice ") && log.contains("entry=limits.topics from=1 to=2"))
        #expect(log.contains(" warning ") && log.contains("entry=loops from=1 to=2"))
        #expect(!log.contains("entry=limits.sessions"), "the option wins")
        #expect(try await broker.run("pub", "b", "x").status == 0)
        try await eventually("the level and the format are taken") {
            broker.running.errors.contains("\"message\":\"topic created\"")
        }
        try write("limits: {topics: 5, topcs: 3}\nname: [x]")
        broker.running.signal(SIGHUP)
        try await eventually("both errors are told") {
            broker.running.errors.contains("did you mean 'topics'?") && broker.running.errors.contains(":2:7: 'name'")
        }
        #expect(try await broker.run("pub", "c", "x").errors.contains("2 topics"))
        try FileManager.default.removeItem(atPath: file)
        broker.running.signal(SIGHUP)
        try await eventually("it is told") { broker.running.errors.contains("it does not exist") }
        broker.running.signal(SIGTERM)
        #expect(await broker.running.finished().status == 0)
    }

    @Test("--check-config says everything that is wrong and ends with 1, or that all is well and ends with 0")
    func check() async throws {
        try write("loops: 1\nlog: {level: info}")
        let well = await (try Running(["serve", "--config", file, "--check-config", "--log-level", "debug"])).finished()
        #expect(well.status == 0 && well.output.hasPrefix("\(file) is in order\n") && well.errors == "")
        #expect(well.output.contains("log.level is set by --log-level, over \(file):2\n"))
        try write("loops: x\nnme: y")
        for extra in [["--check-config"], ["--print-config"], []] {
            let ill = await (try Running(["serve", "--config", file] + extra)).finished()
            #expect(ill.status == 1 && ill.output == "")
            #expect(ill.errors.split(separator: "\n").count == 2)
            #expect(ill.errors.contains("\(file):1:8: ") && ill.errors.contains("\(file):2:1: "))
        }
        let missing = await (try Running(["serve", "--config", file + "x", "--check-config"])).finished()
        #expect(missing.status == 1 && missing.errors.contains("it does not exist"))
    }

    @Test("--print-config prints what counts, which can be loaded again")
    func printed() async throws {
        let first = await
            (try Running(
                ["serve", "--print-config", "--max-topics", "5"], environment: ["ZAICHIK_SERVE_NAME": "hare: 1"]))
            .finished()
        #expect(first.status == 0)
        #expect(first.output.contains("  topics: 5  # --max-topics\n"))
        #expect(first.output.contains("name: \"hare: 1\"  # ZAICHIK_SERVE_NAME\n"))
        #expect(first.output.contains("  sessions: 1000000  # default\n"))
        try write(first.output)
        let second = await (try Running(["serve", "--config", file, "--print-config"])).finished()
        func bare(_ text: String) -> [Substring] {
            text.split(separator: "\n").map { $0.split(separator: "  #", maxSplits: 1).first ?? "" }
        }
        #expect(bare(second.output) == bare(first.output))
    }
}
