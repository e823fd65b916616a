import Foundation
import Testing

@Suite("The examples", .serialized, .timeLimit(.minutes(1)))
struct ExampleTests {
    @Test(
        "each prints what its last comment says",
        arguments: [
            ("example-echo", "Echo"), ("example-two-clients", "TwoClients"), ("example-retention", "Retention"),
            ("example-deduplication", "Deduplication"), ("example-work-queue", "WorkQueue"),
            ("example-transaction", "Transaction"), ("example-coming-back", "ComingBack"),
        ])
    func prints(program: String, folder: String) async throws {
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Examples/\(folder)/main.swift")
        let text = try String(contentsOf: source, encoding: .utf8)
        let comment = try #require(text.range(of: "// Prints:\n", options: .backwards))
        let expected = text[comment.upperBound...].split(separator: "\n").map { $0.dropFirst(3) }
        let finished = await (try Running([], program: program)).finished()
        #expect(finished.status == 0 && finished.errors.isEmpty && !expected.isEmpty)
        #expect(finished.lines == expected)
    }

    @Test("an example uses the broker that ZAICHIK_ADDRESS names")
    func otherBroker() async throws {
        let broker = try await ServedBroker.start()
        let finished = await (try Running([], program: "example-echo", environment: broker.environment)).finished()
        #expect(finished.status == 0)
        #expect(try await broker.run("topic", "ls").output.contains("example.echo"))
    }
}
