import ZaichikProtocol

/// One client that catches up over ten million messages: how fast, beside what a bare socket carries, and what the live
/// clients notice of it.
struct CatchUpBenchmark {
    static let name = "catch-up"

    let options: GrowthOptions
    let report: Report

    private static let frame = 28 + 128
    private static let allowedGrowth = 2.0
    /// How long live clients are measured beside one thing, in ns.
    private static let roundTime: UInt64 = 2_000_000_000

    /// How fast somebody took everything.
    private struct Pace {
        var messages: Int
        var bytes: Int
        /// In ns.
        var time: UInt64
        /// Processor time of the sender, in ns.
        var processor: UInt64

        var megabytesPerSecond: Double { Double(bytes) * 1000 / Double(time) }
        var messagesPerSecond: Double { Double(messages) * 1e9 / Double(time) }
        var processorPerMessage: Double { Double(processor) / Double(messages) }
    }

    func run() throws {
        let count = options.count(10_000_000)
        try BrokerProcess.with(loops: options.loops) { broker in
            let (port, clock) = (broker.port, broker.clock)
            let publisher = try Peer(port: port)
            let topic = try publisher.createTopic("kept")
            report.note("catch-up: publishing \(FigureText.count(count)) messages")
            try PublishLoad(count: count).run(publisher, topicID: topic)
            try pace {
                try Self.catchUp(count, port: port, clock: clock)
            } copy: {
                try copy(count)
            }
            try live("another topic", count, broker, topic: "live")
            try live("the same topic", count, broker, topic: "kept")
        }
    }

    // MARK: Pace

    private func pace(_ catchUp: () throws -> Pace, copy: () throws -> Pace) throws {
        let rounds = options.rounds(3)
        var copies: [Pace] = []
        var catches: [Pace] = []
        for _ in 0..<rounds {
            copies.append(try copy())
            catches.append(try catchUp())
        }
        var table = Table(
            "one client takes all that is kept",
            ["how", "messages/s", "MB/s", "of the bare copy", "sender CPU ns/message", "of the bare copy's"])
        let limit = median(copies.map(\.megabytesPerSecond))
        let least = median(copies.map(\.processorPerMessage))
        for (way, paces) in [("bare socket copy", copies), ("catching up", catches)] {
            let rate = median(paces.map(\.megabytesPerSecond))
            let cost = median(paces.map(\.processorPerMessage))
            table.add(
                .text(way), .number(median(paces.map(\.messagesPerSecond)), decimals: 0), .number(rate, decimals: 0),
                .number(rate / limit, decimals: 2), .number(cost, decimals: 1), .number(cost / least, decimals: 2))
        }
        let count = FigureText.count(copies[0].messages)
        report.print(
            Self.name, table,
            facts: options.facts("\(count) messages of 128 B in frames of \(Self.frame) B, medians of \(rounds) runs"))
    }

    /// The same bytes from one process to another, with nothing in between.
    private func copy(_ count: Int) throws -> Pace {
        let bytes = count * Self.frame
        let source = try ChildProcess(CopyArguments(bytes: bytes).arguments)
        defer { source.stop() }
        let (start, before) = (Monotonic.now, source.clock.now)
        let socket = try Socket(port: source.port)
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        var read = 0
        while read < bytes { read += try piece.withUnsafeMutableBytes { try socket.receive(into: $0, waits: true) } }
        return Pace(
            messages: count, bytes: bytes, time: Monotonic.now - start, processor: source.clock.now - before)
    }

    private static func catchUp(_ count: Int, port: Int, clock: ProcessorClock) throws -> Pace {
        let reader = try Peer(port: port, window: FrameLimits.window, capacity: 1 << 20)
        let (start, before) = (Monotonic.now, clock.now)
        try reader.subscribe("kept", from: .earliest)
        try reader.read(until: UInt64(count))
        let time = Monotonic.now - start
        guard reader.lost == 0 else { throw GrowthError("\(reader.lost) messages were no longer kept") }
        return Pace(
            messages: Int(reader.delivered), bytes: reader.deliveredBytes, time: time, processor: clock.now - before)
    }

    // MARK: Live clients

    /// The load beside which the live clients are measured.
    private enum Meanwhile: String, CaseIterable {
        case nothing
        /// The same bytes from elsewhere than the broker: the share of the cores that another reader takes.
        case copy = "a bare copy of the same bytes"
        case catchUp = "a client catches up"
    }

    private func live(_ which: String, _ count: Int, _ broker: BrokerProcess, topic: String) throws {
        let (port, clock) = (broker.port, broker.clock)
        let rounds = options.rounds(5)
        var median50: [Meanwhile: [Double]] = [:]
        var median99: [Meanwhile: [Double]] = [:]
        let paces = Shared<[Double]>([])
        // They alternate: whatever else the machine does meets all of them.
        for _ in 0..<rounds {
            for meanwhile in Meanwhile.allCases {
                let samples = try LiveTraffic.measure(port: port, topic: topic) {
                    let end = Monotonic.now + Self.roundTime
                    repeat {
                        switch meanwhile {
                        case .nothing: Monotonic.sleep(until: end)
                        case .copy: _ = try copy(count)
                        case .catchUp:
                            let pace = try Self.catchUp(count, port: port, clock: clock)
                            paces.change { $0.append(pace.messagesPerSecond) }
                        }
                    } while Monotonic.now < end
                }
                median50[meanwhile, default: []].append(samples.median)
                median99[meanwhile, default: []].append(samples.percentile(99))
            }
        }
        var table = Table(
            "latency of live messages on \(which)",
            ["meanwhile", "ms p50", "p99", "least p99", "most p99", "caught up messages/s"])
        for meanwhile in Meanwhile.allCases {
            let ends = Samples(median99[meanwhile]!)
            let figures = [median(median50[meanwhile]!), ends.median, ends.least, ends.most]
            table.add(
                [.text(meanwhile.rawValue)] + figures.map { .number($0, decimals: 3) }
                    + [meanwhile == .catchUp ? .number(median(paces.value), decimals: 0) : .none])
        }
        let ends = median99.mapValues { median($0) }
        report.print(
            Self.name, table,
            facts: options.facts(
                "one publisher at \(FigureText.count(LiveTraffic.rate))/s with one subscriber, messages of 128 B; "
                    + "medians of \(rounds) rounds that alternate"),
            goals: [Meanwhile.nothing, .copy].map { other in
                Goal(
                    name: "p99 of live messages on \(which) while a client catches up, to \(other.rawValue)",
                    measured: ends[.catchUp]! / ends[other]!, limit: Self.allowedGrowth, unit: "x")
            })
    }
}
