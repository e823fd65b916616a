import ArgumentParser
import Foundation
import ProgramSupport
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import Zaichik
@testable import ZaichikClient

@Suite("topic, client and lag", .serialized, .timeLimit(.minutes(1)))
struct ListTests {
    private func object(_ line: some StringProtocol) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test("a topic is created with settings, changed, listed and shown")
    func topics() async throws {
        let broker = try await ServedBroker.start()
        let arguments = [
            "--retention", "1h30m", "--dedup-window", "500ms", "--dedup-scope", "topic", "--limit", "2MiB",
            "--overflow", "block", "--history-bytes", "64k", "--history-count", "7",
        ]
        let created = await (try Running(["topic", "create", "t"] + arguments, environment: broker.environment))
            .finished()
        #expect(created.output == "created\n")
        #expect(try await broker.run("topic", "create", "t").output == "exists already, unchanged\n")
        #expect(
            try await broker.run("topic", "create", "t", "--retention", "0").output
                == "exists already, changed: retention 1h30m → any age\n")
        #expect(
            try await broker.run("topic", "set", "t", "--history-count", "7", "--limit", "2MiB").output == "unchanged\n"
        )
        #expect(
            try await broker.run("topic", "set", "t", "--history-count", "8").output == "changed: history-count 7 → 8\n"
        )
        let unknown = try await broker.run("topic", "set", "u", "--history-count", "8")
        #expect(unknown.status == 1 && unknown.errors.contains("there is no topic 'u'"))
        let line = try await broker.run("topic", "info", "t", "--json").output
        let topic = try object(line)
        let expected: [String: Any] = [
            "name": "t", "retention_ms": 0, "dedup_window_ms": 500, "dedup_scope": "topic", "limit_bytes": 2 << 20,
            "overflow": "block", "history_bytes": 64 << 10, "history_messages": 8, "head_sequence": 0,
        ]
        for (key, value) in expected { #expect("\(topic[key] ?? "-")" == "\(value)", "\(key)") }
        for figure in TopicFigure.allCases { #expect(topic[figure.name] != nil) }
        let table = try await broker.run("topic", "ls")
        #expect(table.lines.map { $0.split(separator: "\t").first } == ["name", "t"])
        let missing = try await broker.run("topic", "info", "u")
        #expect(missing.status == 1 && missing.errors.contains("zaichik topic ls"))
    }

    @Test("topic info says who reads a topic, how far behind each is, who holds it back and who publishes")
    func topicInfo() async throws {
        let broker = try await ServedBroker.start()
        let reader = try broker.begin("sub", "t", "--name", "tortoise", "--window", "1", "--no-commit")
        try await broker.waitForSubscriber("tortoise")
        let writer = try Running(
            ["pub", "t", "-l", "--name", "fox"], input: "one\ntwo\n", keepsInputOpen: true,
            environment: broker.environment)
        try await eventually("the messages come") {
            try await broker.run("topic", "info", "t").output.contains("2 messages")
        }
        let shown = try await broker.run("topic", "info", "t").output
        #expect(shown.contains("1 client reads it; 'tortoise#") && shown.contains("holds it back: 2 messages"))
        #expect(shown.contains("'fox#"))
        let detail = try object(await broker.run("topic", "info", "t", "--json").output)
        let readers = try #require(detail["readers"] as? [[String: Any]])
        #expect(readers.map { $0["name"] as? String } == ["tortoise"])
        #expect(readers[0]["holding"] as? Bool == true && readers[0]["lag_messages"] as? Int == 2)
        #expect((detail["publishers"] as? [[String: Any]])?.map { $0["name"] as? String } == ["fox"])
        #expect((detail["verdict"] as? String)?.contains("holds it back") == true)
        for process in [reader, writer] {
            process.signal(SIGINT)
            _ = await process.finished()
        }
    }

    @Test("a client is found by its exact name first, whatever the name looks like")
    func namedLikeAnID() async throws {
        let broker = try await ServedBroker.start()
        let readers = try ["x", "x#1", "1", "y#999"].map { try broker.begin("sub", "a", "--name", $0) }
        for name in ["x#1", "y#999"] { try await broker.waitForSubscriber(name) }
        try await eventually("all are there") {
            try await broker.run("client", "ls", "--json").lines.count { $0.contains("\"subscriptions\":1") } == 4
        }
        let rows = try await broker.run("client", "ls", "--json").lines.map { try object($0) }
        for name in ["x", "x#1", "1", "y#999"] {
            let shown = try object(await broker.run("client", "info", name, "--json").output)
            #expect(shown["name"] as? String == name)
        }
        let id = try #require(rows.first { $0["name"] as? String == "x" }?["id"] as? Int)
        for text in ["x#\(id)", "#\(id)"] where text != "x#1" {
            #expect(try object(await broker.run("client", "info", text, "--json").output)["id"] as? Int == id)
        }
        let wrong = try await broker.run("client", "info", "z#\(id)")
        #expect(wrong.status == 1 && wrong.errors.contains("client \(id) is called 'x', not 'z'"))
        let unknown = try await broker.run("client", "info", "#987654")
        #expect(unknown.status == 1 && unknown.errors.contains("zaichik client ls"))
        for reader in readers {
            reader.signal(SIGINT)
            _ = await reader.finished()
        }
    }

    @Test("the slowest client, why it is slow and what it has lost are in one command")
    func losing() async throws {
        let broker = try await ServedBroker.start()
        let quiet = try await broker.run("lag", "-1")
        #expect(quiet.status == 0 && quiet.output.contains("nobody loses messages"))
        _ = try await broker.run("topic", "create", "t", "--limit", "64k")
        let reader = try broker.begin("sub", "t", "--name", "tortoise", "--window", "1", "--no-commit")
        try await broker.waitForSubscriber("tortoise")
        let lines = String(repeating: String(repeating: "x", count: 1000) + "\n", count: 500)
        #expect(try await broker.run("pub", "t", "-l", input: lines).status == 0)
        try await eventually("the loss is seen") { try await broker.run("lag", "-1").output.contains("LOSING") }
        let text = try await broker.run("lag", "-1").output
        #expect(text.contains("tortoise#") && text.contains("'t' holds back at most 64 KiB and drops the oldest"))
        let worst = try #require(object(await broker.run("lag", "-1", "--json").output)["worst"] as? [[String: Any]])
        #expect(worst.first?["state"] as? String == "losing")
        #expect((worst.first?["verdict"] as? String)?.hasPrefix("It loses ") == true)
        #expect((worst.first?["gap_messages"] as? Int ?? 0) > 400)
        let shown = try await broker.run("client", "info", "tortoise").output
        #expect(shown.contains(": LOSING\nIt loses ") && shown.contains("IN TOPICS") && shown.contains("QUEUE"))
        let detail = try object(await broker.run("client", "info", "tortoise", "--json").output)
        #expect((detail["verdict"] as? String)?.contains("holds back at most 64 KiB") == true)
        #expect((detail["in_topics"] as? [[String: Any]])?.first?["loss_cause"] as? String == "limit")
        reader.signal(SIGINT)
        _ = await reader.finished()
    }

    @Test("lag goes on when the broker comes back, and ends with --no-reconnect")
    func reconnect() async throws {
        let broker = try await ServedBroker.start()
        let lasting = try broker.begin("lag", "--interval", "100ms", "--utc")
        let ending = try broker.begin("lag", "--interval", "100ms", "--no-reconnect")
        try await eventually("both print") { lasting.output.contains("UTC") && ending.output.contains("\n") }
        broker.running.signal(SIGTERM)
        _ = await broker.running.finished()
        let end = await ending.finished()
        #expect(end.status != 0 && !end.errors.isEmpty)
        try await eventually("the loss is told") { lasting.errors.contains("connecting again") }
        let again = try Running(["serve", "--listen", broker.address], environment: broker.environment)
        try await eventually("it goes on, and says that the broker is another one") {
            lasting.errors.contains(
                "connected to \(broker.address) again\nzaichik: the broker is another process; its figures begin anew\n"
            )
        }
        lasting.signal(SIGINT)
        #expect(await lasting.finished().status == 130)
        again.signal(SIGTERM)
        _ = await again.finished()
    }

    @Test("a reader that goes away ends lag in good order")
    func brokenPipe() async throws {
        let broker = try await ServedBroker.start()
        let zaichik = BuiltPrograms.directory.appending(path: "zaichik").path()
        let command = "'\(zaichik)' lag --interval 100ms | head -n 1; exit ${PIPESTATUS[0]}"
        let piped = await (try Running(["-c", command], program: "/bin/bash", environment: broker.environment))
            .finished()
        #expect(piped.status == 0 && piped.errors.isEmpty)
        #expect(piped.lines.count == 1)
    }

    @Test("clients are listed and shown, equal names apart")
    func clients() async throws {
        let broker = try await ServedBroker.start()
        let readers = [try broker.begin("sub", "a", "--name", "twin"), try broker.begin("sub", "a", "--name", "twin")]
        try await eventually("both subscribe") {
            try await broker.run("client", "ls", "--json", "twin").lines.filter { $0.contains("\"subscriptions\":1") }
                .count == 2
        }
        let rows = try await broker.run("client", "ls", "--json", "twin").lines.map { try object($0) }
        let labels = rows.compactMap { $0["label"] as? String }
        #expect(Set(labels) == Set(rows.map { "twin#\($0["id"] ?? "")" }))
        for figure in ClientFigure.allCases { #expect(rows[0][figure.name] != nil) }
        let ambiguous = try await broker.run("client", "info", "twin")
        #expect(ambiguous.status == 1 && ambiguous.errors.contains(labels[0]))
        let shown = try object(await broker.run("client", "info", labels[0], "--json").output)
        #expect(shown["subscribed_to"] as? [String] == ["a"])
        let table = try await broker.run("client", "ls", "--sort", "lag_messages")
        #expect(table.lines.first?.hasPrefix("id\tname\tstate\tlost_per_second\tgap_messages\tlag_messages") == true)
        for reader in readers {
            reader.signal(SIGINT)
            _ = await reader.finished()
        }
    }

    @Test("lag prints a line for each update, with a head, or JSON with all figures")
    func lag() async throws {
        let broker = try await ServedBroker.start()
        let text = try await broker.run("lag", "-C", "26", "--interval", "100ms")
        #expect(text.lines.count == 28)
        #expect(text.lines.indices.filter { text.lines[$0].contains("CLIENTS") } == [0, 26])
        let line = try object(await broker.run("lag", "-C", "1", "--json").output)
        for figure in BrokerFigure.allCases { #expect(line[figure.name] != nil) }
        #expect((line["worst"] as? [Any])?.isEmpty == true, "nobody is behind")
    }

    @Test("topic create and topic set have an option for each setting of the table")
    func settingsTable() throws {
        for tag in TopicSettings.Tag.allCases {
            let value =
                switch tag {
                case .retention, .deduplicationWindow: "1s"
                case .historyBytes, .limit, .historyCount: "1"
                case .overflow: "reject"
                case .deduplicationScope: "topic"
                }
            for change in [
                try TopicCreateCommand.parse(["t", "--\(tag.name)", value]).settings.change,
                try TopicSetCommand.parse(["t", "--\(tag.name)", value]).settings.change,
            ] {
                #expect(change.values.keys.map(\.name) == [tag.name])
            }
            let help = TopicCreateCommand.helpMessage(columns: 10_000)
            #expect(help.contains("Default: \(TopicSettings().text(tag))."), "\(tag.name)")
        }
    }
}
