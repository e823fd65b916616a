import Foundation
import NIOCore
import Testing
import ZaichikProtocol

@testable import Zaichik
@testable import ZaichikClient

@Suite("Commands for the shell")
struct ShellCommandTests {
    /// As the program does at its start.
    init() { signal(SIGPIPE, SIG_IGN) }

    private func run(_ text: String, input: String = "", variables: [String] = []) -> ShellCommand.Ending {
        ShellCommand(Array(text.utf8)).run(
            input: ByteBuffer(string: input), variables: variables.map { Array($0.utf8) })
    }

    @Test("how it ended is told: its code, or the signal that killed it")
    func endings() {
        #expect(run("exit 0") == .exited(0) && run("exit 7") == .exited(7))
        #expect(run("kill -9 $$") == .killed(9) && run("kill -15 $$") == .killed(15))
        #expect(run("no-such-command-of-any-name 2>/dev/null") == .exited(127))
        #expect(ShellCommand.Ending.exited(3).description == "exit code 3")
        #expect(ShellCommand.Ending.killed(9).description == "killed by signal 9")
    }

    @Test("the message is at its standard input, as long as it may be and whether or not it is read")
    func input() {
        let long = String(repeating: "x", count: 1 << 20)
        #expect(run("test $(wc -c) = 1048576", input: long) == .exited(0))
        #expect(run("true", input: long) == .exited(0))
        #expect(run("test -z \"$(cat)\"") == .exited(0))
    }

    @Test("its environment has what is given, in place of what was there, and all the rest")
    func environment() {
        #expect(run("test \"$A\" = 'b c' && test -n \"$PATH\"", variables: ["A=b c"]) == .exited(0))
        #expect(run("test \"$PATH\" = x", variables: ["PATH=x"]) == .exited(0))
    }

    @Test("many at a time end as soon as they are done: none keeps the input of another open")
    func manyAtOnce() async {
        await withTaskGroup(of: ShellCommand.Ending.self) { group in
            for _ in 0..<16 { group.addTask { run("cat > /dev/null", input: "x") } }
            for await ending in group { #expect(ending == .exited(0)) }
        }
    }
}

@Suite("sub --exec", .serialized, .timeLimit(.minutes(2)))
struct ExecTests {
    private func publish(_ topic: String, _ lines: ClosedRange<Int>, _ broker: ServedBroker) async throws {
        let input = lines.map { "\($0)\n" }.joined()
        #expect(try await broker.run("pub", topic, "-l", input: input).status == 0)
    }

