/// Charges what a connection keeps of a frame that has not come whole.
struct InboundMemory {
    private let budget: MemoryBudget
    private var charged = 0

    /// What is less is not charged: an idle connection costs as much anyway.
    private static let free = 64 << 10

    init(budget: MemoryBudget) { self.budget = budget }

    /// - Parameter bytes: What is pending now.
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
