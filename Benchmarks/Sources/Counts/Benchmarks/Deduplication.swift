import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

// Keys are judged against a window that has a million of them; each new one that comes lets one go that is too old.
extension Benchmark {
    static let deduplication = [
        atPublish(duplicates: false), atPublish(duplicates: true), atDelivery(duplicates: false),
        atDelivery(duplicates: true),
    ]

    private static let keys: UInt64 = 1_000_000
    private static let microsecondsPerKey: UInt64 = 1000

    /// Judged when they are published.
    private static func atPublish(duplicates: Bool) -> Benchmark {
        Benchmark(name: "deduplicate-topic-\(duplicates ? "duplicate" : "fresh")-64", steps: 256) {
            let broker = MemoryBroker()
            let topic = try topic(of: broker, .topic)
            return publishing(to: topic, of: broker, duplicates: duplicates) {}
        }
    }

    /// Published, and judged when they are taken.
    private static func atDelivery(duplicates: Bool) -> Benchmark {
        Benchmark(name: "deduplicate-consumer-\(duplicates ? "duplicate" : "fresh")-64", steps: 256) {
            let broker = MemoryBroker()
            let topic = try topic(of: broker, .consumer)
            try broker.addQueue([topic])
            return publishing(to: topic, of: broker, duplicates: duplicates) { broker.commit(0, broker.take(0)) }
        }
    }

    /// A topic whose window is so long that it has a million keys when one comes each millisecond.
    private static func topic(of broker: MemoryBroker, _ scope: TopicSettings.DeduplicationScope) throws -> Topic {
        try broker.topic("topic") { settings in
            settings.deduplicationWindow = keys * microsecondsPerKey / 1000
            settings.deduplicationScope = scope
        }
    }

    /// - Returns: A step, after a million keys.
    private static func publishing(
        to topic: Topic, of broker: MemoryBroker, duplicates: Bool, then: @escaping () -> Void
    ) -> () -> Void {
        var frames = Frames.keyed(64, topic: topic.id, first: 0)
        var next: UInt64 = 0
        let publish = { (isLater: Bool) in
            Frames.renumber(&frames, first: next)
            next += 64
            if isLater { broker.now += 64 * microsecondsPerKey }
            broker.publish(frames, count: 64, to: topic)
            then()
        }
        while next < keys { publish(true) }
        // Duplicates of keys that are far from leaving the window.
        if duplicates { next = keys / 2 }
        return { publish(!duplicates) }
    }
}
