import ZaichikProtocol

/// The memory of kept messages: resident bytes of the broker's process, before and after.
struct MemoryBenchmark {
    static let name = "memory"

    let options: GrowthOptions
    let report: Report

    func run() throws {
        try messages()
        try clientsBehind()
        try topics()
        try subscriptions()
        try connections()
    }

    // MARK: Messages

    /// A frame has 28 bytes beside key and payload; the rest of the bound is for the index and for unused space in
    /// segments.
    private static let allowedPerMessage = 40.0

    private func messages() throws {
        let count = options.count(1_000_000)
        let key = 16
        var table = Table(
            "bytes of memory for a message that is kept",
            ["topics in turn", "payload B", "key B", "frame B", "memory B/message", "beside key and payload B"])
        var goals: [Goal] = []
        // Two topics that alternate are the worst case for the index of arrival: no message follows another of its
        // topic.
        for (topics, payload) in [(1, 0), (1, 16), (1, 128), (1, 1024), (2, 0), (2, 128)] {
            let bytes = try BrokerProcess.with(loops: options.loops) { broker in
                let publisher = try warmPublisher(broker)
                let ids = try (0..<topics).map { try publisher.createTopic("kept.\($0)") }
                let before = broker.memory
                try PublishLoad(count: count, payload: payload, key: key).run(publisher, topicIDs: ids)
                return Double(broker.memory - before) / Double(count)
            }
            let beside = bytes - Double(key + payload)
            table.add(
                .count(topics), .count(payload), .count(key), .count(28 + key + payload), .number(bytes, decimals: 1),
                .number(beside, decimals: 1))
            goals.append(
                Goal(
                    name: "beside key and payload of \(payload) B, \(topics) topics", measured: beside,
                    limit: Self.allowedPerMessage, unit: "B/message", decimals: 1))
        }
        report.print(
            Self.name, table, facts: options.facts("\(FigureText.count(count)) messages with keys of 16 B"),
            goals: goals)
    }

    /// A publisher that has published already, so that memory taken only once is taken already.
    private func warmPublisher(_ broker: BrokerProcess) throws -> Peer {
        let publisher = try Peer(port: broker.port)
        let warm = try publisher.createTopic("warm", [.historyBytes: 1 << 20])
        try PublishLoad(count: 20_000).run(publisher, topicID: warm)
        return publisher
    }

    // MARK: Clients that lag

    private func clientsBehind() throws {
        let clients = options.count(1000)
        let count = options.count(1_000_000)
        var memory: [[Double]] = []
        for present in [0, clients] {
            memory.append(
                try BrokerProcess.with(loops: options.loops) { broker in
                    let publisher = try warmPublisher(broker)
                    let topic = try publisher.createTopic("behind")
                    let crowd = try Crowd(present, port: broker.port) { _ in "behind" }
                    return try [1, count - 1].map { more in
                        try PublishLoad(count: more).run(publisher, topicID: topic)
                        try crowd.receive()
                        return Double(broker.memory)
                    }
                })
        }
        let perClient = [0, 1].map { (memory[1][$0] - memory[0][$0]) / Double(clients) }
        var table = Table("bytes of memory for a client that is behind", ["messages behind", "memory B/client"])
        table.add(.count(1), .number(perClient[0], decimals: 0))
        table.add(.count(count), .number(perClient[1], decimals: 0))
        let perMessage = (perClient[1] - perClient[0]) / Double(count)
        // A segment of the log more or less is a thousandth of a byte.
        report.print(
            Self.name, table,
            facts: options.facts("\(FigureText.count(clients)) clients with a window of 0, messages of 128 B"),
            goals: [
                Goal(
                    name: "for a message that a client is behind", measured: perMessage, limit: 0.01,
                    unit: "B/message/client", decimals: 4)
            ])
    }
}
