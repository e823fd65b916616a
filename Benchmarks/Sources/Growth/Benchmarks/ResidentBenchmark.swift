/// How large a broker becomes under loads that have no end of their own: as large as its memory limit says and a little
/// more, and small again when they are gone.
struct ResidentBenchmark {
    static let name = "resident"

    let options: GrowthOptions
    let report: Report

    /// Beyond the memory limit, and beyond what was there before the load.
    private static let allowance = 64 << 20
    /// Where a load is ended for the machine's sake.
    private static let tooMuch = 10 << 30
    /// How long a load may take to build, in s.
    private static let patience: UInt64 = 30
    /// How long memory may take to be given back, in ns.
    private static let fallTime: UInt64 = 8_000_000_000

    private struct Result {
        var scene: ResidentScene
        var before: Int
        var loaded: Int
        var most: Int
        var after: Int
        var growing: PairTrips
        var beside: PairTrips
        var isRunning: Bool
        var outcome: String

        var isWithin: Bool { isRunning && most <= scene.memoryLimit + allowance }
        var hasFallen: Bool { isRunning && after <= before + allowance }
        var fate: String {
            guard isRunning else { return "the broker has ended" }
            return beside.fate == PairTrips.good ? growing.fate : beside.fate
        }
    }

    func run() throws {
        var results: [Result] = []
        for scene in options.chosen(ResidentScene.all, \.name) {
            report.note("resident: \(scene.name)")
            let result = try play(scene)
            report.note(table([result]).text)
            results.append(result)
        }
        guard !results.isEmpty else { return }
        func goal(_ name: String, _ isMet: (Result) -> Bool) -> Goal {
            Goal(
                name: name, measured: Double(results.count { !isMet($0) }), limit: 0, unit: "scenes", decimals: 0)
        }
        report.print(
            Self.name, table(results),
            facts: options.facts(loops: options.sharedLoops, "MiB; the pair publishes and takes a message each ms"),
            goals: [
                goal("more than the limit and 64 MiB", \.isWithin),
                goal("64 MiB more than before after the load", \.hasFallen),
                goal("a pair that does not get through") { $0.fate == PairTrips.good },
            ])
    }

    private func play(_ scene: ResidentScene) throws -> Result {
        let broker = try BrokerProcess(
            ServeArguments(loops: options.sharedLoops, memoryLimit: scene.memoryLimit), program: options.brokerPath)
        defer { broker.stop() }
        let deadline = Deadline()
        let stage = Stage(port: broker.port, clock: broker.clock, isQuick: options.isQuick, deadline: deadline)
        let pair = try Pair(port: broker.port, clock: broker.clock, topic: "pair")
        _ = pair.measure(seconds: 1)
        let before = broker.residence.now

        deadline.set(seconds: Self.patience)
        let load = ResidentScene.Load()
        let guarding = Self.guardMachine(broker, deadline)
        let (growing, outcome) = pair.measure(limit: Self.patience + 1) { try scene.grow(stage, load) }
        guarding.set()
        let beside = settle(pair, seconds: 1)
        let loaded = broker.residence
        deadline.set(seconds: Self.patience)
        let gone = (try? load.letGo()) ?? ", not all taken"
        let end = Monotonic.now + Self.fallTime
        while Monotonic.now < end, broker.residence.now > before + Self.allowance { _ = settle(pair, seconds: 0.2) }
        return Result(
            scene: scene, before: before, loaded: loaded.now, most: max(loaded.most, broker.residence.most),
            after: broker.residence.now, growing: growing, beside: beside, isRunning: broker.isRunning,
            outcome: Self.text(outcome) + gone)
    }

    /// Ends the load if the broker takes too much of the machine.
    private static func guardMachine(_ broker: BrokerProcess, _ deadline: Deadline) -> StopFlag {
        let stop = StopFlag()
        let process = broker.id
        _ = Parallel.start {
            while !stop.isSet {
                if Residence(process: process).now > tooMuch { deadline.set(seconds: 0) }
                Monotonic.sleep(milliseconds: 20)
            }
        }
        return stop
    }

    private static func text(_ outcome: Swift.Result<String, any Error>?) -> String {
        switch outcome {
        case .success(let text): text
        case .failure(is OutOfTime): "over \(patience) s, or over \(tooMuch >> 30) GiB"
        case .failure(let error): "\(error)"
        case nil: "over \(patience) s, and hangs"
        }
    }

    private func settle(_ pair: Pair, seconds: Double) -> PairTrips {
        let end = Monotonic.now + UInt64(seconds * 1e9)
        let trips = pair.measure(seconds: seconds)
        Monotonic.sleep(until: end)
        return trips
    }

    private func table(_ results: [Result]) -> Table {
        var table = Table(
            "resident memory under loads without an end",
            [
                "scene", "limit", "before", "loaded", "most", "over limit", "after", "pair p99 ms", "pair max",
                "verdict", "pair", "load",
            ])
        for result in results {
            let sizes = [
                result.scene.memoryLimit, result.before, result.loaded, result.most,
                result.most - result.scene.memoryLimit, result.after,
            ]
            let verdict = (result.isWithin ? "within" : "OVER") + (result.hasFallen ? ", falls" : ", STAYS")
            table.add(
                [.text(result.scene.name)] + sizes.map { .count($0 >> 20) }
                    + [
                        .number(result.growing.wall.percentile(99), decimals: 2),
                        .number(result.growing.wall.most, decimals: 2), .text(verdict),
                        .text(String(result.fate.prefix(50))), .text(String(result.outcome.prefix(70))),
                    ])
        }
        return table
    }
}
