@testable import ZaichikBroker

// A client is done with deliveries that it has in runs of 64, in order.
extension Benchmark {
    static let commit = [1, 64, 1024].map { count in
        Benchmark(name: "commit-\(count)", messages: count, steps: 256) {
            let broker = MemoryBroker()
            let topic = try broker.topic("topic")
            let frames = Frames.publishes(64, topic: topic.id)
            try broker.addQueue([topic])
            for _ in 0..<320 * count / 64 + 1 {
                broker.publish(frames, count: 64, to: topic)
                broker.take(0)
            }
            return { broker.commit(0, count) }
        }
    }
}
