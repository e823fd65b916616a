import Foundation
import TestSupport
import Testing

@testable import Zaichik

/// `ZAICHIK_ACCEPT_DOCS=1 swift test --filter GeneratedBlockTests` writes them anew.
@Suite("The schemas in docs/schema", .serialized)
struct SchemaGeneratedBlockTests {
    @Test(
        "a schema is what the tables of figures and settings make today",
        arguments: SchemaTables(isStrict: false).all.map(\.name))
    func current(name: String) throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../docs/schema/\(name).schema.json"
        ).standardized
        let text = try #require(SchemaTables(isStrict: false).all.first { $0.name == name }).text
        if ProcessInfo.processInfo.environment["ZAICHIK_ACCEPT_DOCS"] == "1" {
            try text.write(to: url, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: url, encoding: .utf8) == text, "ZAICHIK_ACCEPT_DOCS=1 accepts the new one")
        _ = try JSONSchema.named(name)
    }
}

@Suite("What the validator of schemas finds")
struct JSONSchemaTests {
    private func problems(_ schema: String, _ value: String) throws -> [String] {
        try JSONSchema(schema).problems(in: value)
    }

    @Test("a value that fits has no problems, one that does not has each with its place")
    func places() throws {
        let schema = """
            {"type": "object", "required": ["a"], "additionalProperties": false, "properties": {
              "a": {"type": "integer", "minimum": 1, "maximum": 9}, "b": {"type": "array", "items": {"$ref": "#/$defs/w"}},
              "c": {"type": ["string", "null"], "pattern": "^x"}, "d": {"oneOf": [{"const": 1}, {"type": "boolean"}]}},
             "$defs": {"w": {"enum": ["on", "off"]}}}
            """
        #expect(try problems(schema, #"{"a": 1, "b": ["on"], "c": null, "d": true}"#) == [])
        #expect(try problems(schema, #"{"b": 1}"#) == ["$ has no 'a'", "$.b is integer, not array"])
        #expect(
            try problems(schema, #"{"a": 10, "e": 1}"#) == ["$.a: the number is above 9.0", "$.e is not in the schema"])
        #expect(
            try problems(schema, #"{"a": 1, "b": ["on", "up"]}"#) == ["$.b[1] is none of the values that there are"])
        #expect(try problems(schema, #"{"a": 1, "c": "y"}"#) == ["$.c does not match ^x"])
        #expect(try problems(schema, #"{"a": true, "d": 2}"#).count == 2)
        #expect(try problems(schema, "nothing") == ["this is not JSON: nothing"])
    }

    @Test("a schema with an unknown keyword, or a reference that leads nowhere, is an error")
    func invalid() {
        #expect(throws: JSONSchema.Invalid.self) { try JSONSchema(#"{"typ": "object"}"#) }
        #expect(throws: JSONSchema.Invalid.self) { try JSONSchema(##"{"items": {"$ref": "#/$defs/x"}}"##) }
    }
}

@Suite("What commands print with --json", .serialized, .timeLimit(.minutes(1)))
struct JSONContractTests {
    /// Holds lines against a schema, in which a key that it does not have is an error.
    private func hold(_ finished: Finished, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let text = try #require(SchemaTables(isStrict: true).all.first { $0.name == name }).text
        let schema = try JSONSchema(text)
        #expect(!finished.lines.isEmpty, "\(name): \(finished)", sourceLocation: sourceLocation)
        for line in finished.lines {
            #expect(schema.problems(in: String(line)) == [], "\(name)", sourceLocation: sourceLocation)
        }
    }

    @Test("every object that a command prints fits its schema in docs/schema, and has no key beyond it")
    func contract() async throws {
        let broker = try await ServedBroker.start()
        let setting = ["--shared", "--attempts", "1"]
        _ = await (try Running(["session", "create", "work"] + setting, environment: broker.environment)).finished()
        try hold(try await broker.run("pub", "t", "-H", "a:b", "one", "--receipts", "--json"), "receipt")
        let worker = try broker.begin("sub", "t", "--session", "work", "--shared", "--from", "first", "--exec", "false")
        _ = try await broker.run("pub", "t", "two", "-k", "key")
        try await eventually("they are parked") {
            try await broker.run("parked", "ls", "work", "--json").lines.count == 2
        }
        try hold(try await broker.run("parked", "ls", "work", "--json"), "parked")
        try hold(try await broker.run("parked", "show", "work", "1", "--json"), "parked")
        try hold(try await broker.run("session", "peek", "work", "--json"), "peeked")
        try hold(try await broker.run("topic", "peek", "t", "--json"), "kept")
        try hold(try await broker.run("client", "ls", "--json"), "client")
        try hold(try await broker.run("topic", "ls", "--json"), "topic")
        for more in [[], ["--history"]] {
            try hold(try await broker.run(["topic", "info", "t", "--json"] + more), "topic-detail")
            try hold(try await broker.run(["session", "info", "work", "--json"] + more), "session-detail")
            try hold(try await broker.run(["status", "--json"] + more), "status")
        }
        try hold(try await broker.run("session", "ls", "--json"), "session")
        let slow = try broker.begin("sub", "t", "--name", "tortoise", "--no-commit", "--window", "1")
        try await broker.waitForSubscriber("tortoise")
        _ = try await broker.run("pub", "t", "{\"a\":1}", "--count", "5")
        try hold(try await broker.run("client", "info", "tortoise", "--json"), "client-detail")
        let more = ["--history", "--publishers"]
        try hold(try await broker.run("client", "info", "tortoise", "--json", more[0], more[1]), "client-detail")
        _ = try await broker.run("client", "pause", "tortoise", "--reason", "to look", "--yes")
        try hold(try await broker.run("client", "info", "tortoise", "--json"), "client-detail")
        try hold(try await broker.run("why", "tortoise", "--json"), "why")
        try hold(try await broker.run("why", "--json"), "whys")
        try hold(try await broker.run("client", "ls", "--closed", "--json"), "closed-client")
        try hold(try await broker.run("check", "lag", "--warn", "1000", "--json"), "check")
        try hold(try await broker.run("check", "broker", "--json"), "check")
        try hold(try await broker.run("lag", "--json", "-C", "1"), "lag")
        try hold(try await broker.run("top", "--json", "-C", "1"), "top")
        try hold(try await broker.run("sub", "t", "--from", "first", "-e", "--json"), "message")
        try hold(try await broker.run("record", "t", "--from", "first", "-e"), "recording")
        for process in [worker, slow] {
            process.signal(SIGINT)
            _ = await process.finished()
        }
    }

    @Test("the answer to every act fits its schema, dry runs as well")
    func acts() async throws {
        let broker = try await ServedBroker.start()
        _ = await (try Running(["session", "create", "work"], environment: broker.environment)).finished()
        #expect(try await broker.run("sub", "t", "--session", "work", "-W", "300ms").status == 75)
        _ = try await broker.run("pub", "t", "-l", input: "1\n2\n3\n")
        let hare = try broker.begin("sub", "u", "--name", "hare", "--no-reconnect")
        try await broker.waitForSubscriber("hare")
        let acts = [
            ["session", "pause", "work", "--for", "1h"], ["client", "window", "hare", "5"],
            ["session", "resume", "work"],
            ["session", "skip", "work", "--count", "1"], ["session", "purge", "work", "--topic", "t"],
            ["client", "kick", "hare"], ["topic", "pause", "t"], ["topic", "resume", "t"], ["topic", "purge", "t"],
            ["drain", "--for", "1m"], ["broker", "undrain"], ["broker", "stop-accepting"], ["broker", "accept"],
            ["broker", "log-level", "info"],
        ]
        for act in acts {
            try hold(try await broker.run(act + ["--json", "--dry-run"]), "acted")
            let isDestructive = ["skip", "purge", "kick", "drain"].contains { act.prefix(2).contains($0) }
            try hold(try await broker.run(act + ["--json"] + (isDestructive ? ["--yes"] : [])), "acted")
        }
        _ = await hare.finished()
    }

    @Test("what a measurement prints fits its schema", arguments: [["one-to-one"], ["slow", "--subscribers", "1"]])
    func bench(shape: [String]) async throws {
        let short = ["--serve", "--messages", "1000", "--json"]
        try hold(await (try Running(["bench"] + shape + short)).finished(), "bench")
    }
}
