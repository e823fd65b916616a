import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

// What readers by pattern cost who does not match them.
extension Benchmark {
    static let patterns =
        [0, 10_000].map { publishing(among: $0) } + [0, 10_000].map { creating(among: $0) }

    private static func publishing(among patterns: Int) -> Benchmark {
        Benchmark(name: "publish-64-among-\(patterns)-patterns") {
            let broker = try broker(patterns: patterns)
            let topic = try broker.topic("plain.topic.0")
            let publisher = try broker.connect()
            let read = Frames.publishes(64, topic: topic.id)
            return {
                publisher.send(read)
                publisher.receive()
            }
        }
    }

    /// One of the patterns matches.
    private static func creating(among patterns: Int) -> Benchmark {
        Benchmark(name: "create-among-\(patterns)-patterns", unit: "topic", messages: 1) {
            let broker = try broker(patterns: patterns)
            var names = try (0..<600).map { try TopicName("region.\($0).orders") }[...]
            return {
                let found = try? broker.core.registry.findOrCreate(names.removeFirst())
                let readers = found?.topic.locked { $0.readersToCome }
                precondition(readers == min(patterns, 1), "the wrong ones read it")
            }
        }
    }

    private static func broker(patterns: Int) throws -> EmbeddedBroker {
        let broker = EmbeddedBroker()
        for number in 0..<UInt32(patterns) {
            let reader = ReaderHandle(shard: 0, seat: number, generation: 0)
            _ = broker.core.registry.subscribe(reader, to: try TopicPattern("region.\(number).*"))
        }
        return broker
    }
}
