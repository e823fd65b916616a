/// The effect on a well-behaved pair of clients of one that asks for too much: little, whatever it asks for.
///
/// Everybody shares one loop unless the command line says otherwise.
struct NeighboursBenchmark {
    static let name = "neighbours"

    let options: GrowthOptions
    let report: Report

    private static let allowedRatio = 2.0
    /// In ms.
    private static let allowedWait = 5.0
    /// In ms.
    private static let allowedTurn = 2.0
    private static let preparation: UInt64 = 90
    /// How long a scene may last, in s.
    private static let patience: UInt64 = 20

    private struct Result {
        var scene: String
        /// Before anything else is there.
        var alone: PairTrips
        /// While topics and clients are made that the offender needs.
        var preparing: PairTrips
        /// With the offenders connected, and none of them asking for anything.
        var ready: PairTrips
        var meanwhile: PairTrips
        /// Of a pair at a broker of its own, on the same machine, while the same offender asks for the same.
        var elsewhere: PairTrips
        var after: PairTrips
        /// The longest turns of a loop while preparing and meanwhile, in ms of processor time; nil if not known.
        var turns: (preparing: Double?, meanwhile: Double?)
        /// Of the offender, in s.
        var time: Double
        var outcome: String

        var isLate: Bool { ratio > allowedRatio || wait > allowedWait }
        var verdict: String { fate != PairTrips.good ? "lost" : isLate ? "late" : "kept" }
        /// The machine's share is not the broker's: its scheduler makes a pair wait wherever it is.
        var ratio: Double {
            meanwhile.wall.percentile(99) / max(elsewhere.wall.percentile(99), alone.wall.percentile(99))
        }
        /// The longest wait, without that of a pair elsewhere.
        var wait: Double { meanwhile.wall.most - elsewhere.wall.most }
        var fate: String {
            [preparing, ready, meanwhile, after].map(\.fate).first { $0 != PairTrips.good } ?? PairTrips.good
        }
    }

    func run() throws {
        var results: [Result] = []
        var unprepared = 0
        for scene in options.chosen(NeighbourScene.all, \.name) {
            report.note("neighbours: \(scene.name)")
            do {
                let result = try play(scene)
                report.note(print([result]).text)
                results.append(result)
            } catch {
                unprepared += 1
                let reason = error is OutOfTime ? "over \(Self.preparation) s" : "\(error)"
                report.note("neighbours: \(scene.name) could not be prepared: \(reason)")
            }
        }
        guard !results.isEmpty else { return }
        report.print(
            Self.name, print(results),
            facts: options.facts(
                loops: options.sharedLoops,
                "a pair that publishes and takes a message each ms, in ms; p50, p99 and max are those beside the "
                    + "offender, CPU is the broker's within a trip"),
            goals: goals(results, unprepared: unprepared))
    }

    private func play(_ scene: NeighbourScene) throws -> Result {
        let broker = try launch(scene)
        defer { broker.stop() }
        var result = try play(scene, at: broker, pairAt: broker)
        let first = try launch(scene)
        defer { first.stop() }
        let second = try launch(scene)
        defer { second.stop() }
        result.elsewhere = try play(scene, at: first, pairAt: second).meanwhile
        return result
    }

    private func launch(_ scene: NeighbourScene) throws -> BrokerProcess {
        try BrokerProcess(
            ServeArguments(loops: options.sharedLoops, maximumConnections: scene.maximumConnections),
            program: options.brokerPath)
    }

