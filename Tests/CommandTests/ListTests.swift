import ArgumentParser
import Foundation
import Testing
import ZaichikProtocol

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
        #expect(try await broker.run("topic", "create", "t").output == "unchanged\n")
        #expect(try await broker.run("topic", "create", "t", "--retention", "0").output == "changed\n")
        let line = try await broker.run("topic", "info", "t", "--json").output
        let topic = try object(line)
        let expected: [String: Any] = [
            "name": "t", "retention": 0, "dedup-window": 500, "dedup-scope": "topic", "limit": 2 << 20,
            "overflow": "block", "history-bytes": 64 << 10, "history-count": 7, "head_sequence": 0,
        ]
        for (key, value) in expected { #expect("\(topic[key] ?? "-")" == "\(value)", "\(key)") }
        for figure in TopicFigure.allCases { #expect(topic[figure.name] != nil) }
        let table = try await broker.run("topic", "ls")
        #expect(table.lines.map { $0.split(separator: "\t").first } == ["name", "t"])
        let missing = try await broker.run("topic", "info", "u")
        #expect(missing.status == 1 && missing.errors.contains("zaichik topic ls"))
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
        #expect(table.lines.first?.hasPrefix("id\tname\tstate\tlag_messages") == true)
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
        #expect((line["furthest_behind"] as? [Any])?.count == 1)
    }

    @Test("topic create has an option for each setting of the table")
    func settingsTable() throws {
        for tag in TopicSettings.Tag.allCases {
            let value =
                switch tag {
                case .retention, .deduplicationWindow: "1s"
                case .historyBytes, .limit, .historyCount: "1"
                case .overflow: "reject"
                case .deduplicationScope: "topic"
                }
            let command = try TopicCreateCommand.parse(["t", "--\(tag.name)", value])
            #expect(command.change.values.keys.map(\.name) == [tag.name])
        }
    }
}
