import Foundation
import ProgramSupport
import Testing

@testable import Zaichik
@testable import ZaichikClient

/// Where `zaichik pub` takes messages from, and what it says of those that it cannot take.
@Suite("What pub publishes", .serialized, .timeLimit(.minutes(2)))
struct PublishInputTests {
    /// Runs a line of a shell, in which `z` is the program.
    private func shell(_ line: String, _ broker: ServedBroker) async throws -> Finished {
        let program = BuiltPrograms.directory.appending(path: "zaichik").path()
        let script = "z() { '\(program)' \"$@\"; }; \(line)"
        return await (try Running(["-c", script], program: "/bin/sh", environment: broker.environment)).finished()
    }

    private func payloads(_ topic: String, _ broker: ServedBroker) async throws -> String {
        try await broker.run("sub", topic, "--from", "first", "-e", "-F", "%X=%x,").output
    }

    @Test("arguments are bytes: what is not UTF-8 is published as it is")
    func anyBytes() async throws {
        let broker = try await ServedBroker.start()
        let published = try await shell(#"z pub b "$(printf '\377a')" -k "$(printf '\376')""#, broker)
        #expect(published.status == 0, "\(published)")
        #expect(try await shell(#"printf 'k\200v\n' | z pub b -l -K "$(printf '\200')""#, broker).status == 0)
        #expect(try await payloads("b", broker) == "fe=ff61,6b=76,")
        let name = try await shell(#"z pub "$(printf 'b\377')" x"#, broker)
        #expect(name.status == 64 && name.errors.contains("'b\\xff' is not UTF-8"), "\(name)")
        let folder = URL.temporaryDirectory.path()
        let file = try await shell(
            #"f="\#(folder)/$(printf 'zaichik-\377')"; printf c > "$f"; z pub b -f "$f"; s=$?; rm "$f"; exit $s"#,
            broker)
        #expect(file.status == 0, "\(file)")
        #expect(try await payloads("b", broker) == "fe=ff61,6b=76,=63,")
    }

    @Test(
        "standard input that is closed, or a directory, is an error that says so", arguments: ["-l", "-0", "-f -", "-"])
    func noInput(option: String) async throws {
        let broker = try await ServedBroker.start()
        for (source, reason) in [("<&-", "it is closed"), ("< /tmp", "Is a directory")] {
            let failed = try await shell("z pub t \(option) \(source)", broker)
            #expect(failed.status == 1 && failed.errors.contains("cannot read standard input"), "\(source): \(failed)")
            #expect(failed.errors.contains(reason) && !failed.errors.contains("CommandFailure"), "\(source): \(failed)")
        }
        #expect(try await broker.run("topic", "ls", "--json").output.isEmpty)
    }

    @Test("a dash is all of standard input, as a message and as a file, as one message")
    func dash() async throws {
        let broker = try await ServedBroker.start()
        #expect(try await broker.run("pub", "d", "-", input: "a\nb").status == 0)
        #expect(try await broker.run("pub", "d", "-f", "-", "-n2", input: "c\n").status == 0)
        #expect(try await payloads("d", broker) == "=610a62,=630a,=630a,")
    }

    @Test("several files are a message each, in their order")
    func files() async throws {
        let broker = try await ServedBroker.start()
        let folder = URL.temporaryDirectory.appending(path: "zaichik-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = ["b", "a"].map { folder.appending(path: $0).path() }
        for (path, text) in zip(paths, ["1", "2"]) { try Data(text.utf8).write(to: URL(filePath: path)) }
        #expect(try await broker.run("pub", "f", "-f", paths[0], "-f", "-", "-f", paths[1], input: "x").status == 0)
        #expect(try await payloads("f", broker) == "=31,=78,=32,")
        let missing = try await broker.run("pub", "f", "-f", paths[0], "-f", "/nowhere")
        #expect(missing.status == 1 && missing.errors.contains("/nowhere"))
        #expect(try await payloads("f", broker) == "=31,=78,=32,")
    }

    @Test("NUL bytes end the messages of -0, in and out, so that lines may be in them")
    func nul() async throws {
        let broker = try await ServedBroker.start()
        let ended = try await shell(#"printf 'a\nb\0\0k:c' | z pub n -0 -K: --key-optional"#, broker)
        #expect(ended.status == 0, "\(ended)")
        #expect(try await payloads("n", broker) == "=610a62,=,6b=63,")
        let read = try await shell(#"z sub n --from first -e -0 | od -An -tx1 | tr -d ' \n'"#, broker)
        #expect(read.output == "610a6200" + "00" + "6300")
        let json = try await broker.run("sub", "n", "--from", "first", "-n1", "-0", "--json")
        #expect(json.output.hasSuffix("}\0"))
    }

    @Test("a line without the separator is an error that names it, unless a key is optional")
    func keys() async throws {
        let broker = try await ServedBroker.start()
        let failed = try await broker.run("pub", "k", "-l", "-K\\t", input: "a\t1\nb 2\nc\t3\n")
        #expect(failed.status == 1, "\(failed)")
        #expect(
            failed.errors.contains("line 2 has no key: the separator '␉' is not in it; --key-optional"), "\(failed)")
        #expect(failed.errors.contains("1 message before it was accepted"), "\(failed)")
        #expect(try await broker.run("pub", "k", "-lK\\t", "--key-optional", input: "b 2\nc\t3\n").status == 0)
        #expect(try await payloads("k", broker) == "61=31,=622032,63=33,")
    }

    @Test("a line that is longer than the broker takes is refused, and not read to its end")
    func longLine() async throws {
        let broker = try await ServedBroker.start(["--max-frame", "8KiB"])
        // The rest of the line never comes.
        let writer = try Running(
            ["pub", "l", "-l"], input: "short\n" + String(repeating: "x", count: 30_000), keepsInputOpen: true,
            environment: broker.environment)
        let failed = await writer.finished()
        #expect(failed.status == 1 && failed.errors.contains("line 2 has more than 8164 bytes"), "\(failed)")
        #expect(failed.errors.contains("1 message before it was accepted"))
        let exact = String(repeating: "y", count: 8164)
        #expect(try await broker.run("pub", "l", "-l", input: "\(exact)\n").status == 0)
    }

    @Test("a topic that did not exist is told, once; --existing creates none")
    func existing() async throws {
        let broker = try await ServedBroker.start()
        let refused = try await broker.run("pub", "e", "x", "--existing")
        #expect(refused.status == 1 && refused.errors.contains("there is no topic 'e'"), "\(refused)")
        #expect(try await broker.run("topic", "ls", "--json").output.isEmpty)
        let none = try await broker.run("pub", "e", "-l", input: "")
        #expect(none.status == 0 && none.errors.isEmpty)
        #expect(try await broker.run("topic", "ls", "--json").output.isEmpty)
        let created = try await broker.run("pub", "e", "-l", input: "a\nb\n")
        #expect(created.status == 0 && created.errors == "zaichik: created topic 'e'; it did not exist\n")
        for options in [[], ["--existing"]] {
            let again = await (try Running(["pub", "e", "x"] + options, environment: broker.environment)).finished()
            #expect(again.status == 0 && again.errors.isEmpty)
        }
    }

    @Test("a broker that dies while pub waits for input ends it, with what is known of every line")
    func brokerDies() async throws {
        let broker = try await ServedBroker.start()
        let writer = try Running(
            ["pub", "d", "-l"], input: "a\nb\n", keepsInputOpen: true, environment: broker.environment)
        try await eventually("both are published") {
            try await broker.run("topic", "ls", "--json").output.contains("\"head_sequence\":2")
        }
        broker.running.signal(SIGKILL)
        let ended = await writer.finished()
        #expect(ended.status == 69, "\(ended)")
        #expect(ended.errors.contains("was lost") && ended.errors.contains("of 2 lines 2 were accepted"), "\(ended)")
    }

    @Test("a broker that dies before it has answered leaves an exact report: accepted, unknown, not sent")
    func brokerDiesOwing() async throws {
        let broker = try await ServedBroker.start()
        _ = await
            (try Running(
                ["topic", "create", "o", "--limit", "64KiB", "--overflow", "block"], environment: broker.environment))
            .finished()
        let reader = try broker.begin("sub", "o", "--no-commit", "--window", "1", "--name", "reader")
        try await broker.waitForSubscriber("reader")
        let line = String(repeating: "x", count: 999) + "\n"
        let writer = try broker.begin("pub", "o", "-l", input: String(repeating: line, count: 200))
        try await eventually("it is held back") { writer.errors.contains("a topic is full") }
        broker.running.signal(SIGKILL)
        let ended = await writer.finished()
        #expect(ended.status == 69, "\(ended)")
        let told = try #require(ended.errors.split(separator: "\n").last)
        let parts = try #require(
            told.firstMatch(of: /of \d+ lines (\d+) were accepted; lines? (\d+) .*so the broker may have accepted/))
        let (accepted, first) = (try #require(Int(parts.1)), try #require(Int(parts.2)))
        #expect(accepted > 0 && first == accepted + 1, "\(told)")
        #expect(await reader.finished().status == 69)
    }
}
