import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

// A queue takes what is there, as much at once as a byte budget allows.
extension Benchmark {
    static let take =
        [1, 64, 1024].map { oneTopic($0) } + [1, 64].map { tenTopics(run: $0) }

    private static func oneTopic(_ count: Int) -> Benchmark {
        Benchmark(name: "take-\(count)", messages: count, steps: 256) {
            let broker = MemoryBroker()
            let topic = try broker.topic("topic") { $0.historyBytes = 1 << 30 }
            let frames = Frames.publishes(1024, topic: topic.id)
            for _ in 0..<max(320 * count / 1024 + 1, 2) { broker.publish(frames, count: 1024, to: topic) }
            try broker.addQueue([topic])
            let bytes = frames.readableBytes / 1024 * count
            return {
                let taken = broker.take(0, bytes: bytes)
                precondition(taken == count, "the queue gave \(taken)")
            }
        }
    }

    /// Ten topics with publishes that alternate between them, `run` messages each time.
    private static func tenTopics(run: Int) -> Benchmark {
        Benchmark(name: "take-ten-topics-640-by-\(run)", messages: 640, steps: 64, warmUp: 16) {
            let broker = MemoryBroker()
            let topics = try (0..<10).map { try broker.topic("topic.\($0)") { $0.historyBytes = 1 << 30 } }
            let frames = topics.map { Frames.publishes(run, topic: $0.id) }
            for _ in 0..<100 * 64 / run {
                for (topic, frames) in zip(topics, frames) { broker.publish(frames, count: run, to: topic) }
            }
            try broker.addQueue(topics)
            let bytes = frames[0].readableBytes / run * 640
            return {
                let taken = broker.take(0, bytes: bytes)
                precondition(taken == 640, "the queue gave \(taken)")
            }
        }
    }
}
