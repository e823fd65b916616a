import ZaichikProtocol

@testable import ZaichikBroker

// A run into a topic's log, which has its history and gives up as much at its other end.
extension Benchmark {
    static let append = [1, 64, 1024].map { count in
        Benchmark(name: "append-\(count)", messages: count, steps: max(1 << 15 / count, 512)) {
            let broker = MemoryBroker()
            let topic = try broker.topic("topic") { $0.historyBytes = 4 << 20 }
            let fill = Frames.publishes(1024, topic: topic.id)
            for _ in 0..<64 { broker.publish(fill, count: 1024, to: topic) }
            let run = Frames.publishes(count, topic: topic.id)
            return { broker.publish(run, count: count, to: topic) }
        }
    }
}
