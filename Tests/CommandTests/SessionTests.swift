import ArgumentParser
import Foundation
import NIOCore
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import Zaichik
@testable import ZaichikClient

/// Sessions on the command line: `sub --session`, `session` and `parked`.
@Suite("Sessions on the command line", .serialized, .timeLimit(.minutes(2)))
struct SessionTests {
    private func object(_ line: some StringProtocol) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    private func publish(_ topic: String, _ lines: ClosedRange<Int>, _ broker: ServedBroker) async throws {
        let input = lines.map { "\($0)\n" }.joined()
        #expect(try await broker.run("pub", topic, "-l", input: input).status == 0)
    }

    @Test("what is published while nobody reads a session waits in it, and its start is that of the first time only")
    func staysBehind() async throws {
        let broker = try await ServedBroker.start()
        try await publish("s", 1...2, broker)
        let first = try await broker.run("sub", "s", "--session", "keep", "--from", "first", "-n", "2", "-W", "20s")
        #expect(first.status == 0 && first.lines == ["1", "2"], "\(first)")
        try await publish("s", 3...4, broker)
        let row = try object(try await broker.run("session", "ls", "--json").output)
        #expect(row["name"] as? String == "keep" && row["state"] as? String == "absent", "\(row)")
        #expect("\(row["lag_messages"] ?? "")" == "2" && "\(row["absent_since_us"] ?? "0")" != "0", "\(row)")
        let second = try await broker.run("sub", "s", "--session", "keep", "--from", "first", "-e", "-W", "20s")
        #expect(second.status == 0 && second.lines == ["3", "4"], "\(second)")
    }

    @Test("an absent session is among the clients, with its lag")
    func absentClient() async throws {
        let broker = try await ServedBroker.start()
        #expect(try await broker.run("sub", "s", "--session", "gone", "-W", "200ms").status == 75)
        try await publish("s", 1...3, broker)
        let row = try object(try await broker.run("client", "ls", "gone", "--json").output)
        #expect(row["state"] as? String == "absent" && row["session"] as? String == "gone", "\(row)")
        #expect("\(row["lag_messages"] ?? "")" == "3" && "\(row["expires_at_us"] ?? "0")" != "0", "\(row)")
        #expect(try await broker.run("lag", "-1").output.contains("3 messages behind"))
    }

