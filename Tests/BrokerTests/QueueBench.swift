import NIOCore
import ZaichikProtocol

@testable import ZaichikBroker

/// A broker without loops and sockets: topics, an order of arrival, and readers.
struct QueueBench {
    let order = ArrivalOrder(shards: 1)
    let registry = TopicRegistry(limit: 1000, budget: MemoryBudget(limit: 1 << 30))
    var readers: [Reader] = []
    /// One for each reader.
    var owners: [BenchOwner] = []
    var wakes = WakeList(shards: 1)
    var now: UInt64 = 1

    mutating func topic(_ name: String, _ change: (inout TopicSettings) -> Void = { _ in }) throws -> Topic {
        var settings = TopicSettings()
        change(&settings)
        return try create(try TopicName(name), settings: settings)
    }

    mutating func create(
        _ name: TopicName, settings: TopicSettings = TopicSettings(), isBroker: Bool = false
    ) throws -> Topic {
        let found = try registry.findOrCreate(name, settings: settings, isBroker: isBroker)
        for reader in found.readers { wakes.add(.topicCreated(reader, topicID: found.topic.id)) }
        return found.topic
    }

    mutating func client(window: UInt32) -> Int {
        let handle = ReaderHandle(shard: 0, seat: UInt32(readers.count), generation: 0)
        let reader = Reader(handle: handle, budget: registry.budget, acceptStamp: order.stamp())
        let owner = BenchOwner(window: window, budget: registry.budget)
        reader.attach(owner)
        readers.append(reader)
        owners.append(owner)
        return readers.count - 1
    }

    func queue(_ client: Int) -> ClientQueue { readers[client].queue }
    func attachment(_ client: Int) -> Attachment { owners[client].attachment }

    mutating func subscribe(_ client: Int, _ pattern: String, from start: StartPosition = .new) throws {
        let pattern = try TopicPattern(pattern)
        let reader = readers[client]
        if let name = pattern.name {
            _ = reader.queue.subscribe(try create(name, isBroker: true), from: start, now: now)
            return
        }
        guard reader.queue.add(pattern) else { return }
        reader.subscribe(from: start, stamp: order.stamp(), search: registry.subscribe(reader.handle, to: pattern))
        finish(reader)
    }

    mutating func unsubscribe(_ client: Int, _ pattern: String) throws {
        let pattern = try TopicPattern(pattern)
        let reader = readers[client]
        if let name = pattern.name {
            _ = reader.queue.unsubscribe(try create(name, isBroker: true).id, wakes: &wakes)
        } else if reader.queue.remove(pattern) {
            registry.unsubscribe(reader.handle, from: pattern)
            reader.unsubscribed(from: pattern)
            finish(reader)
        }
    }

    mutating func finish(_ reader: Reader) {
        while reader.isBusy { reader.step(now: now, wakes: &wakes) }
    }

    mutating func publish(_ topic: Topic, _ payloads: String...) {
        publish(topic, payloads)
    }

    mutating func publish(
        _ topic: Topic, _ payloads: [String], key: String? = nil, by publisher: Publisher = .one,
        asking times: MessageTimes = .init(), headers: KeyValuePairs<String, String> = [:]
    ) {
        let stamp = order.begin(shard: 0)
        Publishes.frames(payloads, topic: topic.id, key: key, headers: headers).withUnsafeReadableBytes { frames in
            let run = PublishRun(frames, count: payloads.count, by: publisher, stamp: stamp, now: now, times: times)
            _ = topic.locked { $0.publish(run, wakes: &wakes) }
        }
        deliverWakes()
        order.end(shard: 0) { _ in }
    }

    mutating func deliverWakes() {
        while !wakes.isEmpty {
            for wake in wakes.drain(own: 0, { _, _ in }) {
                switch wake {
                case .messageVisible(let waiter, let topicID, let stamp):
                    readers[Int(waiter.reader.seat)].messageVisible(slot: waiter.slot, topicID: topicID, stamp: stamp)
                case .topicCreated(let reader, let topicID):
                    let topic = registry.topic(id: topicID) ?? registry.leaving(topicID)!
                    readers[Int(reader.seat)].topicCreated(topic, now: now)
                    if topic.locked({ $0.readerHasCome() }) { registry.haveBeenTold([topic]) }
                case .roomMade, .publishReleased: break
                }
            }
        }
    }

