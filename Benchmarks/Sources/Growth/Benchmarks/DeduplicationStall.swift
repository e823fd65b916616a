import ZaichikProtocol

/// Whether forgetting keys holds anybody up: round trips of another connection on the same loop, while keys come, and
/// while they expire.
struct DeduplicationStall {
    let options: GrowthOptions
    let report: Report
    let keys: Int

    /// In ms.
    private static let window: UInt64 = 2000
    private static let allowed = 1.0
    private static let secondsOfExpiry = 8

    func run() throws {
        var table = Table(
            "round trips of another connection on the same loop", ["deduplication", "phase"] + RoundTrips.columns)
        var goals: [Goal] = []
        let scopes: [TopicSettings.DeduplicationScope?] = [nil, .topic, .consumer]
        for scope in scopes {
            let name = scope.map { "scope \($0)" } ?? "none"
            let phases = try measure(scope)
            for (phase, trips) in phases { table.add([.text(name), .text(phase)] + trips.cells) }
            guard scope != nil else { continue }
            goals.append(
                Goal(
                    name: "the loop's longest work within a round trip while keys expire, \(name)",
                    measured: phases[1].trips.processor.most, limit: Self.allowed, unit: "ms", decimals: 3))
        }
        report.print(
            DeduplicationBenchmark.name, table,
            facts: options.facts(
                loops: 1,
                "\(FigureText.count(keys)) keys of 16 B, a window of \(Self.window) ms, a client that reads; "
                    + "then 1,000 messages/s for \(Self.secondsOfExpiry) s"),
            goals: goals)
    }

    private func measure(_ scope: TopicSettings.DeduplicationScope?) throws -> [(phase: String, trips: RoundTrips)] {
        try BrokerProcess.with(loops: 1) { broker in
            let publisher = try Peer(port: broker.port)
            let reader = try Peer(port: broker.port, window: 1 << 20)
            let pinger = try Peer(port: broker.port)
            var settings: [TopicSettings.Tag: UInt64] = [:]
            if let scope {
                settings = [.deduplicationWindow: Self.window, .deduplicationScope: UInt64(scope.rawValue)]
            }
            let topic = try publisher.createTopic("keys", settings)
            try reader.subscribe("keys")
            let publish: @Sendable (Int, Int) throws -> Void = { first, count in
                try PublishLoad(count: count, key: 16, batch: 50, isNumbered: true)
                    .run(publisher, topicID: topic, first: UInt64(first))
                try reader.read(until: UInt64(first + count))
            }
            let keys = keys
            // In parts of 100, so that a trip meets the loop's work on one part and not on all of them.
            let filling = try RoundTrips.during(pinger, clock: broker.clock) {
                for first in stride(from: 0, to: keys, by: 100) { try publish(first, 100) }
            }
            let expiring = try RoundTrips.during(pinger, clock: broker.clock) {
                let start = Monotonic.now
                for step in 0..<Self.secondsOfExpiry * 100 {
                    try publish(keys + step * 10, 10)
                    Monotonic.sleep(until: start + UInt64(step + 1) * 10_000_000)
                }
            }
            return [("keys come", filling), ("keys expire", expiring)]
        }
    }
}
