/// One broker with clients that lag, and the cost of publishing to it so far.
struct BehindScene {
    private let broker: BrokerProcess
    private let publisher: Peer
    private let topic: UInt32
    private let crowd: Crowd
    /// Processor time of the broker while no client publishes, in ms a second.
    let upkeep: Double
    /// In ns a message.
    private(set) var wall = Samples()
    private(set) var processor = Samples()

    init(_ one: BehindBenchmark.Case, loops: Int) throws {
        broker = try BrokerProcess(loops: loops)
        publisher = try Peer(port: broker.port)
        topic = try publisher.createTopic("behind")
        crowd = try Crowd(one.clients, port: broker.port, window: one.window) { _ in "behind" }
        // The first messages wake the clients that have everything; from then on they lag.
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

    /// The largest lag of a client, as the broker reports it.
    func lag() throws -> UInt64 { try publisher.largestLag() }

    func stop() { broker.stop() }
}
