import ZaichikProtocol

/// What creating topics costs, one request at a time, and the first publish to each, which is when those who read it by
/// a pattern meet it.
struct TopicCreation {
    /// In µs.
    private(set) var wall = Samples()
    private(set) var processor = Samples()
    private(set) var firstPublish = Samples()

    init(_ broker: BrokerProcess, count: Int) throws {
        let peer = try Peer(port: broker.port)
        var topics: [UInt32] = []
        for index in 0..<count {
            let (start, before) = (Monotonic.now, broker.processorTime)
            topics.append(try peer.topic(PatternShapes.name(index)))
            let created = Monotonic.now
            processor.add(Double(broker.processorTime - before) / 1000)
            wall.add(Double(created - start) / 1000)
        }
        for topic in topics {
            let first = FrameBatch(topicID: topic, count: 1, payload: 128)
            let start = Monotonic.now
            try peer.publish(first)
            try peer.awaitConfirms()
            firstPublish.add(Double(Monotonic.now - start) / 1000)
        }
    }

    var cells: [Table.Cell] {
        [
            wall.median, wall.percentile(99), wall.most, processor.values.reduce(0, +) / Double(processor.values.count),
            processor.percentile(99), processor.most, firstPublish.median, firstPublish.percentile(99),
            firstPublish.most,
        ].map { .number($0, decimals: 0) }
    }
}
