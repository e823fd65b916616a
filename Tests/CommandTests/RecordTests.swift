import Foundation
import NIOCore
import ProgramSupport
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import Zaichik
@testable import ZaichikClient

@Suite("record, replay, top and completion", .serialized, .timeLimit(.minutes(1)))
final class RecordTests {
    private let folder = URL.temporaryDirectory.appending(path: "zaichik-record-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: folder) }

    private func write(_ text: String) throws -> String {
        let file = folder.appending(path: "recording.jsonl").path()
        try Data(text.utf8).write(to: URL(filePath: file))
        return file
    }

    private static let head = #"{"format":"zaichik-recording","version":1,"broker":"b","topics":["t"]}"#

    private func message(_ time: Int, _ payload: String, topic: String = "t") -> String {
        #"{"at_us":\#(time),"topic":"\#(topic)","sequence":1,"timestamp":5,"key":null,"payload":"\#(payload)"}"#
    }

    @Test("what was recorded is replayed as it was: topics, keys, headers and payloads, UTF-8 or not")
    func roundTrip() async throws {
        let broker = try await ServedBroker.start()
        _ = try await broker.run("pub", "a", "-k", "key", "-H", "x:y", "one\u{1B}\"\\")
        _ = try await broker.run("pub", "b", "two")
        let bytes = folder.appending(path: "bytes")
        try Data([0, 255, 10, 128]).write(to: bytes)
        _ = try await broker.run("pub", "a", "-f", bytes.path())
        let recorded = try await broker.run("record", "a", "b", "--from", "first", "-e")
        #expect(recorded.status == 0 && recorded.lines.count == 4, "\(recorded)")
        let other = try await ServedBroker.start()
        let replayed = try await other.run("replay", try write(recorded.output), "--speed", "0")
        #expect(replayed.status == 0 && replayed.errors.contains("3 messages replayed: 3 accepted"), "\(replayed)")
        for topic in ["a", "b"] {
            func messages(_ broker: ServedBroker) async throws -> String {
                try await broker.run("sub", topic, "--from", "first", "-e", "-F", "%t %s %B %h %b\\n").output
            }
            let original = try await messages(broker)
            #expect(try await messages(other) == original && !original.isEmpty)
        }
    }

    @Test("a replay to another topic goes there; a dry run says what would be published and publishes nothing")
    func dryRun() async throws {
        let broker = try await ServedBroker.start()
        let file = try write(
            [Self.head, message(0, "x"), message(2_000_000, "yy", topic: "u")].joined(separator: "\n"))
        let dry = try await broker.run("replay", file, "--dry-run", "--speed", "2x")
        #expect(dry.output == "would publish 2 messages in 1 s\n  t: 1, 1 B of payload\n  u: 1, 2 B of payload\n")
        #expect(try await broker.run("topic", "ls").lines.count == 1)
        #expect(try await broker.run("replay", file, "--speed", "0", "--to", "v").status == 0)
        #expect(try await broker.run("sub", "v", "--from", "first", "-e").output == "x\nyy\n")
        #expect(try await broker.run("topic", "ls").lines.count == 2)
    }

    @Test("a last line that is cut off is an error with its number, and it is said what was replayed")
    func truncated() async throws {
        let broker = try await ServedBroker.start()
        let text = [Self.head, message(0, "x"), message(0, "y"), message(0, "z")].joined(separator: "\n")
        let finished = try await broker.run("replay", try write(String(text.dropLast(9))), "--speed", "0")
        #expect(finished.status == 1)
        #expect(finished.errors.contains("line 4 of '") && finished.errors.contains("cut off"))
        #expect(finished.errors.contains("2 messages replayed: 2 accepted"), "\(finished)")
        #expect(try await broker.run("sub", "t", "--from", "first", "-e").output == "x\ny\n")
    }

    @Test("refused messages are counted with the first reason, and the exit code is 1")
    func refused() async throws {
        let broker = try await ServedBroker.start()
        _ = try await broker.run("topic", "create", "t", "--limit", "4k", "--overflow", "reject")
        let reader = try broker.begin("sub", "t", "--name", "tortoise", "--no-commit", "--window", "1")
        try await broker.waitForSubscriber("tortoise")
        let long = String(repeating: "x", count: 3000)
        let lines = [Self.head] + (0..<9).map { message($0, long) }
        let finished = try await broker.run("replay", try write(lines.joined(separator: "\n")), "--speed", "0")
        #expect(finished.status == 1)
        #expect(
            finished.errors.contains("9 messages replayed: ") && finished.errors.contains(" refused ("), "\(finished)")
        reader.signal(SIGINT)
        _ = await reader.finished()
    }

