import Foundation
import Testing
import ZaichikClient

@testable import Zaichik

@Suite("pub with a producer's name, and receipts", .timeLimit(.minutes(2)))
struct ProducerCommandTests {
    @Test("--receipts prints what became of each message, in order, and refusals count in the exit code")
    func receipts() async throws {
        let broker = try await ServedBroker.start()
        let settings = ["--dedup-window", "1m", "--dedup-scope", "topic"]
        _ = await (try Running(["topic", "create", "d"] + settings, environment: broker.environment)).finished()
        let published = try await broker.run("pub", "d", "-l", "-K:", "--receipts", input: "a:1\na:2\nb:3\n")
        #expect(published.output == "1 accepted 0\n1 duplicate 0\n2 accepted 0\n")
        #expect(published.status == 0 && published.errors == "zaichik: 1 duplicate was dropped\n")
        let full = ["topic", "create", "full", "--limit", "1", "--overflow", "reject"]
        _ = await (try Running(full, environment: broker.environment)).finished()
        let reader = try await broker.client()
        try await reader.subscribe(to: "full")
        reader.setWindow(0)
        let refused = try await broker.run("pub", "full", "-l", "--receipts", input: "1\n2\n")
        #expect(refused.output == "1 accepted 1\n0 refused topic-full\n")
        #expect(refused.status == 1 && refused.errors.contains("1 of 2 messages were refused"))
        await reader.close()
    }

    @Test("a command whose producer is taken over by another ends, and says by whom")
    func takenOver() async throws {
        let broker = try await ServedBroker.start()
        let observer = try await broker.client()
        try await observer.subscribe(to: "l")
        let lines = (1...200).map { "\($0)\n" }.joined()
        let publisher = try broker.begin("pub", "l", "-l", "--rate", "200", "--producer", "import", input: lines)
        var texts: [String] = []
        for try await delivery in observer.deliveries {
            texts.append(delivery.text)
            observer.commit(delivery)
            if texts.count == 20 {
                // Another command takes the name: the first one ends for good, and says by whom.
                let other = try await broker.run("pub", "l", "other", "--producer", "import")
                #expect(other.status == 0 && other.errors.isEmpty, "\(other)")
                break
            }
        }
        let ended = await publisher.finished()
        #expect(ended.status == 69 && ended.errors.contains("'import' was taken over by client"), "\(ended)")
        #expect(texts == (1...20).map(String.init))
        await observer.close()
    }

    @Test("a name that none can have is a usage error that says why")
    func badName() async throws {
        let finished = await (try Running(["pub", "a", "x", "--producer", "a\u{7}b"])).finished()
        #expect(finished.status == 64)
        #expect(finished.errors.contains("is not a valid name: ") && finished.errors.contains("control characters"))
    }
}