    /// Deletes a topic and tells its readers.
    @discardableResult
    mutating func delete(_ topic: Topic) -> TopicEnd? {
        let end = topic.locked { $0.end(now: now, wakes: &wakes) }
        registry.remove([topic], loops: 0)
        var waiters: [Waiter] = []
        _ = topic.locked { state in state.holds.visit(0..<10_000) { waiters.append($0.waiter) } }
        for waiter in waiters {
            readers[Int(waiter.reader.seat)].topicGone(slot: waiter.slot, topicID: topic.id, wakes: &wakes)
        }
        while topic.locked({ $0.giveBackPart() }) {}
        if end?.readersToCome == 0 { registry.haveBeenTold([topic]) }
        return end
    }

    /// The output of one turn of a client.
    mutating func take(_ client: Int, bytes: Int = .max) -> [QueueOutput] {
        var output: [QueueOutput] = []
        deliverWakes()
        _ = readers[client].queue.take(
            for: &owners[client].attachment, now: now, horizon: order.horizon, bytes: bytes, output: &output,
            wakes: &wakes)
        deliverWakes()
        return output
    }

    func commit(_ client: Int, _ count: UInt64) -> Bool {
        defer { finishSettling(client) }
        return readers[client].queue.commit(count, of: &owners[client].attachment)
    }

    /// Does what is left of settling many deliveries.
    func finishSettling(_ client: Int) {
        while readers[client].queue.isSettling { readers[client].queue.settleMore(now: now) }
    }

    mutating func payloads(_ client: Int) -> [String] {
        take(client).deliveries.map { String(buffer: $0.payload) }
    }
}

/// The owner of a reader without a connection.
final class BenchOwner: ReaderOwner {
    var attachment: Attachment
    var takesDeliveries = true
    /// How often it was told that there may be something to send.
    var wakeups = 0

    init(window: UInt32, budget: MemoryBudget) { attachment = Attachment(window: window, budget: budget) }

    func readerBecameReady() { wakeups += 1 }
    func topicEnded(_ topic: Topic) {}
    func topicReader(at slot: Int, topicID: UInt32, now: UInt64) -> TopicReader? { nil }
}

// What becomes of deliveries besides a commit of the first of them.
extension QueueBench {
    func settle(_ client: Int, _ numbers: [ClosedRange<UInt64>], _ settling: Settling) -> SettleOutcome {
        defer { finishSettling(client) }
        return readers[client].queue.settle(numbers, settling, of: &owners[client].attachment, now: now)
    }

    mutating func releaseCommitted(_ client: Int) { readers[client].queue.releaseCommitted(wakes: &wakes) }

    mutating func timePassed(_ client: Int) {
        readers[client].timePassed(now: now, wakes: &wakes)
        finishSettling(client)
    }

    /// The payloads of one turn of one of several owners of a client's queue.
    mutating func take(_ client: Int, as owner: BenchOwner) -> [String] {
        var output: [QueueOutput] = []
        deliverWakes()
        _ = readers[client].queue.take(
            for: &owner.attachment, now: now, horizon: order.horizon, bytes: .max, output: &output, wakes: &wakes)
        deliverWakes()
        return output.deliveries.map { String(buffer: $0.payload) }
    }

    /// - Returns: How many topics the queue was moved in.
    mutating func seek(_ client: Int, _ pattern: String, to start: StartPosition) -> UInt32 {
        guard let pattern = try? TopicPattern(pattern) else { return 0 }
        let tally = readers[client].seek(pattern, to: start)
        finish(readers[client])
        return tally.topics
    }

    /// Takes the queue from its client's connection.
    mutating func detach(_ client: Int) {
        readers[client].detach(owners[client], now: now, wakes: &wakes)
        finishSettling(client)
    }

    /// Gives the queue to another connection.
    mutating func attach(_ client: Int, window: UInt32) {
        owners[client] = BenchOwner(window: window, budget: registry.budget)
        readers[client].attach(owners[client])
    }
}

extension [QueueOutput] {
    /// What is told of each run that comes again.
    var attempts: [Attempt] {
        compactMap { if case .again(_, _, let attempt) = $0 { attempt } else { nil } }
    }

    var announcements: Int { count { if case .announcement = $0 { true } else { false } } }
}
