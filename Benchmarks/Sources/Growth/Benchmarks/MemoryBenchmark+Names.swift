import ZaichikProtocol

// What topics, subscriptions and connections take that have no messages.
extension MemoryBenchmark {
    func topics() throws {
        let count = options.count(100_000)
        var table = Table("bytes of memory for an empty topic", ["name B", "memory B/topic"])
        var goals: [Goal] = []
        for prefix in ["topic.", "warehouse.shelf.box."] {
            let bytes = try BrokerProcess.with(loops: options.loops) { broker in
                let peer = try Peer(port: broker.port)
                _ = try peer.topic("first")
                let before = broker.memory
                try peer.ask(count: count) { .topic(request: $1, name: "\(prefix)\(100_000 + $0)") }
                return Double(broker.memory - before) / Double(count)
            }
            let length = prefix.utf8.count + 6
            table.add(.count(length), .number(bytes, decimals: 0))
            goals.append(
                Goal(
                    name: "an empty topic with a name of \(length) B", measured: bytes, limit: 512, unit: "B",
                    decimals: 0))
        }
        report.print(
            Self.name, table, facts: options.facts("\(FigureText.count(count)) topics created by TOPIC"), goals: goals)
    }

    /// How many clients subscribe to how many topics.
    private struct SubscriptionCase {
        var clients: Int
        var topics: Int
        var byPattern = false
    }

    func subscriptions() throws {
        let total = options.count(1_000_000)
        var table = Table(
            "bytes of memory for a subscription", ["made by", "clients", "topics", "memory B/subscription"])
        var goals: [Goal] = []
        for shape in [
            SubscriptionCase(clients: 10, topics: total / 10), SubscriptionCase(clients: 1000, topics: total / 1000),
            SubscriptionCase(clients: 10, topics: total / 10, byPattern: true),
        ] {
            let bytes = try bytesPerSubscription(shape)
            let way = shape.byPattern ? "pattern" : "name"
            table.add(.text(way), .count(shape.clients), .count(shape.topics), .number(bytes, decimals: 0))
            goals.append(
                Goal(
                    name: "a subscription by \(way), \(shape.clients) clients", measured: bytes, limit: 200, unit: "B",
                    decimals: 0))
        }
        report.print(
            Self.name, table,
            facts: options.facts("\(FigureText.count(total)) subscriptions to empty topics, names of 12 B"),
            goals: goals)
    }

    private func bytesPerSubscription(_ shape: SubscriptionCase) throws -> Double {
        try BrokerProcess.with(loops: options.loops) { broker in
            let peers = try (0..<shape.clients).map { _ in try Peer(port: broker.port) }
            try peers[0].ask(count: shape.topics) { .topic(request: $1, name: "topic.\(100_000 + $0)") }
            for peer in peers { try peer.ping() }
            let before = broker.memory
            for peer in peers {
                try peer.ask(count: shape.byPattern ? 1 : shape.topics) { index, request in
                    let pattern = shape.byPattern ? "topic.*" : "topic.\(100_000 + index)"
                    return .subscribe(request: request, pattern: pattern, from: .new)
                }
            }
            return Double(broker.memory - before) / Double(shape.clients * shape.topics)
        }
    }

    func connections() throws {
        let count = options.count(15_000)
        let seconds = options.isQuick ? 2 : 40
        var table = Table(
            "KiB of memory for an idle connection with a topic and a subscription of its own",
            ["connections", "seconds held", "still there", "memory KiB/connection"])
        let bytes = try BrokerProcess.with(loops: options.loops) { broker in
            let before = broker.memory
            let crowd = try Crowd(count, port: broker.port) { "own.\(100_000 + $0)" }
            let after = broker.memory
            // Long enough for the broker to ping silent clients.
            for _ in 0..<seconds {
                Monotonic.sleep(milliseconds: 1000)
                try crowd.receive()
            }
            for peer in crowd.peers { try peer.ping() }
            let later = broker.memory
            for (held, memory) in [(0, after), (seconds, later)] {
                table.add(
                    .count(count), .count(held), .count(crowd.peers.count),
                    .number(Double(memory - before) / Double(count) / 1024, decimals: 2))
            }
            return Double(later - before) / Double(count)
        }
        report.print(
            Self.name, table, facts: options.facts("a window of 0"),
            goals: [Goal(name: "an idle connection", measured: bytes / 1024, limit: 6, unit: "KiB")])
    }
}
