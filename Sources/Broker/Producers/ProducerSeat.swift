import ZaichikProtocol

/// A connection's side of a named producer: the name that it has or waits for, and what was refused of its publishes.
final class ProducerSeat {
    let name: SessionName
    /// The session that the connection is attached to, for its WELCOME; nil if it has a queue of its own.
    let session: Welcome.AttachedSession?
    private(set) var refusals = PublishRefusals()
    private let budget: MemoryBudget
    private var charged = 0

    init(name: SessionName, session: Welcome.AttachedSession?, budget: MemoryBudget) {
        self.name = name
        self.session = session
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
