/// One broker with clients that are behind, and what publishing to it cost so far.
struct BehindScene {
    private let broker: BrokerProcess
    private let publisher: Peer
    private let topic: UInt32
    private let crowd: Crowd
    /// Of the broker while nobody publishes, in ms of processor time a second.
    let upkeep: Double
    /// In ns a message.
    private(set) var wall = Samples()
    private(set) var processor = Samples()

    init(_ one: BehindBenchmark.Case, loops: Int) throws {
        broker = try BrokerProcess(loops: loops)
        publisher = try Peer(port: broker.port)
        topic = try publisher.createTopic("behind")
        crowd = try Crowd(one.clients, port: broker.port, window: one.window) { _ in "behind" }
        // The first messages wake those who have everything; from then on they are behind.
        try PublishLoad(count: 20_000).run(publisher, topicID: topic)
        try crowd.receive()
        let before = broker.processorTime
        Monotonic.sleep(milliseconds: 1000)
        upkeep = Double(broker.processorTime - before) / 1e6
    }

    mutating func publish(_ count: Int) throws {
        let before = broker.processorTime
        let time = try PublishLoad(count: count).run(publisher, topicID: topic)
        wall.add(Double(time) / Double(count))
        processor.add(Double(broker.processorTime - before) / Double(count))
    }

    /// How far the furthest client is behind, as the broker says.
    func lag() throws -> UInt64 { try publisher.largestLag() }

    func stop() { broker.stop() }
}
