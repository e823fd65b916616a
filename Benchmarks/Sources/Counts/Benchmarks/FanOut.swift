@testable import ZaichikBroker

// A batch is published, and every queue is woken, takes it and commits it. Messages and batches are counted for each
// queue: a reader more costs as much as this.
extension Benchmark {
    static let fanOut = [1, 100, 1000].map { readers in
        Benchmark(
            name: "fan-out-64-to-\(readers)", batches: readers, steps: max(2048 / readers, 16),
            warmUp: max(2048 / readers, 16)
        ) {
            let broker = MemoryBroker()
            let topic = try broker.topic("topic")
            let frames = Frames.publishes(64, topic: topic.id)
            for _ in 0..<readers { try broker.addQueue([topic]) }
            return {
                broker.publish(frames, count: 64, to: topic)
                for reader in 0..<readers {
                    let taken = broker.take(reader)
                    precondition(taken == 64, "a queue gave \(taken)")
                    broker.commit(reader, 64)
                }
            }
        }
    }
}
