/// The counts of all benchmarks beside their thresholds.
struct Report {
    let counts: [(benchmark: Benchmark, count: Count)]

    /// - Parameter folder: Has a file of callgrind's for each benchmark.
    init(folder: String) throws {
        counts = try Benchmark.all.map { benchmark in
            let file = try CallgrindFile("\(folder)/\(benchmark.name).out")
            return (benchmark, Count(file, of: benchmark))
        }
    }

    func table(_ thresholds: Thresholds) -> String {
        let head = [
            "", "instructions", "at most", "allocations", "allocations", "at most",
        ]
        let units = ["", "a message", "", "a message", "a batch", ""]
        let rows = counts.map { benchmark, count -> [String] in
            let threshold = thresholds.counts[benchmark.name]
            let columns = count.columns
            let most = threshold.map { ($0.instructions * (1 + Verdict.tolerance)).text(decimals: 1) }
            let name = benchmark.unit == "message" ? benchmark.name : "\(benchmark.name) (\(benchmark.unit))"
            return [name, columns[0], most ?? "-", columns[1], columns[2], threshold?.columns[2] ?? "-"]
        }
        return ([head, units] + rows).map(Self.line).joined(separator: "\n")
    }

    private static func line(_ columns: [String]) -> String {
        let first = columns[0] + String(repeating: " ", count: max(42 - columns[0].count, 0))
        return columns.dropFirst().reduce(first) { line, column in
            line + String(repeating: " ", count: max(14 - column.count, 1)) + column
        }
    }

    /// Prints the violations.
    ///
    /// - Returns: Whether all is.
    func check(_ thresholds: Thresholds) -> Bool {
        var worse: [String] = []
        for (benchmark, count) in counts {
            switch Verdict(count, of: benchmark, threshold: thresholds.counts[benchmark.name]) {
            case .asExpected: break
            case .better(let text): print("\(benchmark.name) is better: \(text)")
            case .worse(let text): worse.append("\(benchmark.name): \(text)")
            }
        }
        let names = Set(counts.map(\.benchmark.name))
        for name in thresholds.counts.keys.sorted() where !names.contains(name) {
            worse.append("\(name): has a threshold, but there is no such benchmark")
        }
        for text in worse { print(text) }
        print(
            worse.isEmpty
                ? "counts: \(counts.count) benchmarks cost no more than they may"
                : "counts: \(worse.count) to look at; 'Scripts/counts.sh profile NAME' shows what costs, "
                    + "'make counts-accept' accepts it")
        return worse.isEmpty
    }
}
