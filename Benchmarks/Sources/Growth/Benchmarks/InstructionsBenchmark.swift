import Glibc
import ZaichikProtocol

/// What a publish costs in instructions of the broker, with much of everything else there. Fewer messages than the
/// other benchmarks have, but no noise: each case runs twice, with so many messages and with twice as many, and the
/// difference is theirs.
struct InstructionsBenchmark {
    static let name = "instructions"

    let options: GrowthOptions
    let report: Report

    private struct Case {
        var text: String
        var behind = 0
        var patterns = 0
        var key = 0
        var scope: TopicSettings.DeduplicationScope?
        var isRead = false
        /// The index of the case that it is compared with, and how much more it may cost.
        var base = 0
        var allowed = 1.1
    }

    func run() throws {
        guard CountedBroker.isPossible else { return report.note("instructions: valgrind is not installed, skipped") }
        let program = try CountedBroker.strippedCopy()
        defer { unlink(program) }
        let some = options.count(1000)
        let cases = [
            Case(text: "nobody else"), Case(text: "\(some) clients behind", behind: some),
            Case(text: "\(some) patterns", patterns: some), Case(text: "keys of 16 B", key: 16),
            Case(text: "keys, scope topic", key: 16, scope: .topic, base: 3, allowed: 1.3),
            Case(text: "keys, one reader", key: 16, isRead: true),
            Case(
                text: "keys, one reader, scope consumer", key: 16, scope: .consumer, isRead: true, base: 5, allowed: 1.3
            ),
        ]
        // Starting costs a hundred times as much as a thousand messages, and not always the same.
        let count = options.isQuick ? 100_000 : 400_000
        var table = Table("instructions of the broker", ["with", "instructions/message", "compared with", "ratio"])
        var goals: [Goal] = []
        var figures: [Double] = []
        for one in cases {
            report.note("instructions: \(one.text)")
            let figure =
                try (measure(one, count: 2 * count, program) - measure(one, count: count, program)) / Double(count)
            figures.append(figure)
            let ratio = figure / figures[one.base]
            table.add(
                .text(one.text), .number(figure, decimals: 0), .text(cases[one.base].text), .number(ratio, decimals: 3))
            guard one.behind > 0 || one.patterns > 0 || one.scope != nil else { continue }
            goals.append(
                Goal(
                    name: "\(one.text), to \(cases[one.base].text)", measured: ratio, limit: one.allowed, unit: "x",
                    decimals: 3))
        }
        report.print(
            Self.name, table,
            facts: options.facts(
                loops: 1, "\(FigureText.count(count)) to \(FigureText.count(2 * count)) messages of 128 B, callgrind"),
            goals: goals)
    }

    /// All instructions of a broker that got so many messages.
    private func measure(_ one: Case, count: Int, _ program: String) throws -> Double {
        let broker = try CountedBroker(loops: 1, program: program)
        let publisher = try Peer(port: broker.port)
        var settings: [TopicSettings.Tag: UInt64] = [:]
        if let scope = one.scope {
            settings = [.deduplicationWindow: 3_600_000, .deduplicationScope: UInt64(scope.rawValue)]
        }
        let topic = try publisher.createTopic("counted", settings)
        let crowd = try Crowd(one.behind + one.patterns, port: broker.port) { index in
            index < one.behind ? "counted" : PatternShapes.pattern(index)
        }
        let reader = one.isRead ? try Peer(port: broker.port, window: FrameLimits.window) : nil
        try reader?.subscribe("counted")
        // In parts, so that reads and turns are cut alike in both runs.
        for first in stride(from: 0, to: count, by: 500) {
            try PublishLoad(count: 500, key: one.key, isNumbered: one.key > 0)
                .run(publisher, topicID: topic, first: UInt64(first))
            try reader?.read(until: UInt64(first + 500))
        }
        withExtendedLifetime(crowd) {}
        return try broker.finish()
    }
}
