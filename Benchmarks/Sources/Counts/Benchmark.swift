import CCallgrind

/// Something the data plane does, to be counted: prepared once, then done step by step.
struct Benchmark: Sendable {
    let name: String
    /// The unit that is counted, where it is not a message of a topic.
    var unit = "message"
    /// In one batch.
    var messages = 64
    /// In one step.
    var batches = 1
    /// How often it is counted.
    var steps = 512
    /// How often it is done before, to have it as it is when a broker has run for a while.
    var warmUp = 64
    /// Allocations in one step, if they are known beforehand.
    var knownAllocations: Int?
    /// - Returns: One step.
    let prepare: @Sendable () throws -> () -> Void

    func run(steps: Int) throws {
        let step = try prepare()
        for _ in 0..<warmUp { step() }
        callgrind_begin()
        Self.repeating(steps, step)
        callgrind_end()
    }

    /// A function of its own, under which callgrind has all that is counted.
    @inline(never)
    private static func repeating(_ steps: Int, _ step: () -> Void) {
        for _ in 0..<steps { step() }
    }
}

extension Benchmark {
    /// In the order of a message's way through the broker.
    static let all: [Benchmark] =
        known + decode + encode + append + take + commit + fanOut + connection + patterns + deduplication + statistics
}
