import ZaichikProtocol

/// One client that catches up over ten million messages: how fast, beside what a bare socket carries, and what the live
/// clients notice of it.
struct CatchUpBenchmark {
    static let name = "catch-up"

    let options: GrowthOptions
    let report: Report

    private static let frame = 28 + 128
    private static let allowedGrowth = 2.0

    /// How fast somebody took everything.
    private struct Pace {
        var messages: Int
        var bytes: Int
        /// In ns.
        var time: UInt64

        var megabytesPerSecond: Double { Double(bytes) * 1000 / Double(time) }
        var messagesPerSecond: Double { Double(messages) * 1e9 / Double(time) }
    }

    func run() throws {
        let count = options.count(10_000_000)
        try BrokerProcess.with(loops: options.loops) { broker in
            let port = broker.port
            let publisher = try Peer(port: port)
            let topic = try publisher.createTopic("kept")
            report.note("catch-up: publishing \(FigureText.count(count)) messages")
            try PublishLoad(count: count).run(publisher, topicID: topic)
            try pace(count, port: port)
            try live("another topic", count, port: port, topic: "live")
            try live("the same topic", count, port: port, topic: "kept")
        }
    }

    // MARK: Pace

    private func pace(_ count: Int, port: Int) throws {
        let copies = try (0..<options.rounds(3)).map { _ in try copy(count) }
        let catches = try (0..<options.rounds(3)).map { _ in try Self.catchUp(count, port: port) }
        var table = Table("one client takes all that is kept", ["how", "messages/s", "MB/s", "of the bare copy"])
        let limit = median(copies.map(\.megabytesPerSecond))
        for (way, paces) in [("bare socket copy", copies), ("catching up", catches)] {
            let rate = median(paces.map(\.megabytesPerSecond))
            table.add(
                .text(way), .number(median(paces.map(\.messagesPerSecond)), decimals: 0), .number(rate, decimals: 0),
                .number(rate / limit, decimals: 2))
        }
        report.print(
            Self.name, table,
            facts: options.facts(
                "\(FigureText.count(count)) messages of 128 B in frames of \(Self.frame) B, medians of \(copies.count) runs"
            ))
    }

    /// The same bytes from one process to another, with nothing in between.
    private func copy(_ count: Int) throws -> Pace {
        let bytes = count * Self.frame
        let source = try ChildProcess(CopyArguments(bytes: bytes).arguments)
        defer { source.stop() }
        let begun = Monotonic.now
        let socket = try Socket(port: source.port)
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        var read = 0
        while read < bytes { read += try piece.withUnsafeMutableBytes { try socket.receive(into: $0, waits: true) } }
        return Pace(messages: count, bytes: bytes, time: Monotonic.now - begun)
    }

    private static func catchUp(_ count: Int, port: Int) throws -> Pace {
        let reader = try Peer(port: port, window: FrameLimits.window, capacity: 1 << 20)
        let begun = Monotonic.now
        try reader.subscribe("kept", from: .earliest)
        try reader.read(until: UInt64(count))
        let time = Monotonic.now - begun
        guard reader.lost == 0 else { throw GrowthError("\(reader.lost) messages were no longer kept") }
        return Pace(messages: Int(reader.delivered), bytes: reader.deliveredBytes, time: time)
    }

    // MARK: Live clients

    private func live(_ which: String, _ count: Int, port: Int, topic: String) throws {
        let quiet = try LiveTraffic.measure(port: port, topic: topic) { Monotonic.sleep(milliseconds: 3000) }
        let rounds = options.rounds(3)
        let paces = Shared<[Double]>([])
        let busy = try LiveTraffic.measure(port: port, topic: topic) {
            for _ in 0..<rounds {
                let pace = try Self.catchUp(count, port: port)
                paces.change { $0.append(pace.messagesPerSecond) }
            }
        }
        // Bytes that the other reader does not wait for: what a second thread takes of the cores alone.
        let crowded = try LiveTraffic.measure(port: port, topic: topic) {
            for _ in 0..<rounds { _ = try copy(count) }
        }
        var table = Table(
            "latency of live messages on \(which)",
            ["meanwhile", "messages", "ms p50", "p99", "max", "caught up messages/s"])
        for (phase, samples, rate) in [
            ("nothing", quiet, nil), ("a bare copy of the same bytes", crowded, nil),
            ("a client catches up", busy, median(paces.value)),
        ] {
            table.add(
                .text(phase), .count(samples.values.count), .number(samples.median, decimals: 3),
                .number(samples.percentile(99), decimals: 3), .number(samples.most, decimals: 3),
                rate.map { .number($0, decimals: 0) } ?? .none)
        }
        report.print(
            Self.name, table,
            facts: options.facts("one publisher at \(LiveTraffic.rate)/s with one subscriber, messages of 128 B"),
            goals: [
                Goal(
                    name: "p99 of live messages on \(which) while a client catches up, to nothing",
                    measured: busy.percentile(99) / quiet.percentile(99), limit: Self.allowedGrowth, unit: "x"),
                Goal(
                    name: "p99 of live messages on \(which) while a client catches up, to a bare copy",
                    measured: busy.percentile(99) / crowded.percentile(99), limit: Self.allowedGrowth, unit: "x"),
            ])
    }
}
