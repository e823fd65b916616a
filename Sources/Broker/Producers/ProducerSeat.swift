import ZaichikProtocol

/// A connection's side of a named producer: the name that it has or waits for, and what was refused of its publishes.
final class ProducerSeat {
    let name: String
    /// The greeting, while the connection waits for the name; nil once it has it.
    var greeting: Hello?
    private(set) var refusals = PublishRefusals()
    private let budget: MemoryBudget
    private var charged = 0

    init(name: String, greeting: Hello, budget: MemoryBudget) {
        self.name = name
        self.greeting = greeting
        self.budget = budget
    }

    deinit { budget.charge(-charged) }

    /// Notes that consecutive publishes of the connection were refused.
    ///
    /// - Parameter answered: How many were answered before them.
    func refused(_ count: Int, _ code: ErrorCode, after answered: UInt64) {
        refusals.note(answered + 1...answered + UInt64(count), code.rawValue)
        let memory = refusals.ranges.count * MemoryLayout<PublishRefusals.Range>.stride
        budget.charge(memory - charged)
        charged = memory
    }
}
