import NIOCore
import ZaichikProtocol

/// What patterns cost: nothing at a publish, little when a topic is created, and one look at every topic when somebody
/// subscribes.
struct PatternsBenchmark {
    static let name = "patterns"

    let options: GrowthOptions
    let report: Report

    private static let clients = 100
    private static let part = 20_000

    func run() throws {
        let patterns = options.count(10_000)
        try publishing(patterns)
        try creating(patterns)
        try subscribing()
    }

    /// Clients that share the patterns among them.
    private func subscribe(_ patterns: Int, port: Int) throws -> [Peer] {
        guard patterns > 0 else { return [] }
        return try (0..<Self.clients).map { client in
            let peer = try Peer(port: port, window: 1 << 20, name: "patterns")
            try peer.ask(count: patterns / Self.clients) { index, request in
                let pattern = PatternShapes.pattern(index * Self.clients + client)
                return .subscribe(request: request, pattern: pattern, from: .new)
            }
            return peer
        }
    }

    // MARK: Publishing

    private func publishing(_ patterns: Int) throws {
        let counts = [0, patterns]
        let parts = options.count(1_000_000) / Self.part
        var brokers: [BrokerProcess] = []
        defer { for broker in brokers { broker.stop() } }
        var publishers: [(peer: Peer, topic: UInt32)] = []
        var crowds: [[Peer]] = []
        for count in counts {
            let broker = try BrokerProcess(loops: options.loops)
            brokers.append(broker)
            crowds.append(try subscribe(count, port: broker.port))
            let peer = try Peer(port: broker.port)
            publishers.append((peer, try peer.createTopic("no.pattern.has.this", [.historyBytes: 64 << 20])))
        }
        var spent = counts.map { _ in Samples() }
        for _ in 0..<parts {
            for (index, broker) in brokers.enumerated() {
                let before = broker.processorTime
                try PublishLoad(count: Self.part).run(publishers[index].peer, topicID: publishers[index].topic)
                spent[index].add(Double(broker.processorTime - before) / Double(Self.part))
            }
        }
        withExtendedLifetime(crowds) {}
        var table = Table("publishing", ["patterns", "broker CPU ns/message", "ratio"])
        for (count, samples) in zip(counts, spent) {
            table.add(
                .count(count), .number(samples.lowerQuartile, decimals: 1),
                .number(samples.lowerQuartile / spent[0].lowerQuartile, decimals: 3))
        }
        report.print(
            Self.name, table,
            facts: options.facts(
                "\(FigureText.count(parts * Self.part)) messages of 128 B in \(parts) parts that alternate, lower quartiles; \(Self.clients) clients"
            ),
            goals: [
                Goal(
                    name: "broker CPU of a publish with \(FigureText.count(patterns)) patterns, to none",
                    measured: spent[1].lowerQuartile / spent[0].lowerQuartile, limit: 1.1, unit: "x", decimals: 3)
            ])
    }

    // MARK: Creating

    private func creating(_ patterns: Int) throws {
        let topics = options.count(10_000)
        var table = Table(
            "creating a topic by TOPIC, one at a time",
            [
                "patterns", "topics", "TOPIC µs p50", "p99", "max", "CPU µs/topic", "CPU p99", "CPU max",
                "first publish µs p50", "p99", "max",
            ])
        var goals: [Goal] = []
        for count in [0, patterns] {
            try BrokerProcess.with(loops: options.loops) { broker in
                let crowd = try subscribe(count, port: broker.port)
                let creation = try TopicCreation(broker, count: topics)
                withExtendedLifetime(crowd) {}
                table.add([.count(count), .count(topics)] + creation.cells)
                guard count > 0 else { return }
                goals = [
                    Goal(
                        name: "p99 of TOPIC among \(FigureText.count(count)) patterns",
                        measured: creation.wall.percentile(99) / 1000, limit: 1, unit: "ms", decimals: 3),
                    Goal(
                        name: "p99 of the broker's CPU for TOPIC among \(FigureText.count(count)) patterns",
                        measured: creation.processor.percentile(99) / 1000, limit: 1, unit: "ms", decimals: 3),
                ]
            }
        }
        report.print(
            Self.name, table, facts: options.facts("\(Self.clients) clients, patterns of ten shapes"), goals: goals)
    }

    // MARK: Subscribing

    private func subscribing() throws {
        let topics = options.count(100_000)
        let patterns = options.isQuick ? 20 : 100
        var table = Table(
            "round trips of another connection on the same loop",
            ["meanwhile", "topics", "SUBSCRIBE ms p50", "max"] + RoundTrips.columns)
        try BrokerProcess.with(loops: 1) { broker in
            let peer = try Peer(port: broker.port)
            try peer.ask(count: topics) { .topic(request: $1, name: "site.\($0 % 1000).unit\($0)") }
            let pinger = try Peer(port: broker.port)
            let quiet = try RoundTrips.during(pinger, clock: broker.clock) { Monotonic.sleep(milliseconds: 3000) }
            table.add([.text("nothing"), .count(topics), .none, .none] + quiet.cells)
            let times = Shared(Samples())
            let trips = try RoundTrips.during(pinger, clock: broker.clock) {
                for index in 0..<patterns {
                    let start = Monotonic.now
                    try peer.subscribe(index % 2 == 0 ? "site.\(index).*" : "*.none.*.\(index)")
                    let time = Double(Monotonic.now - start) / 1e6
                    times.change { $0.add(time) }
                    Monotonic.sleep(milliseconds: 10)
                }
            }
            let samples = times.value
            let cells: [Table.Cell] = [samples.median, samples.most].map { .number($0, decimals: 2) }
            table.add([.text("subscribing to patterns"), .count(topics)] + cells + trips.cells)
        }
        report.print(
            Self.name, table,
            facts: options.facts(
                loops: 1, "\(patterns) patterns that match one topic in a thousand or none, one each 10 ms"))
    }
}
