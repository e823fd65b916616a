/// The benchmarks, by the name on the command line. Each shows how one cost grows.
enum Benchmark: String, CaseIterable {
    case memory
    case behind
    case deduplication
    case patterns
    case catchUp = "catch-up"
    case loops
    case instructions
    case neighbours
    case resident
    case judging

    func run(_ options: GrowthOptions, _ report: Report) throws {
        switch self {
        case .memory: try MemoryBenchmark(options: options, report: report).run()
        case .behind: try BehindBenchmark(options: options, report: report).run()
        case .deduplication: try DeduplicationBenchmark(options: options, report: report).run()
        case .patterns: try PatternsBenchmark(options: options, report: report).run()
        case .catchUp: try CatchUpBenchmark(options: options, report: report).run()
        case .loops: try LoopsBenchmark(options: options, report: report).run()
        case .instructions: try InstructionsBenchmark(options: options, report: report).run()
        case .neighbours: try NeighboursBenchmark(options: options, report: report).run()
        case .resident: try ResidentBenchmark(options: options, report: report).run()
        case .judging: try JudgingBenchmark(options: options, report: report).run()
        }
    }
}
