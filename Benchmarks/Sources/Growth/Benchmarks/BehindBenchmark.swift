/// The cost of publishing when clients lag far: the same for none as for ten thousand.
///
/// A broker for each case is there all the time, and small parts of the load go to each in turn: whatever else the
/// machine does meets all of them.
struct BehindBenchmark {
    static let name = "behind"

    let options: GrowthOptions
    let report: Report

    /// The reason that clients lag.
    struct Case {
        var clients: Int
        /// 0: paused. Else they get so many messages and never commit.
        var window: UInt32

        var text: String { clients == 0 ? "nobody" : window == 0 ? "window is 0" : "never commits" }
    }

    private static let allowedRatio = 1.1
    private static let part = 20_000

    func run() throws {
        let many = options.count(10_000)
        // All ends at once would be more open files than a process may have.
        try run("paused", [0, 1, 100, many].map { Case(clients: $0, window: 0) })
        try run("that never commit", [0, 1, 100, many].map { Case(clients: $0, window: 16) })
    }

    private func run(_ what: String, _ cases: [Case]) throws {
        let parts = max(options.count(1_000_000) / Self.part, 1) * options.rounds(2)
        var scenes = try cases.map { try BehindScene($0, loops: options.loops) }
        defer { for scene in scenes { scene.stop() } }
        for part in 0..<parts {
            // The order varies, so that no case always follows the same one.
            for place in scenes.indices {
                let index = (place * (1 + part % 2 * 2) + part) % scenes.count
                try scenes[index].publish(Self.part)
            }
        }
        let facts = options.facts(
            "\(FigureText.count(parts * Self.part)) messages of 128 B in \(parts) parts that alternate; lower quartiles"
        )
        try print("publishing to clients \(what)", cases, scenes, facts: facts)
    }

    private func print(_ title: String, _ cases: [Case], _ scenes: [BehindScene], facts: String) throws {
        var table = Table(
            title,
            [
                "clients", "why", "each behind", "wall ns/message", "broker CPU ns/message", "CPU ratio", "5 %",
                "median", "95 %", "idle CPU ms/s",
            ])
        var goals: [Goal] = []
        let base = scenes[0].processor.lowerQuartile
        for (one, scene) in zip(cases, scenes) {
            let ratio = scene.processor.lowerQuartile / base
            table.add(
                .count(one.clients), .text(one.text), .count(try scene.lag()),
                .number(scene.wall.lowerQuartile, decimals: 0),
                .number(scene.processor.lowerQuartile, decimals: 1), .number(ratio, decimals: 3),
                .number(scene.processor.percentile(5), decimals: 1), .number(scene.processor.median, decimals: 1),
                .number(scene.processor.percentile(95), decimals: 1), .number(scene.upkeep, decimals: 1))
            guard one.clients > 0 else { continue }
            goals.append(
                Goal(
                    name: "broker CPU, \(FigureText.count(one.clients)) clients (\(one.text)) to none",
                    measured: ratio, limit: Self.allowedRatio, unit: "x", decimals: 3))
        }
        report.print(Self.name, table, facts: facts, goals: goals)
    }
}