    @Test("a command has the message at its input and all about it in its environment, and its output passes through")
    func environment() async throws {
        let broker = try await ServedBroker.start()
        #expect(try await broker.run("pub", "a.b", "hello", "-k", "key").status == 0)
        let command = "echo $ZAICHIK_TOPIC $ZAICHIK_KEY $ZAICHIK_KEY_BASE64 $ZAICHIK_SEQUENCE $ZAICHIK_ATTEMPT "
        let ended = try await broker.run(
            "sub", "a.b", "--from", "first", "-n", "1", "-W", "20s", "--session", "s", "--exec",
            command + "$ZAICHIK_SESSION \"<$ZAICHIK_REASON>\" $((ZAICHIK_TIMESTAMP > 0)); cat; echo problem >&2")
        #expect(ended.status == 0 && ended.output == "a.b key a2V5 1 1 s <> 1\nhello", "\(ended)")
        #expect(ended.errors == "problem\n", "\(ended)")
        for variable in MessageVariable.allCases { #expect(MessageVariable.table.contains(variable.rawValue)) }
    }

    @Test("a message whose command fails comes again with the reason, until the command ends with 0")
    func returns() async throws {
        let broker = try await ServedBroker.start()
        try await publish("j", 1...3, broker)
        let ended = try await broker.run(
            "sub", "j", "--from", "first", "-e", "-W", "20s", "--session", "s", "--exec",
            "test $(cat) != 2 -o $ZAICHIK_ATTEMPT = 3 || exit 9; echo $ZAICHIK_SEQUENCE \"$ZAICHIK_REASON\"")
        #expect(ended.status == 0 && Set(ended.lines) == ["1 ", "2 exit code 9", "3 "], "\(ended)")
        #expect(ended.errors.contains("zaichik: j/2: exit code 9, attempt 1; returned\n"), "\(ended)")
        let row = try await broker.run("session", "ls", "--json").output
        #expect(row.contains("\"lag_messages\":0") && row.contains("\"redelivered_messages\":2"), "\(row)")
    }

    @Test("a command that a signal kills has not done its message")
    func killed() async throws {
        let broker = try await ServedBroker.start()
        try await publish("j", 1...1, broker)
        let ended = try await broker.run(
            "sub", "j", "--from", "first", "-n", "1", "-W", "20s", "--exec", "kill -9 $$")
        #expect(ended.status == 1 && ended.errors.contains("killed by signal 9"), "\(ended)")
        #expect(ended.errors.contains("1 message is not done"), "\(ended)")
    }

    @Test("so many commands run at a time as are asked for")
    func parallel() async throws {
        let broker = try await ServedBroker.start()
        try await publish("j", 1...4, broker)
        let folder = URL.temporaryDirectory.appending(path: "zaichik-exec-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Each waits for all the others, which only works if they run together.
        let ended = try await broker.run(
            "sub", "j", "--from", "first", "-n", "4", "-W", "20s", "--parallel", "4", "--exec",
            "touch \(folder.path())/$ZAICHIK_SEQUENCE; until [ $(ls \(folder.path()) | wc -l) = 4 ]; do sleep 0.01; done"
        )
        #expect(ended.status == 0, "\(ended)")
    }

    @Test("a command that takes longer than the deadline keeps its message")
    func touches() async throws {
        let broker = try await ServedBroker.start()
        try await publish("j", 1...1, broker)
        let ended = try await broker.run(
            "sub", "j", "--from", "first", "-e", "-W", "20s", "--session", "s", "--deadline", "300ms", "--exec",
            "sleep 1; echo $ZAICHIK_ATTEMPT")
        #expect(ended.status == 0 && ended.output == "1\n", "\(ended)")
    }

    @Test("an interrupted command takes no more, and commits what its command has done meanwhile")
    func interrupted() async throws {
        let broker = try await ServedBroker.start()
        try await publish("j", 1...3, broker)
        let running = try broker.begin(
            "sub", "j", "--from", "first", "--session", "s", "--exec", "echo begun; sleep 1; echo done")
        try await eventually("it has begun") { running.output == "begun\n" }
        running.signal(SIGTERM)
        let ended = await running.finished()
        #expect(ended.status == 143 && ended.output == "begun\ndone\n", "\(ended)")
        try await eventually("one is committed, and two wait") {
            try await broker.run("session", "ls", "--json").output.contains("\"lag_messages\":2")
        }
    }

    @Test(
        "what does not go together is a usage error",
        arguments: [
            (["--parallel", "2"], "goes with --exec"), (["--exec", ""], "needs a command"),
            (["--exec", "true", "--json"], "give no format"), (["--exec", "true", "--no-commit"], "ends with 0"),
            (["--shared"], "go with --session"), (["--session", "s", "--no-commit"], "counts as an attempt"),
            (["--session", "s", "--deadline", "99ms"], "at least 100ms"),
            (["--session", "s", "--exclusive", "--shared"], "--shared"), (["--session", ""], "at least 1 byte"),
        ])
    func usage(words: [String], reason: String) async throws {
        let failed = await (try Running(["sub", "j"] + words, environment: ["ZAICHIK_ADDRESS": "127.0.0.1:1"]))
            .finished()
        #expect(failed.status == 64 && failed.errors.contains(reason), "\(failed)")
    }
}
