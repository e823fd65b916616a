import Foundation
import Testing
import ZaichikClient
import ZaichikProtocol

@testable import Zaichik

@Suite("Acts on the command line", .serialized, .timeLimit(.minutes(2)))
struct ActTests {
    private func object(_ line: some StringProtocol) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    /// A session with so many messages to which nobody is attached.
    private func scene(_ count: Int) async throws -> ServedBroker {
        let broker = try await ServedBroker.start()
        #expect(try await broker.run("sub", "orders", "--session", "billing", "-W", "300ms").status == 75)
        let input = (1...count).map { "\($0)\n" }.joined()
        #expect(try await broker.run("pub", "orders", "-l", input: input).status == 0)
        return broker
    }

    @Test("a pause is shown with who did it and why, and resume ends it")
    func pause() async throws {
        let broker = try await scene(2)
        let paused = try await broker.run("session", "pause", "billing", "--reason", "a migration", "--for", "1h")
        #expect(paused.status == 0 && paused.lines == ["billing: paused"], "\(paused)")
        let info = try await broker.run("session", "info", "billing")
        #expect(info.output.contains("Paused by client") && info.output.contains("a migration"), "\(info)")
        let held = try await broker.run("sub", "--session", "billing", "-W", "300ms")
        #expect(held.lines.isEmpty, "\(held)")
        let resumed = try await broker.run("session", "resume", "billing")
        #expect(resumed.lines == ["billing: resumed"], "\(resumed)")
        #expect(try await broker.run("session", "resume", "billing").lines == ["billing: nothing to do"])
        let read = try await broker.run("sub", "--session", "billing", "-n", "2", "-W", "20s")
        #expect(read.lines == ["1", "2"], "\(read)")
    }

    @Test("a purge without a terminal says what it would take and needs --yes; a dry run takes nothing")
    func purge() async throws {
        let broker = try await scene(3)
        let refused = try await broker.run("session", "purge", "billing")
        #expect(
            refused.status == 1 && refused.errors.contains("3 messages") && refused.errors.contains("--yes"),
            "\(refused)")
        let dry = try object(try await broker.run("session", "purge", "billing", "--dry-run", "--json").output)
        #expect(dry["messages"] as? Int == 3 && dry["dry_run"] as? Bool == true && dry["act"] as? String == "purge")
        let skipped = try await broker.run("session", "skip", "billing", "--count", "1", "--yes")
        #expect(skipped.status == 0 && skipped.output.hasPrefix("skipped: 1 message ("), "\(skipped)")
        let purged = try await broker.run("session", "purge", "billing", "--topic", "orders", "-y", "--json")
        let rows = try #require(try object(purged.output)["rows"] as? [[String: Any]])
        #expect(rows.first?["name"] as? String == "billing" && rows.first?["messages"] as? Int == 2)
        #expect(try await broker.run("session", "purge", "billing").status == 0, "nothing is left to ask about")
    }

    @Test("a peek shows what comes next, and takes nothing")
    func peek() async throws {
        let broker = try await scene(3)
        let lines = try await broker.run("session", "peek", "billing", "--limit", "2", "--json").lines
        let rows = try lines.map { try object($0) }
        #expect(rows.map { $0["payload"] as? String } == ["1", "2"] || rows.map { $0["payload"] as? Int } == [1, 2])
        #expect(rows.allSatisfy { $0["state"] as? String == "pending" && $0["topic"] as? String == "orders" })
        let table = try await broker.run("client", "peek", "billing")
        #expect(table.status == 0 && table.lines.count >= 3, "\(table)")
    }

    @Test("a kicked client is told by whom and why, and waits for the end of its ban before it comes again")
    func kick() async throws {
        let broker = try await ServedBroker.start()
        let hare = try broker.begin("sub", "orders", "--name", "hare", "-n", "1")
        try await broker.waitForSubscriber("hare")
        let kicked = try await broker.run("client", "kick", "hare", "--for", "2s", "--reason", "too loud", "--yes")
        #expect(kicked.status == 0 && kicked.output.contains("hare: disconnected"), "\(kicked)")
        let refused = try await broker.run("sub", "orders", "--name", "hare", "-W", "20s")
        #expect(refused.status == 69 && refused.errors.contains("too loud"), "\(refused)")
        try await broker.waitForSubscriber("hare")
        #expect(try await broker.run("pub", "orders", "m").status == 0)
        let ended = await hare.finished()
        #expect(ended.status == 0 && ended.lines == ["m"] && ended.errors.contains("too loud"), "\(ended)")
    }

    @Test(
        "wrong use says what would be right",
        arguments: [
            ["session", "skip", "billing"], ["session", "skip", "billing", "--to", "5"],
            ["client", "purge", "x", "--key", "k"], ["client", "pause", "x", "--for", "0s"],
        ])
    func wrongUse(arguments: [String]) async throws {
        let finished = await (try Running(arguments)).finished()
        #expect(finished.status == 64, "\(finished)")
    }
}
