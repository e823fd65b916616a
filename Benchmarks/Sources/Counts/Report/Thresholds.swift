/// What each benchmark may cost: a table that is kept with the sources, so that a change of it is seen.
struct Thresholds {
    private(set) var counts: [String: Count] = [:]

    private static let head = """
        # What the data plane may cost, under valgrind: 'make counts' shows it beside what it does cost, 'make counts-check'
        # allows \(Verdict.tolerancePercent) % more instructions and no more allocations, 'make counts-accept' writes this file.
        # name\tinstructions per message\tallocations per message\tallocations per batch

        """

    init(_ path: String) throws {
        for line in try TextFile.lines(path) where !line.hasPrefix("#") {
            let columns = line.split(separator: "\t")
            guard columns.count == 4, let count = Count(columns: columns.dropFirst()) else {
                throw TextFile.Failure(description: "\(path): not a name and three numbers: \(line)")
            }
            counts[String(columns[0])] = count
        }
    }

    static func write(_ counts: [(Benchmark, Count)], to path: String) throws {
        let rows = counts.map { benchmark, count in ([benchmark.name] + count.columns).joined(separator: "\t") }
        try TextFile.write(head + rows.map { $0 + "\n" }.joined(), to: path)
    }
}