    @Test("a second client takes an exclusive session over, and the first is told by whom and ends")
    func takeover() async throws {
        let broker = try await ServedBroker.start()
        let first = try broker.begin("sub", "s", "--session", "one", "--name", "first")
        try await broker.waitForSubscriber("first")
        let second = try broker.begin("sub", "s", "--session", "one", "--name", "second", "-n", "1")
        let ended = await first.finished()
        #expect(ended.status == 69 && ended.errors.contains("second"), "\(ended)")
        #expect(
            ended.errors.components(separatedBy: "second").count == 2 && !ended.errors.contains("again"), "\(ended)")
        try await publish("s", 1...1, broker)
        let read = await second.finished()
        #expect(read.status == 0 && read.lines == ["1"], "\(read)")
    }

    @Test("without topics a session's subscriptions are continued; one without any, or unknown, is not created")
    func withoutTopics() async throws {
        let broker = try await ServedBroker.start()
        #expect(try await broker.run("sub", "s.*", "t", "--session", "all", "-e", "-W", "20s").status == 0)
        try await publish("s.a", 1...2, broker)
        try await publish("t", 3...3, broker)
        let read = try await broker.run("sub", "--session", "all", "-e", "-W", "20s")
        #expect(read.status == 0 && read.lines == ["1", "2", "3"], "\(read)")
        let unknown = try await broker.run("sub", "--session", "al")
        #expect(unknown.status == 1 && unknown.errors.contains("there is no session 'al'"), "\(unknown)")
        #expect(try await broker.run("session", "create", "bare").status == 0)
        let bare = try await broker.run("sub", "--session", "bare")
        #expect(bare.status == 1 && bare.errors.contains("subscribes to nothing yet"), "\(bare)")
        #expect(try await broker.run("sub").status == 64)
        #expect(try await broker.run("session", "ls", "--json").lines.count == 2)
    }

    @Test("a parked message is shown without its headers, and those by name")
    func parkedHeaders() async throws {
        let broker = try await ServedBroker.start()
        let sent = try await broker.run("pub", "jobs", "-H", "color:grey", "-H", "size:xl", #"{"hares": 1}"#)
        #expect(sent.status == 0, "\(sent)")
        _ = try await broker.run(
            "sub", "jobs", "--session", "w", "--from", "first", "--attempts", "1", "-n", "1", "-W", "20s", "--exec",
            "false")
        let row = try object(try await broker.run("parked", "ls", "w", "--json").output)
        #expect("\(row["payload_bytes"] ?? "")" == "12", "\(row)")
        #expect((row["payload"] as? [String: Any])?["hares"] as? Int == 1, "\(row)")
        #expect((row["headers"] as? [[String: String]])?.map { $0["value"] } == ["grey", "xl"], "\(row)")
        #expect(try await broker.run("parked", "ls", "w").output.contains("\t12\t{\"hares\": 1}\n"))
        let shown = try await broker.run("parked", "show", "w", "1")
        #expect(shown.output.contains("color: grey") && shown.output.hasSuffix("\n{\"hares\": 1}\n"), "\(shown)")
        #expect(try await broker.run("parked", "show", "w", "1", "--raw").output == #"{"hares": 1}"#)
    }

    @Test("a session is created, changed, shown and deleted, and each says what it did")
    func administration() async throws {
        let broker = try await ServedBroker.start()
        let created = try await broker.run("session", "create", "work", "--shared", "--deadline", "30s")
        #expect(created.output == "created\n", "\(created)")
        #expect(try await broker.run("session", "create", "work").output == "exists already, unchanged\n")
        let changed = try await broker.run("session", "set", "work", "--attempts", "5", "--shared")
        #expect(changed.output == "changed: attempts any number → 5\n", "\(changed)")
        let info = try object(try await broker.run("session", "info", "work", "--json").output)
        #expect(info["mode"] as? String == "shared" && "\(info["commit_deadline_ms"] ?? "")" == "30000", "\(info)")
        #expect("\(info["attempts"] ?? "")" == "5" && info["in_topics"] is [Any] && info["connections"] is [Any])
        for figure in SessionFigure.allCases { #expect(info[figure.name] != nil, "\(figure)") }
        let text = try await broker.run("session", "info", "work")
        #expect(text.status == 0 && text.output.contains("commit_deadline_ms") && text.output.contains("It is shared"))
        #expect(try await broker.run("session", "rm", "work").output == "deleted; everything was done\n")
        let others = [
            ["info", "work"], ["rm", "work"], ["set", "work", "--attempts", "1"],
            ["seek", "work", "s", "--to", "first"],
        ]
        for words in others {
            let missing = await (try Running(["session"] + words, environment: broker.environment)).finished()
            #expect(missing.status == 1 && missing.errors.contains("zaichik session ls"), "\(words): \(missing)")
        }
    }

    @Test("a session is moved back and does everything again, and moved ahead it gives up what waits")
    func seek() async throws {
        let broker = try await ServedBroker.start()
        try await publish("s", 1...5, broker)
        let read = { try await broker.run("sub", "s", "--session", "r", "--from", "first", "-e", "-W", "20s").lines }
        #expect(try await read().count == 5)
        #expect(try await broker.run("session", "seek", "r", "s", "--to", "last:2").output == "moved in 1 topic\n")
        #expect(try await read() == ["4", "5"])
        #expect(try await broker.run("session", "seek", "r", "s", "--to", "seq:3").status == 0)
        #expect(try await read() == ["3", "4", "5"])
        let pattern = try await broker.run("session", "seek", "r", ">", "--to", "seq:3")
        #expect(pattern.status == 64 && pattern.errors.contains("needs a topic's name"), "\(pattern)")
        #expect(try await broker.run("session", "seek", "r", ">", "--to", "first").status == 0)
        #expect(try await broker.run("session", "seek", "r", "*", "--to", "new").status == 0)
        #expect(try await read().isEmpty)
        let none = try await broker.run("session", "seek", "r", "other", "--to", "first")
        #expect(none.status == 1 && none.errors.contains("reads no topic"), "\(none)")
        let wrong = try await broker.run("session", "seek", "r", "s", "--to", "connect")
        #expect(wrong.status == 64 && wrong.errors.contains("cannot be moved there"), "\(wrong)")
    }

    @Test("what fails too often is parked, and is listed, shown as a whole, released and dropped")
    func parked() async throws {
        let broker = try await ServedBroker.start()
        let long = String(repeating: "x", count: 1000)
        for message in ["bad \(long)", "worse"] { #expect(try await broker.run("pub", "s", message).status == 0) }
        let failed = try await broker.run(
            "sub", "s", "--session", "p", "--from", "first", "--attempts", "2", "--exec", "exit 3", "-e", "-W", "20s")
        #expect(failed.status == 1 && failed.errors.contains("s/1: exit code 3, attempt 2"), "\(failed)")
        let rows = try await broker.run("parked", "ls", "p", "--json").lines.map(object)
        #expect(rows.count == 2 && rows.allSatisfy { $0["reason"] as? String == "exit code 3" }, "\(rows)")
        let number = try #require(rows[0]["number"])
        let shown = try await broker.run("parked", "show", "p", "\(number)", "--raw")
        #expect(shown.output == "bad \(long)", "\(shown)")
        let text = try await broker.run("parked", "show", "p", "\(number)")
        #expect(text.output.contains("exit code 3") && text.output.contains(long), "\(text)")
        #expect(try await broker.run("parked", "release", "p", "\(number)").output == "released 1 message\n")
        let done = try await broker.run("sub", "s", "--session", "p", "-n", "1", "-F", "%a %l\\n", "-W", "20s")
        #expect(done.output == "3 1004\n", "\(done)")
        #expect(try await broker.run("parked", "drop", "p", "--all").output == "dropped 1 message\n")
        #expect(try await broker.run("parked", "ls", "p").lines.count == 1)
        let missing = try await broker.run("parked", "release", "p", "99")
        #expect(missing.status == 1 && !missing.errors.isEmpty, "\(missing)")
        let unknown = try await broker.run("parked", "ls", "q")
        #expect(unknown.status == 1 && unknown.errors.contains("zaichik session ls"), "\(unknown)")
    }

    @Test("several workers of a shared session do each message once")
    func workers() async throws {
        let broker = try await ServedBroker.start()
        let workers = try (1...3).map { number in
            try broker.begin(
                "sub", "jobs", "--session", "w", "--shared", "--window", "4", "--name", "worker\(number)", "-F",
                "%p %a\\n")
        }
        for number in 1...3 { try await broker.waitForSubscriber("worker\(number)") }
        try await publish("jobs", 1...300, broker)
        let done = { workers.flatMap { $0.output.split(separator: "\n") } }
        try await eventually("all are done") { done().count == 300 }
        #expect(Set(done()) == Set((1...300).map { "\($0) 1" }))
        #expect(workers.allSatisfy { !$0.output.isEmpty }, "each of them has done some")
        for worker in workers { worker.signal(SIGTERM) }
        for worker in workers { #expect(await worker.finished().status == 143) }
    }
}
