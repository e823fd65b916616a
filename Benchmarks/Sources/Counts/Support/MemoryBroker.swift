import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

/// The broker without loops and connections: topics, an order of arrival, and queues.
final class MemoryBroker {
    private let order = ArrivalOrder(shards: 1)
    private let registry = TopicRegistry(limit: 1000, budget: MemoryBudget(limit: 8 << 30))
    private(set) var queues: [ClientQueue] = []
    private var wakes = WakeList(shards: 1)
    private var output: [QueueOutput] = []
    /// µs since 1970.
    var now: UInt64 = 1_700_000_000_000_000

    func topic(_ name: String, _ change: (inout TopicSettings) -> Void = { _ in }) throws -> Topic {
        var settings = TopicSettings()
        change(&settings)
        return try registry.findOrCreate(try TopicName(name), settings: settings).topic
    }

    /// A queue that reads topics from the earliest message kept.
    func addQueue(_ topics: [Topic], window: UInt32 = FrameLimits.window) throws {
        let handle = ClientHandle(shard: 0, slot: UInt32(queues.count), generation: 0)
        var queue = ClientQueue(client: handle, window: window, acceptStamp: order.stamp())
        for topic in topics { _ = queue.subscribe(topic, from: .earliest, now: now) }
        queues.append(queue)
    }

    func publish(_ frames: ByteBuffer, count: Int, to topic: Topic) {
        let stamp = order.begin(shard: 0)
        frames.withUnsafeReadableBytes { bytes in
            let result = topic.locked {
                $0.publish(bytes, count: count, stamp: stamp, now: now, wakes: &wakes)
            }
            precondition(result.count == count, "the topic did not take all of it")
        }
        wakes.drain { _, wakes in
            for wake in wakes {
                queues[Int(wake.waiter.client.slot)].wake(
                    slot: wake.waiter.cursor, topicID: wake.topicID, stamp: wake.stamp)
            }
        }
        order.end(shard: 0) { _ in }
    }

    /// - Returns: How many messages the queue gave.
    @discardableResult
    func take(_ queue: Int, bytes: Int = .max) -> Int {
        let before = queues[queue].delivered
        _ = queues[queue].take(
            now: now, horizon: order.horizon, bytes: bytes, output: &output, wakes: &wakes)
        output.removeAll(keepingCapacity: true)
        return Int(queues[queue].delivered - before)
    }

    /// Commits as much as `count` deliveries more.
    func commit(_ queue: Int, _ count: Int) {
        let isDone = queues[queue].commit(queues[queue].committed + UInt64(count))
        precondition(isDone, "more was committed than delivered")
        queues[queue].releaseCommitted(wakes: &wakes)
    }
}
