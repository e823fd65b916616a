import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

/// Loops without threads: each step of theirs is done when the test says so.
struct InterleavingBench {
    let order: ArrivalOrder
    let registry = TopicRegistry(limit: 100, budget: MemoryBudget(limit: 1 << 30))
    let mailboxes: [Mailbox]
    var readers: [Reader] = []
    /// One for each reader.
    var owners: [BenchOwner] = []
    /// The wakes of each loop.
    var wakes: [WakeList]
    /// Publishers that were told of room, by seat.
    var roomMade: [UInt32] = []
    private(set) var published = 0

    init(loops: Int) {
        order = ArrivalOrder(shards: loops)
        mailboxes = (0..<loops).map { _ in Mailbox() }
        wakes = (0..<loops).map { _ in WakeList(shards: loops) }
    }

    func topic(_ name: String, _ change: (inout TopicSettings) -> Void = { _ in }) throws -> Topic {
        var settings = TopicSettings()
        change(&settings)
        return try registry.findOrCreate(try TopicName(name), settings: settings).topic
    }

    /// A reader of some topics.
    mutating func reader(loop: Int, of topics: [Topic]) -> Int {
        let handle = ReaderHandle(shard: UInt16(loop), seat: UInt32(readers.count), generation: 0)
        let reader = Reader(handle: handle, budget: registry.budget, acceptStamp: order.stamp())
        let owner = BenchOwner(window: 1000, budget: registry.budget)
        reader.attach(owner)
        owners.append(owner)
        for topic in topics { _ = reader.queue.subscribe(topic, from: .new, now: 1) }
        readers.append(reader)
        return readers.count - 1
    }

    // MARK: The steps of a loop that publishes

    func announce(_ loop: Int) -> UInt64 { order.begin(shard: loop) }

    /// Publishes one message as the publisher in a seat.
    @discardableResult
    mutating func append(
        _ loop: Int, _ topic: Topic, _ payload: String, stamp: UInt64, seat: UInt32 = 99, hasWaited: Bool = false
    ) -> PublishResult {
        published += 1
        return Publishes.frames([payload], topic: topic.id).withUnsafeReadableBytes { frames in
            let run = PublishRun(
                frames: frames, count: 1, memory: nil, stamp: stamp, now: 1,
                publisher: .test(shard: loop, seat: seat), hasWaited: hasWaited)
            return topic.locked { $0.publish(run, wakes: &wakes[loop]) }
        }
    }

    mutating func post(_ loop: Int) {
        let mailboxes = mailboxes
        deliver(wakes[loop].drain(own: loop) { _ = mailboxes[$0].post($1) })
    }

    func clear(_ loop: Int) { order.end(shard: loop) { _ = mailboxes[$0].postResume() } }

    // MARK: The steps of a loop that reads

    mutating func fetch(_ loop: Int) {
        if let content = mailboxes[loop].fetch(isWoken: false) { deliver(content.wakes) }
    }

    mutating func take(_ reader: Int, horizon: UInt64) -> [String] {
        var output: [QueueOutput] = []
        let queue = readers[reader]
        _ = queue.queue.take(
            for: &owners[reader].attachment, now: 1, horizon: horizon, bytes: .max, output: &output,
            wakes: &wakes[Int(queue.handle.shard)])
        return output.deliveries.map { String(buffer: $0.payload) }
    }

    /// Commits all that a reader was delivered.
    mutating func commit(_ reader: Int) {
        let queue = readers[reader]
        let delivered = owners[reader].attachment.delivered
        _ = queue.queue.commit(delivered, of: &owners[reader].attachment)
        queue.queue.releaseCommitted(wakes: &wakes[Int(queue.handle.shard)])
    }

    private mutating func deliver(_ wakes: [Wake]) {
        for wake in wakes {
            switch wake {
            case .messageVisible(let waiter, let topicID, let stamp):
                readers[Int(waiter.reader.seat)].messageVisible(slot: waiter.slot, topicID: topicID, stamp: stamp)
            case .roomMade(let publisher, _): roomMade.append(publisher.seat)
            case .topicCreated, .publishReleased: break
            }
        }
    }
}

/// Every order in which the steps of several actors can come, each actor's in their own order.
func interleavings(of counts: [Int], _ body: ([Int]) throws -> Void) rethrows {
    var left = counts
    var order: [Int] = []
    func step() throws {
        guard left.contains(where: { $0 > 0 }) else { return try body(order) }
        for actor in left.indices where left[actor] > 0 {
            left[actor] -= 1
            order.append(actor)
            try step()
            order.removeLast()
            left[actor] += 1
        }
    }
    try step()
}
