/// How a count stands beside its threshold.
enum Verdict: Equatable {
    case asExpected
    /// So much that the threshold should follow.
    case better(String)
    case worse(String)

    static let tolerancePercent = 5
    static let tolerance = Double(tolerancePercent) / 100
    private static let notableGain = 0.1
    /// Allocations are told with two digits.
    private static let rounding = 0.01

    init(_ count: Count, of benchmark: Benchmark, threshold: Count?) {
        if let known = benchmark.knownAllocations, count.allocationsPerBatch != Double(known) {
            self = .worse(
                "\(count.allocationsPerBatch.text(decimals: 2)) allocations were counted and \(known) are made: "
                    + "the counting is wrong")
            return
        }
        guard let threshold else {
            self = .worse("has no threshold")
            return
        }
        let most = threshold.instructions * (1 + Self.tolerance)
        if count.instructions > most {
            self = .worse(
                "\(count.instructions.text(decimals: 1)) instructions a \(benchmark.unit), "
                    + "at most \(most.text(decimals: 1)) may be")
        } else if count.allocationsPerBatch > threshold.allocationsPerBatch + Self.rounding {
            self = .worse(
                "\(count.allocationsPerBatch.text(decimals: 2)) allocations a batch, "
                    + "at most \(threshold.allocationsPerBatch.text(decimals: 2)) may be")
        } else if count.instructions < threshold.instructions * (1 - Self.notableGain) {
            self = .better(
                "\(count.instructions.text(decimals: 1)) instructions a \(benchmark.unit), "
                    + "\(threshold.instructions.text(decimals: 1)) when its threshold was set")
        } else if count.allocationsPerBatch < threshold.allocationsPerBatch - Self.rounding {
            self = .better(
                "\(count.allocationsPerBatch.text(decimals: 2)) allocations a batch, "
                    + "\(threshold.allocationsPerBatch.text(decimals: 2)) when its threshold was set")
        } else {
            self = .asExpected
        }
    }
}
