import Testing
import ZaichikClient
import ZaichikProtocol

@testable import Zaichik

@Suite("zaichik topic rm", .timeLimit(.minutes(1)))
struct TopicRemoveTests {
    @Test("it deletes a topic that nobody reads, and says what that had; one that is not there is an error")
    func unread() async throws {
        let broker = try await ServedBroker.start()
        #expect(try await broker.run("pub", "t", "one").status == 0)
        let removed = try await broker.run("topic", "rm", "t")
        #expect(removed.status == 0 && removed.output == "deleted: 1 message, 0 readers\n", "\(removed)")
        #expect(try await broker.run("topic", "ls").output.contains("t\t") == false)
        let again = try await broker.run("topic", "rm", "t")
        #expect(again.status == 1 && again.errors.contains("there is no topic 't'"), "\(again)")
    }

    @Test("without a terminal it deletes a topic that is read only with --yes, and another incarnation never")
    func read() async throws {
        let broker = try await ServedBroker.start()
        let client = try await broker.client()
        try await client.subscribe(to: "t")
        let refused = try await broker.run("topic", "rm", "t")
        #expect(refused.status == 1 && refused.errors.contains("1 client reads 't'"), "\(refused)")
        #expect(refused.errors.contains("--yes"), "\(refused)")
        let other = try await broker.run("topic", "rm", "t", "--yes", "--incarnation", "1")
        #expect(other.status == 1 && other.errors.contains("incarnation"), "\(other)")
        let removed = try await broker.run("topic", "rm", "t", "--yes")
        #expect(removed.status == 0 && removed.output == "deleted: 0 messages, 1 reader\n", "\(removed)")
        await client.close()
    }

    @Test("the question says who reads the topic and what is lost")
    func question() {
        var row = TopicStatistics()
        row.name = "orders"
        row[.subscribers] = 3
        row[.retainedMessages] = 12
        #expect(
            TopicRemoveCommand.question(row) == "3 clients read 'orders', which keeps 12 messages. Delete it?")
    }
}
