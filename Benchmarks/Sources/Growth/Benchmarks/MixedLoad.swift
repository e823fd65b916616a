import ZaichikProtocol

/// Publishers that each alternate between all topics, and subscribers that each read all topics: on one broker, at full
/// speed.
struct MixedLoad {
    struct Shape {
        var topics: Int
        var publishers: Int
        var subscribers: Int
        /// Messages of each publisher.
        var count: Int
    }

    static let batch = 64

    var publishedPerSecond = 0.0
    var deliveredPerSecond = 0.0
    /// The broker's, in ns.
    var processorPerDelivery = 0.0
    /// Batches sent: each is one append or more.
    var batches = 0
    /// How often the broker's threads went to sleep.
    var sleeps = 0
    /// How often one loop woke another, as the broker counts it; nil if it does not.
    var wakeUps: UInt64?
    var faults = Faults()
    /// Readers that got another order than the first one.
    var otherOrder = 0

    static func run(loops: Int, spreads: Bool, shape: Shape) throws -> MixedLoad {
        try BrokerProcess.with(loops: loops, spreads: spreads) { broker in
            let port = broker.port
            let counters = try BrokerCounters(port: port)
            let topics = try (0..<shape.topics).map { try counters.peer.createTopic("mixed.\($0)") }
            let readers = try (0..<shape.subscribers).map { _ in
                let reader = try Peer(port: port, window: 1 << 16)
                for index in 0..<shape.topics { try reader.subscribe("mixed.\(index)") }
                return reader
            }
            let total = UInt64(shape.count * shape.publishers)
            let before = (processor: broker.processorTime, sleeps: broker.sleeps, wakeUps: try counters.wakeUps())
            let start = Monotonic.now
            let reading = readers.map { reader in
                Parallel.start { try read(reader, count: total, shape: shape, topics: Int(topics.max() ?? 0)) }
            }
            let publishing = (0..<shape.publishers).map { index in
                Parallel.start { try publish(UInt64(index), port: port, topics: topics, count: shape.count) }
            }
            for end in publishing { try end() }
            let published = Monotonic.now
            let ledgers = try reading.map { try $0() }
            let ended = Monotonic.now
            var result = MixedLoad()
            result.publishedPerSecond = Double(total) * 1e9 / Double(published - start)
            let deliveries = Double(total) * Double(shape.subscribers)
            result.deliveredPerSecond = deliveries * 1e9 / Double(ended - start)
            result.processorPerDelivery = Double(broker.processorTime - before.processor) / deliveries
            result.batches = shape.publishers * shape.count / Self.batch
            result.sleeps = broker.sleeps - before.sleeps
            if let wakeUps = try counters.wakeUps(), let first = before.wakeUps { result.wakeUps = wakeUps - first }
            for ledger in ledgers { result.faults.add(ledger.faults) }
            result.otherOrder = ledgers.count { $0.order != ledgers[0].order }
            return result
        }
    }

    private static func publish(_ publisher: UInt64, port: Int, topics: [UInt32], count: Int) throws {
        let peer = try Peer(port: port)
        var batches = topics.map { FrameBatch(topicID: $0, count: batch, payload: 128) }
        for step in 0..<count / batch {
            let place = step % batches.count
            batches[place].number(from: publisher << DeliveryLedger.publisherShift + UInt64(step * batch))
            // Few are outstanding, so that publishers and readers advance together.
            try peer.publish(batches[place], outstanding: 4096)
        }
        try peer.awaitConfirms()
    }

    private static func read(_ reader: Peer, count: UInt64, shape: Shape, topics: Int) throws -> DeliveryLedger {
        let ledger = Shared(DeliveryLedger(publishers: shape.publishers, topics: topics))
        reader.onDelivery = { frame in ledger.change { $0.take(frame) } }
        try reader.read(until: count)
        // A duplicate would come after them.
        try reader.ping()
        ledger.change { $0.end(count: UInt64(shape.count)) }
        return ledger.value
    }
}
