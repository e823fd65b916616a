import Foundation
import NIOCore
import Testing
import ZaichikBroker
import ZaichikProtocol

@testable import ZaichikClient

/// The number of messages and of cuts are small by default; `ZAICHIK_PRODUCER_MESSAGES=1000000` publishes so many, with
/// a cut about every hundredth of them.
@Suite("A named producer whose connections are cut")
struct ProducerCutTests {
    private static let messages =
        ProcessInfo.processInfo.environment["ZAICHIK_PRODUCER_MESSAGES"].flatMap { Int($0) } ?? 10_000
    private static let seed = ProcessInfo.processInfo.environment["ZAICHIK_PRODUCER_SEED"].flatMap { UInt64($0) } ?? 1

    @Test("each message is stored exactly once, and in order", arguments: [1, 4])
    func exactlyOnce(loops: Int) async throws {
        let began = ContinuousClock.now
        try await withRealBroker {
            $0.loops = loops
        } _: { broker in
            let relay = try await CuttingRelay.start(to: broker, seed: Self.seed)
            let reader = try await ZaichikClient.connect(broker, name: "reader", window: 1 << 16)
            try await reader.subscribe(to: "orders")
            let reading = Task { try await Self.read(reader) }
            var configuration = ClientConfiguration(name: "writer")
            configuration.producer = "import"
            configuration.reconnect = ReconnectPolicy(initialDelay: .zero, maximumDelay: .milliseconds(1))
            configuration.maximumUnconfirmedMessages = 1000
            let writer = try await ZaichikClient.connect(to: relay.address, configuration: configuration)
            // A frame has 28 bytes and its digits, so this is twice a hundred frames.
            relay.longest = 200 * 34
            let topic = try TopicName("orders")
            for number in 1...Self.messages {
                try await writer.enqueue(ByteBuffer(string: "\(number)"), to: topic)
            }
            let result = try await writer.flush()
            #expect(result == FlushResult(confirmed: UInt64(Self.messages), refused: 0))
            try await reading.value
            #expect(relay.cuts >= Self.messages / 200)
            if Self.messages > 10_000 {
                print(
                    "\(loops) loops, seed \(Self.seed): \(Self.messages) messages, \(relay.cuts) cuts, "
                        + "\(ContinuousClock.now - began)")
            }
            await writer.close()
            await reader.close()
        }
    }

    /// Reads all messages, each of which has its number in its payload and as its sequence.
    private static func read(_ reader: ZaichikClient) async throws {
        var next: UInt64 = 1
        for try await delivery in reader.deliveries {
            guard delivery.sequence == next, delivery.text == "\(next)" else {
                Issue.record("message \(delivery.text) has sequence \(delivery.sequence), \(next) is awaited")
                return
            }
            reader.commit(delivery)
            if next == UInt64(messages) { return }
            next += 1
        }
    }
}