    private func play(_ scene: NeighbourScene, at broker: BrokerProcess, pairAt home: BrokerProcess) throws -> Result {
        let deadline = Deadline()
        let stage = Stage(port: broker.port, clock: broker.clock, isQuick: options.isQuick, deadline: deadline)
        let pair = try Pair(port: home.port, clock: home.clock, topic: "pair")
        _ = pair.measure(seconds: 0.5)
        let alone = pair.measure(seconds: 2)
        deadline.set(seconds: Self.preparation)
        let (preparing, prepared) = pair.measure(limit: Self.preparation + 1) { try scene.prepare(stage) }
        guard let act = try prepared?.get() else { throw OutOfTime() }
        let preparingTurn = try broker.takeLongestTurn()
        let ready = pair.measure(seconds: 1.5)
        _ = try broker.takeLongestTurn()
        deadline.set(seconds: Self.patience)
        let start = Monotonic.now
        let (meanwhile, outcome) = pair.measure(least: 2, limit: Self.patience + 1, act)
        let time = Double(Monotonic.now - start) / 1e9
        let turn = broker.isRunning ? try broker.takeLongestTurn() : nil
        let after = pair.measure(seconds: 1)
        return Result(
            scene: scene.name, alone: alone, preparing: preparing, ready: ready, meanwhile: meanwhile,
            elsewhere: meanwhile, after: after, turns: (preparingTurn, turn), time: time, outcome: Self.text(outcome))
    }

    private static func text(_ outcome: Swift.Result<String, any Error>?) -> String {
        switch outcome {
        case .success(let text): text
        case .failure(is OutOfTime): "over \(patience) s"
        case .failure(let error): "\(error)"
        case nil: "over \(patience) s, and hangs"
        }
    }

    // MARK: Printing

    private func print(_ results: [Result]) -> Table {
        var table = Table(
            "a pair beside one that asks for too much",
            [
                "scene", "verdict", "alone p50", "alone p99", "alone max", "preparing p99", "preparing max",
                "ready p99", "ready max", "elsewhere p99", "elsewhere max", "p50", "p99", "max", "p99 ratio", "CPU p99",
                "CPU max", "after max", "longest turn preparing", "longest turn", "s",
                "pair", "offender",
            ])
        for result in results {
            func ends(_ trips: PairTrips) -> [Double] { [trips.wall.percentile(99), trips.wall.most] }
            let (alone, meanwhile) = (result.alone, result.meanwhile)
            let figures =
                [alone.wall.median] + ends(alone) + ends(result.preparing) + ends(result.ready)
                + ends(result.elsewhere) + [meanwhile.wall.median] + ends(meanwhile)
                + [
                    result.ratio, meanwhile.processor.percentile(99), meanwhile.processor.most, result.after.wall.most,
                ]
            var row: [Table.Cell] = [.text(result.scene), .text(result.verdict)]
            row += figures.map { .number($0, decimals: 2) }
            for turn in [result.turns.preparing, result.turns.meanwhile] {
                row.append(turn.map { .number($0, decimals: 2) } ?? .none)
            }
            row += [
                .number(result.time, decimals: 2), .text(String(result.fate.prefix(50))),
                .text(String(result.outcome.prefix(70))),
            ]
            table.add(row)
        }
        return table
    }

    private func goals(_ results: [Result], unprepared: Int) -> [Goal] {
        func goal(_ name: String, _ isMissed: (Result) -> Bool) -> Goal {
            Goal(name: name, measured: Double(results.count(where: isMissed)), limit: 0, unit: "scenes", decimals: 0)
        }
        return [
            goal("p99 over \(Self.allowedRatio) × that alone or elsewhere") { $0.ratio > Self.allowedRatio },
            goal("a wait \(Self.allowedWait) ms over that elsewhere") { $0.wait > Self.allowedWait },
            goal("a turn of a loop over \(Self.allowedTurn) ms") { $0.turns.meanwhile ?? 0 > Self.allowedTurn },
            goal("a wait over \(Self.allowedWait) ms while preparing") { $0.preparing.wall.most > Self.allowedWait },
            goal("something did not come") { $0.fate != PairTrips.good },
            Goal(name: "could not be prepared", measured: Double(unprepared), limit: 0, unit: "scenes", decimals: 0),
        ]
    }
}
