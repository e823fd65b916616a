/// What is remembered of a topic to which something happens: what it kept, accepted and delivered in each of the last
/// seconds. A topic to which nothing happens has none, and loses it after ten minutes.
final class TopicRecord {
    private(set) var history: SecondHistory
    /// When the newest second was noted, in µs since 1970.
    private(set) var lastSecond: UInt64
    /// The deliveries so far, and those of the last second.
    private(set) var delivered: (sampled: UInt64, perSecond: UInt64)
    private let budget: MemoryBudget
    private var charged = 0
    private var quiet = 0

    /// Of the object itself, in bytes.
    private static let footprint = 96

    /// - Parameters:
    ///   - delivered: The deliveries that were made before this second.
    ///   - isNew: Whether the topic has just been made, so that nothing is known of the seconds before.
    init(delivered: UInt64, isNew: Bool, now: UInt64, budget: MemoryBudget) {
        history = SecondHistory(quietSeconds: isNew ? 0 : 60)
        self.delivered = (delivered, 0)
        lastSecond = now
        self.budget = budget
    }

    deinit { budget.charge(-charged) }

    /// - Returns: Whether it is still needed.
    func note(kept: UInt64, published: UInt64, delivered total: UInt64, now: UInt64) -> Bool {
        delivered = (total, total - delivered.sampled)
        quiet = published == 0 && delivered.perSecond == 0 ? quiet + 1 : 0
        guard quiet < SecondHistory.most else { return false }
        lastSecond = now
        history.add(amount: kept, firstRate: published, secondRate: delivered.perSecond)
        let memory = Self.footprint + history.memory
        if memory != charged {
            budget.charge(memory - charged)
            charged = memory
        }
        return true
    }
}

extension TopicState {
    /// Takes note of a second.
    mutating func noteSecond(now: UInt64) {
        let published = counters.published.perSecond
        if record == nil {
            // The first second of all deliveries counts from none.
            let before = counters.deliveredBefore
            guard published > 0 || counters.delivered > before, !budget.isExhausted else { return }
            record = TopicRecord(
                delivered: before, isNew: published == log.headSequence, now: now, budget: budget)
        }
        let kept = log.headSequence + 1 - earliest(now: now)
        counters.deliveredBefore = counters.delivered
        let isNeeded = record?.note(kept: kept, published: published, delivered: counters.delivered, now: now)
        if isNeeded == false { record = nil }
    }
}
