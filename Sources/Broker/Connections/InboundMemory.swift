/// Charges the memory that a connection keeps for an unfinished frame to the budget.
struct InboundMemory {
    private let budget: MemoryBudget
    private var charged = 0

    /// Less than this is not charged: an idle connection costs as much anyway.
    private static let free = 64 << 10

    init(budget: MemoryBudget) { self.budget = budget }

    /// - Parameter bytes: Bytes that are pending now.
    /// - Returns: Whether there is memory for it.
    mutating func hold(_ bytes: Int) -> Bool {
        let wanted = bytes > Self.free ? bytes : 0
        guard wanted != charged else { return true }
        guard wanted < charged || budget.chargeInbound(wanted - charged) else { return false }
        if wanted < charged { budget.releaseInbound(charged - wanted) }
        charged = wanted
        return true
    }

    mutating func release() { _ = hold(0) }
}