    @Test(
        "what is no recording, or of another version, or misses something, is refused with the reason",
        arguments: [
            ("", "it is empty"), ("hello", "first line is not that"),
            (#"{"format":"zaichik-recording","version":2}"#, "has version 2"),
            (RecordTests.head + "\n{}", "line 2 of '"),
            (RecordTests.head + "\n" + #"{"at_us":0,"topic":"a..b","payload":""}"#, "a..b"),
            (RecordTests.head + "\n" + #"{"at_us":0,"topic":"a","payload_base64":"?"}"#, "is not base64"),
            (RecordTests.head + "\n" + #"{"at_us":0,"topic":"a"}"#, "has no 'payload'"),
            (RecordTests.head + "\n" + #"{"at_us":"0","topic":"a"}"#, "'at_us' is of the wrong kind"),
        ])
    func unusable(text: String, reason: String) async throws {
        let finished = await (try Running(["replay", try write(text), "--dry-run"])).finished()
        #expect(finished.status == 1 && finished.errors.contains(reason), "\(finished)")
    }

    @Test("the time of a recording never goes back, and a gap has its place in it")
    func clock() throws {
        let clock = Recording.Clock()
        #expect(clock.now == 0)
        #expect([500, 700, 650, 900].map { clock.time(of: $0) } == [0, 200, 200, 400])
        #expect(clock.now == 400)
        let line = ByteBuffer(string: #"{"at_us":400,"topic":"t","gap":{"first":3,"last":7,"reason":"expired"}}"#)
        guard case .gap(5) = try RecordedLine.read(line) else { return #expect(Bool(false)) }
    }

    // MARK: top

    @Test("top prints a block each time where there is no terminal, and ends after its count")
    func top() async throws {
        let broker = try await ServedBroker.start()
        let finished = try await broker.run("top", "-C", "2", "--interval", "100ms", "--limit", "1")
        let blocks = finished.output.split(separator: "\n\n")
        #expect(finished.status == 0 && blocks.count == 2)
        for block in blocks {
            let lines = block.split(separator: "\n")
            #expect(lines.count == 3 && lines[0].hasPrefix("# ") && lines[1].hasPrefix("id\tname\tstate\t"))
            #expect(!block.contains("\u{1B}"))
        }
    }

    @Test("on a terminal top draws over what it drew before, and no more than fits", arguments: [1, 2, 5, 24])
    func screen(height: Int) {
        let rows = (1...9).map { number in
            var row = ClientStatistics()
            row.id = UInt64(number)
            row.name = "兎-\(number)"
            return row
        }
        let update = StatisticsUpdate(
            time: 11_045_000_000, broker: BrokerStatistics(), clients: RowPage(rows: rows, matching: 30))
        let screen = TopScreen(update, time: { TimeText.text($0) })
        for isFirst in [true, false] {
            let text = screen.redrawn(width: 40, height: height, isFirst: isFirst)
            #expect(text.hasPrefix(isFirst ? "\u{1B}[2J\u{1B}[H" : "\u{1B}[H") && text.hasSuffix("\u{1B}[J"))
            let lines = text.split(separator: "\r\n").map {
                $0.split(separator: "\u{1B}").last { !$0.hasPrefix("[J") } ?? ""
            }
            #expect(lines.count <= height)
            #expect(text.contains("more") == (height > 3))
        }
    }

    // MARK: completion

    /// Has bash complete the last of the words, as it does after a tab.
    private func complete(_ words: [String], environment: [String: String]) async throws -> [String] {
        let script = folder.appending(path: "completion.bash")
        let printed = await (try Running(["completion", "bash"])).finished()
        #expect(printed.status == 0)
        try Data(printed.output.utf8).write(to: script)
        let quoted = (["zaichik"] + words).map { "'\($0)'" }.joined(separator: " ")
        let body = """
            . '\(script.path())'
            COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count)
            COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
            _zaichik zaichik "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"; printf '%s\\n' "${COMPREPLY[@]}"
            """
        let path = BuiltPrograms.directory.path() + ":/usr/bin:/bin"
        let finished = await
            (try Running(
                ["-c", body], program: "/bin/bash", environment: environment.merging(["PATH": path]) { $1 })).finished()
        #expect(finished.errors == "", "\(finished)")
        return finished.lines.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    @Test("bash completes names of topics, clients and sessions from the running broker, and options")
    func bash() async throws {
        let broker = try await ServedBroker.start()
        for topic in ["orders", "orders.eu", "metrics"] { _ = try await broker.run("topic", "create", topic) }
        _ = try await broker.run("session", "create", "billing")
        let reader = try broker.begin("sub", "orders", "--name", "tortoise")
        try await broker.waitForSubscriber("tortoise")
        let environment = broker.environment
        #expect(try await complete(["topic", "info", "or"], environment: environment) == ["orders", "orders.eu"])
        #expect(try await complete(["sub", "m"], environment: environment) == ["metrics"])
        #expect(try await complete(["client", "info", "t"], environment: environment) == ["tortoise"])
        #expect(try await complete(["session", "rm", ""], environment: environment).contains("billing"))
        #expect(try await complete(["rep"], environment: environment) == ["replay"])
        #expect(try await complete(["replay", "--spe"], environment: environment) == ["--speed"])
        reader.signal(SIGINT)
        _ = await reader.finished()
    }

    @Test("without a broker no names are completed, and nothing is said")
    func noBroker() async throws {
        let nobody = ["ZAICHIK_ADDRESS": "127.0.0.1:1"]
        #expect(try await complete(["topic", "info", "or"], environment: nobody) == [])
    }

    @Test("each shell gets its script", arguments: ["bash", "zsh", "fish"])
    func scripts(shell: String) async throws {
        let finished = await (try Running(["completion", shell])).finished()
        #expect(finished.status == 0 && finished.output.contains("---completion"))
    }
}
