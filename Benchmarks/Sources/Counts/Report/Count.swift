/// The cost of one benchmark.
struct Count: Equatable {
    /// Per message.
    var instructions: Double
    var allocationsPerMessage: Double
    var allocationsPerBatch: Double
}

extension Count {
    init(_ file: CallgrindFile, of benchmark: Benchmark) {
        let batches = Double(file.steps * benchmark.batches)
        let messages = batches * Double(benchmark.messages)
        instructions = Double(file.instructions) / messages
        allocationsPerMessage = Double(file.allocations) / messages
        allocationsPerBatch = Double(file.allocations) / batches
    }

    /// As the table has it.
    var columns: [String] {
        [
            instructions.text(decimals: 1), allocationsPerMessage.text(decimals: 3),
            allocationsPerBatch.text(decimals: 2),
        ]
    }

    init?(columns: some Collection<Substring>) {
        let numbers = columns.compactMap { Double($0) }
        guard numbers.count == 3 else { return nil }
        self.init(instructions: numbers[0], allocationsPerMessage: numbers[1], allocationsPerBatch: numbers[2])
    }
}

extension Double {
    /// The number with this many decimals, without Foundation.
    func text(decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1) { product, _ in product * 10 }
        let scaled = Int((self * Double(scale)).rounded())
        let digits = String(scaled % scale + scale).dropFirst()
        return "\(scaled / scale).\(digits)"
    }
}
