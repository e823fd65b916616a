import ZaichikProtocol

/// A mixed load on one, two and four loops: nothing is lost, comes twice or in another order, and what it costs.
struct LoopsBenchmark {
    static let name = "loops"

    let options: GrowthOptions
    let report: Report

    private static let topics = 4
    private static let publishers = 8
    private static let subscribers = 8

    func run() throws {
        let count = options.count(200_000) / MixedLoad.batch * MixedLoad.batch
        var table = Table(
            "a mixed load",
            [
                "loops", "clients", "published/s", "delivered/s", "CPU ns/delivery", "lost", "twice", "out of order",
                "other order", "batches", "sleeps", "sleeps/batch", "wake-ups/batch",
            ])
        var goals: [Goal] = []
        for (loops, spreads) in [(1, false), (2, false), (4, false), (2, true), (4, true)] {
            let run = try median(of: options.rounds(3)) {
                try MixedLoad.run(loops: loops, spreads: spreads, shape: shape(count))
            }
            table.add(
                .count(loops), .text(spreads ? "spread" : "gathered"), .number(run.publishedPerSecond, decimals: 0),
                .number(run.deliveredPerSecond, decimals: 0), .number(run.processorPerDelivery, decimals: 0),
                .count(run.faults.lost), .count(run.faults.twice), .count(run.faults.disordered),
                .count(run.otherOrder), .count(run.batches), .count(run.sleeps),
                .number(Double(run.sleeps) / Double(run.batches), decimals: 2),
                run.wakeUps.map { .number(Double($0) / Double(run.batches), decimals: 2) } ?? .none)
            goals.append(
                Goal(
                    name: "lost, twice or out of order with \(loops) loops, \(spreads ? "spread" : "gathered")",
                    measured: Double(run.faults.sum + run.otherOrder), limit: 0, unit: "messages", decimals: 0))
        }
        report.print(
            Self.name, table,
            facts: options.facts(
                loops: 0,
                "\(Self.publishers) publishers, \(Self.subscribers) subscribers that read all of \(Self.topics) topics; "
                    + "\(FigureText.count(count)) messages of 128 B each, in batches of \(MixedLoad.batch)"),
            goals: goals)
    }

    private func shape(_ count: Int) -> MixedLoad.Shape {
        MixedLoad.Shape(topics: Self.topics, publishers: Self.publishers, subscribers: Self.subscribers, count: count)
    }

    /// The run with the median cost; but faults of any run count.
    private func median(of rounds: Int, _ body: () throws -> MixedLoad) throws -> MixedLoad {
        var runs: [MixedLoad] = []
        for _ in 0..<rounds { runs.append(try body()) }
        runs.sort { $0.processorPerDelivery < $1.processorPerDelivery }
        var run = runs[runs.count / 2]
        run.faults = runs.reduce(into: Faults()) { $0.add($1.faults) }
        run.otherOrder = runs.map(\.otherOrder).reduce(0, +)
        return run
    }
}
