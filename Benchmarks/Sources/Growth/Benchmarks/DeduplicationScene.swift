import ZaichikProtocol

/// One broker with a topic that has so many keys in its window, and what publishing to it cost so far.
struct DeduplicationScene {
    private let broker: BrokerProcess
    private let publisher: Peer
    private let topic: UInt32
    private var reader: Peer?
    /// Messages with a key of their own that were published.
    private var published = 0
    /// Messages of keys that were seen before.
    private var repeated = 0
    private let readsRepeated: Bool
    /// Of the broker with all the keys and messages, in bytes.
    private(set) var memory = 0.0
    /// Processor time while the keys came, in ns a message.
    private(set) var filling = 0.0
    /// Processor time, in ns a message.
    private(set) var new = Samples()
    private(set) var seen = Samples()

    /// Long enough that no key leaves it.
    private static let window: UInt64 = 3_600_000

    init(_ one: DeduplicationBenchmark.Case, loops: Int, keys: Int) throws {
        broker = try BrokerProcess(loops: loops)
        publisher = try Peer(port: broker.port)
        var settings: [TopicSettings.Tag: UInt64] = [:]
        if let scope = one.scope {
            settings = [.deduplicationWindow: Self.window, .deduplicationScope: UInt64(scope.rawValue)]
        }
        topic = try publisher.createTopic("keys", settings)
        readsRepeated = one.scope == nil
        if one.isRead {
            reader = try Peer(port: broker.port, window: 1 << 20)
            try reader?.subscribe("keys")
        }
        let before = broker.processorTime
        while published < keys { try publish(min(20_000, keys - published)) }
        filling = Double(broker.processorTime - before) / Double(keys)
        memory = Double(broker.memory)
    }

    mutating func publishNew(_ count: Int) throws {
        let before = broker.processorTime
        try publish(count)
        new.add(Double(broker.processorTime - before) / Double(count))
    }

    private mutating func publish(_ count: Int) throws {
        try PublishLoad(count: count, key: 16, isNumbered: true).run(
            publisher, topicID: topic, first: UInt64(published))
        published += count
        try awaitReader()
    }

    /// The keys that came first, once more.
    mutating func publishSeen(_ count: Int) throws {
        let before = broker.processorTime
        try PublishLoad(count: count, key: 16, isNumbered: true).run(publisher, topicID: topic, first: UInt64(repeated))
        repeated += count
        try awaitReader()
        seen.add(Double(broker.processorTime - before) / Double(count))
    }

    /// The reader gets all messages that are not duplicates; duplicates are skipped in the turns before the barrier.
    private func awaitReader() throws {
        try reader?.read(until: UInt64(published + (readsRepeated ? repeated : 0)))
        try reader?.ping()
    }

    func stop() { broker.stop() }
}
