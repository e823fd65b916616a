import ZaichikProtocol

/// The cost of deduplication with a million keys in the window, and whether forgetting them delays other clients.
struct DeduplicationBenchmark {
    static let name = "deduplication"

    let options: GrowthOptions
    let report: Report

    /// The scope of deduplication; nil for none.
    struct Case {
        var scope: TopicSettings.DeduplicationScope?
        /// Whether a client reads everything.
        var isRead: Bool

        var text: String {
            let judged = scope.map { "scope \($0)" } ?? "none"
            return isRead ? "\(judged), with a reader" : judged
        }
    }

    private static let allowedRatio = 1.3
    private static let part = 20_000

    func run() throws {
        let keys = options.count(1_000_000)
        try cost(keys, isRead: false, scopes: [nil, .topic])
        try cost(keys, isRead: true, scopes: [nil, .consumer])
        try DeduplicationStall(options: options, report: report, keys: keys).run()
    }

    private func cost(_ keys: Int, isRead: Bool, scopes: [TopicSettings.DeduplicationScope?]) throws {
        let cases = scopes.map { Case(scope: $0, isRead: isRead) }
        // Half as many again: the tables that hold the keys do not grow in the meantime.
        let parts = max(keys / 2 / Self.part, 1)
        var scenes = try cases.map { try DeduplicationScene($0, loops: options.loops, keys: keys) }
        defer { for scene in scenes { scene.stop() } }
        for _ in 0..<parts {
            for index in scenes.indices { try scenes[index].publishNew(Self.part) }
        }
        for _ in 0..<parts {
            for index in scenes.indices { try scenes[index].publishSeen(Self.part) }
        }
        var table = Table(
            isRead ? "judged at delivery" : "judged at publish",
            [
                "deduplication", "keys B/key", "filling ns/message", "new keys ns/message", "ratio",
                "seen keys ns/message", "ratio to new without",
            ])
        let base = scenes[0].new.lowerQuartile
        for (one, scene) in zip(cases, scenes) {
            table.add(
                .text(one.text), .number((scene.memory - scenes[0].memory) / Double(keys), decimals: 1),
                .number(scene.filling, decimals: 0), .number(scene.new.lowerQuartile, decimals: 0),
                .number(scene.new.lowerQuartile / base, decimals: 2), .number(scene.seen.lowerQuartile, decimals: 0),
                .number(scene.seen.lowerQuartile / base, decimals: 2))
        }
        let scope = scopes.last!!
        report.print(
            Self.name, table,
            facts: options.facts(
                "\(FigureText.count(keys)) keys of 16 B in the window, messages of 128 B, broker CPU, lower quartiles of \(parts) parts"
            ),
            goals: [
                Goal(
                    name: "broker CPU of new keys in scope \(scope), to none",
                    measured: scenes[1].new.lowerQuartile / base,
                    limit: Self.allowedRatio, unit: "x")
            ])
    }
}
