import TestSupport
import Testing
import ZaichikProtocol

@Suite("Memory after a backlog")
struct MemoryReturnTests {
    private static let payload = String(repeating: "m", count: 64 << 10)

    @Test("when a large backlog is gone, so is its memory")
    func goesBack() async throws {
        try await TestBroker.run(alone: true) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.create("hello", [.historyBytes: 0]).id
            let reader = try broker.client("reader", window: 0)
            try reader.subscribe("hello")
            let before = try residentMemory()
            for _ in 0..<32 { try writer.publishConfirmed(topic, Array(repeating: Self.payload, count: 128)) }
            #expect(try residentMemory() - before > 240 << 20)
            reader.wire.close()
            // Half of this is kept by the broker for what comes next; the rest is the test's own.
            try eventually("the memory to go back") { try residentMemory() - before < 64 << 20 }
        }
    }
}
