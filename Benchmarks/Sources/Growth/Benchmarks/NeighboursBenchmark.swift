/// What a well-behaved pair of clients notices of one that asks for too much: little, whatever it asks for.
///
/// Everybody shares one loop unless the command line says otherwise.
struct NeighboursBenchmark {
    static let name = "neighbours"

    let options: GrowthOptions
    let report: Report

    private static let allowedRatio = 2.0
    /// In ms.
    private static let allowedWait = 5.0
    private static let preparation: UInt64 = 90
    /// How long a scene may last, in s.
    private static let patience: UInt64 = 20

    private struct Result {
        var scene: String
        var alone: PairTrips
        var meanwhile: PairTrips
        var after: PairTrips
        /// In s.
        var time: Double
        var outcome: String

        var ratio: Double { meanwhile.wall.percentile(99) / alone.wall.percentile(99) }
        var isLost: Bool { meanwhile.fate != "all came" || after.fate != "all came" }
    }

    func run() throws {
        var results: [Result] = []
        for scene in options.chosen(NeighbourScene.all, \.name) {
            report.note("neighbours: \(scene.name)")
            do {
                let result = try play(scene)
                report.note(print([result]).text)
                results.append(result)
            } catch {
                report.note("neighbours: \(scene.name) could not be prepared: \(error)")
            }
        }
        guard !results.isEmpty else { return }
        report.print(
            Self.name, print(results),
            facts: options.facts(
                loops: options.sharedLoops,
                "a pair that publishes and takes a message each ms, in ms; CPU: the broker's within a trip"),
            goals: goals(results))
    }

    private func play(_ scene: NeighbourScene) throws -> Result {
        let broker = try BrokerProcess(
            ServeArguments(loops: options.sharedLoops, maximumConnections: scene.maximumConnections),
            program: options.brokerPath)
        defer { broker.stop() }
        let deadline = Deadline()
        let stage = Stage(port: broker.port, clock: broker.clock, isQuick: options.isQuick, deadline: deadline)
        let pair = try Pair(port: broker.port, clock: broker.clock, topic: "pair")
        deadline.set(seconds: Self.preparation)
        let act = try scene.prepare(stage)
        Monotonic.sleep(milliseconds: 500)
        _ = measure(pair, seconds: 0.5)
        let alone = measure(pair, seconds: 2)

        deadline.set(seconds: Self.patience)
        let begun = Monotonic.now
        let ended = Shared<(at: UInt64, outcome: String)?>(nil)
        let acting = Parallel.start(isPolite: true) {
            let outcome = Self.outcome(of: act)
            ended.change { $0 = (Monotonic.now, outcome) }
        }
        let least = begun + 2_000_000_000
        let meanwhile = pair.measure {
            let now = Monotonic.now
            guard ended.value == nil else { return now >= least }
            return now > begun + (Self.patience + 1) * 1_000_000_000
        }
        let end = ended.value ?? (Monotonic.now, "over \(Self.patience) s, and hangs")
        let after = measure(pair, seconds: 1)
        // What the offender waits for ends with the broker.
        broker.stop()
        try acting()
        return Result(
            scene: scene.name, alone: alone, meanwhile: meanwhile, after: after, time: Double(end.at - begun) / 1e9,
            outcome: end.outcome)
    }

    private func measure(_ pair: Pair, seconds: Double) -> PairTrips {
        let end = Monotonic.now + UInt64(seconds * 1e9)
        return pair.measure { Monotonic.now >= end }
    }

    private static func outcome(of act: NeighbourScene.Act) -> String {
        do { return try act() } catch is OutOfTime { return "over \(patience) s" } catch { return "\(error)" }
    }

    // MARK: Printing

    private func print(_ results: [Result]) -> Table {
        var table = Table(
            "a pair beside one that asks for too much",
            [
                "scene", "alone p50", "p99", "max", "meanwhile p50", "p99", "max", "p99 ratio", "CPU p99", "CPU max",
                "after max", "s", "pair", "offender",
            ])
        for result in results {
            let (alone, meanwhile, after) = (result.alone.wall, result.meanwhile.wall, result.after.wall)
            let figures = [
                alone.median, alone.percentile(99), alone.most, meanwhile.median, meanwhile.percentile(99),
                meanwhile.most, result.ratio, result.meanwhile.processor.percentile(99),
                result.meanwhile.processor.most, after.most, result.time,
            ]
            let fate = result.meanwhile.fate == "all came" ? result.after.fate : result.meanwhile.fate
            table.add(
                [.text(result.scene)] + figures.map { .number($0, decimals: 2) }
                    + [.text(fate), .text(String(result.outcome.prefix(70)))])
        }
        return table
    }

    private func goals(_ results: [Result]) -> [Goal] {
        func goal(_ name: String, _ isMissed: (Result) -> Bool) -> Goal {
            Goal(name: name, measured: Double(results.count(where: isMissed)), limit: 0, unit: "scenes", decimals: 0)
        }
        return [
            goal("p99 over \(Self.allowedRatio) × that alone") { $0.ratio > Self.allowedRatio },
            goal("a wait over \(Self.allowedWait) ms") { $0.meanwhile.wall.most > Self.allowedWait },
            goal("something did not come") { $0.isLost },
        ]
    }
}
