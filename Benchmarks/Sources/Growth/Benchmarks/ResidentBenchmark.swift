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
            return beside.fate == "all came" ? growing.fate : beside.fate
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
                goal("a pair that does not get through") { $0.fate == "all came" },
            ])
    }

    private func play(_ scene: ResidentScene) throws -> Result {
        let broker = try BrokerProcess(
            ServeArguments(loops: options.sharedLoops, memoryLimit: scene.memoryLimit), program: options.brokerPath)
        defer { broker.stop() }
        let deadline = Deadline()
        let stage = Stage(port: broker.port, clock: broker.clock, isQuick: options.isQuick, deadline: deadline)
        let pair = try Pair(port: broker.port, clock: broker.clock, topic: "pair")
        _ = measure(pair, seconds: 1)
        let before = broker.residence.now

        deadline.set(seconds: Self.patience)
        let load = ResidentScene.Load()
        let (growing, outcome) = grow(scene, stage, load, beside: pair, broker)
        let beside = measure(pair, seconds: 1)
        let loaded = broker.residence
        deadline.set(seconds: Self.patience)
        try? load.letGo()
        let end = Monotonic.now + Self.fallTime
        while Monotonic.now < end, broker.residence.now > before + Self.allowance { _ = measure(pair, seconds: 0.2) }
        return Result(
            scene: scene, before: before, loaded: loaded.now, most: max(loaded.most, broker.residence.most),
            after: broker.residence.now, growing: growing, beside: beside, isRunning: broker.isRunning,
            outcome: outcome)
    }

    /// Has the load grow on a thread of its own while the pair goes on.
    private func grow(
        _ scene: ResidentScene, _ stage: Stage, _ load: ResidentScene.Load, beside pair: Pair, _ broker: BrokerProcess
    ) -> (PairTrips, String) {
        let ended = Shared<String?>(nil)
        let growing = Parallel.start(isPolite: true) {
            var outcome: String
            do { outcome = try scene.grow(stage, load) } catch is OutOfTime {
                outcome = "over \(Self.patience) s"
            } catch { outcome = "\(error)" }
            ended.change { $0 = outcome }
        }
        var isTooMuch = false
        var next = Monotonic.now
        let trips = pair.measure {
            guard Monotonic.now >= next else { return false }
            next = Monotonic.now + 20_000_000
            if broker.residence.now > Self.tooMuch {
                isTooMuch = true
                stage.deadline.set(seconds: 0)
            }
            return ended.value != nil
        }
        // A pair that failed is over at once; the load is not.
        while ended.value == nil, broker.residence.now < Self.tooMuch { Monotonic.sleep(milliseconds: 20) }
        stage.deadline.set(seconds: 0)
        _ = try? growing()
        return (trips, (ended.value ?? "") + (isTooMuch ? ", ended at 10 GiB" : ""))
    }

    private func measure(_ pair: Pair, seconds: Double) -> PairTrips {
        let end = Monotonic.now + UInt64(seconds * 1e9)
        let trips = pair.measure { Monotonic.now >= end }
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
