import NIOCore
import ZaichikProtocol

// Frames to bytes, behind one another in a buffer that is used again.
extension Benchmark {
    static let encode = [
        encode("confirm") { .confirm($0) },
        encode("topic") { .topic(request: 0, id: UInt32($0), name: "orders.eu") },
        encode("receipt") { .receipt(.accepted, publish: $0, topicID: 1, sequence: $0, queues: 1) },
        encode("deliver") { .deliver(Message(topicID: 1, sequence: $0, timestamp: $0, payload: Frames.payload)) },
    ]

    private static func encode(_ name: String, _ frame: @escaping @Sendable (UInt64) -> BrokerFrame) -> Benchmark {
        Benchmark(name: "encode-\(name)-64", unit: "frame") {
            var buffer = ByteBuffer()
            return {
                buffer.clear()
                for number in 0..<UInt64(64) { frame(number).write(to: &buffer) }
            }
        }
    }
}
