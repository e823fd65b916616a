import NIOCore
import TestSupport
import Testing
import ZaichikProtocol

@Suite("Long frames and full reads")
struct LongFrameTests {
    @Test(
        "messages of every length arrive as they were sent, through reads that are kept and reads that are copied",
        arguments: [1, 2], [[100], [20_000], [65_536], [100, 300_000, 17_000], [2_000_000]])
    func arrive(loops: Int, lengths: [Int]) async throws {
        try await TestBroker.run(loops: loops) { broker in
            let writer = try broker.client("writer")
            let topic = try writer.topic("long")
            let readers = try (0..<3).map { try broker.client("reader \($0)", window: 1 << 20) }
            for reader in readers { try reader.subscribe("long") }
            let count = max(min(4_000_000 / (lengths.reduce(0, +) / lengths.count), 2000), 4)
            let payloads = (0..<count).map { index in
                "\(index) " + String(repeating: "\(index % 10)", count: lengths[index % lengths.count])
            }
            for start in stride(from: 0, to: count, by: 100) {
                try writer.publishConfirmed(topic, Array(payloads[start..<min(start + 100, count)]))
            }
            for reader in readers {
                let deliveries = try reader.deliveries(count)
                #expect(deliveries.map(\.text) == payloads)
                #expect(deliveries.map(\.sequence) == Array(1...UInt64(count)))
            }
        }
    }
}
