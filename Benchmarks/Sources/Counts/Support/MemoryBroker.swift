import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

/// The broker without loops and connections: topics, an order of arrival, and queues.
final class MemoryBroker {
    private let order = ArrivalOrder(shards: 1)
    private let registry = TopicRegistry(limit: 1000, budget: MemoryBudget(limit: 8 << 30), firstID: 1)
    private(set) var readers: [Reader] = []
    private lazy var publisher = Publisher(
        handle: PublisherHandle(shard: 0, seat: 0, generation: 0),
        reader: ReaderHandle(shard: 0, seat: .max, generation: 0), budget: registry.budget)
    /// One for each reader.
    private var owners: [QueueOwner] = []
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
        let handle = ReaderHandle(shard: 0, seat: UInt32(readers.count), generation: 0)
        let reader = Reader(handle: handle, budget: registry.budget, acceptStamp: order.stamp())
        let owner = QueueOwner(window: window, budget: registry.budget)
        reader.attach(owner)
        owners.append(owner)
        for topic in topics { _ = reader.queue.subscribe(topic, from: .earliest, now: now) }
        readers.append(reader)
    }

    func publish(_ frames: ByteBuffer, count: Int, to topic: Topic) {
        let stamp = order.begin(shard: 0)
        frames.withUnsafeReadableBytes { bytes in
            let run = PublishRun(
                frames: bytes, count: count, stamp: stamp, now: now,
                publisher: publisher)
            let result = topic.locked { $0.publish(run, wakes: &wakes) }
            precondition(result.count == count, "the topic did not take all of it")
        }
        let own = wakes.drain(own: 0) { _, _ in }
        for wake in own {
            guard case .messageVisible(let waiter, let topicID, let stamp) = wake else { continue }
            readers[Int(waiter.reader.seat)].messageVisible(slot: waiter.slot, topicID: topicID, stamp: stamp)
        }
        wakes.giveBack(consume own)
        order.end(shard: 0) { _ in }
    }

    /// - Returns: How many messages the queue gave.
    @discardableResult
    func take(_ queue: Int, bytes: Int = .max) -> Int {
        let reader = readers[queue]
        let owner = owners[queue]
        let before = owner.attachment.delivered
        _ = reader.queue.take(
            for: &owner.attachment, now: now, horizon: order.horizon, bytes: bytes, output: &output, wakes: &wakes)
        output.removeAll(keepingCapacity: true)
        return Int(owner.attachment.delivered - before)
    }

    /// Commits as much as `count` deliveries more.
    func commit(_ queue: Int, _ count: Int) {
        let reader = readers[queue]
        let owner = owners[queue]
        let isDone = reader.queue.commit(owner.attachment.committed + UInt64(count), of: &owner.attachment)
        precondition(isDone, "more was committed than delivered")
        reader.queue.releaseCommitted(wakes: &wakes)
    }
}

/// The owner of a reader without a connection.
private final class QueueOwner: ReaderOwner {
    var attachment: Attachment
    var takesDeliveries: Bool { true }

    init(window: UInt32, budget: MemoryBudget) { attachment = Attachment(window: window, budget: budget) }

    func readerBecameReady() {}
    func topicEnded(_ topic: Topic) {}
    func topicReader(at slot: Int, topicID: UInt32, now: UInt64) -> TopicReader? { nil }
}
