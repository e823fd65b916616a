import ZaichikProtocol

/// What the queue of a session loses while nobody is attached: a total that is looked at now and then, and how fast it
/// grows.
struct AbsentLosses: Equatable, Sendable {
    private var total: UInt64
    private var lookedAt: UInt64
    /// When it grew last, in µs since 1970.
    private var grewAt: UInt64 = 0
    private(set) var perSecond: UInt64 = 0

    /// How long it counts as growing after it was last seen to, in µs.
    private static let memory = UInt64(LossMeter.memory) * 1_000_000

    /// - Parameter total: What was lost so far.
    init(total: UInt64, now: UInt64) {
        self.total = total
        lookedAt = now
    }

    mutating func look(_ total: UInt64, now: UInt64) {
        guard now > lookedAt else { return }
        if total > self.total {
            let rate = Double(total - self.total) * 1_000_000 / Double(now - lookedAt)
            // Smoothed, as it is for one that is attached.
            let before = Double(perSecond)
            perSecond = UInt64(clamping: Int(max(perSecond > 0 ? before + (rate - before) / 4 : rate, 1).rounded()))
            grewAt = now
        } else if now >= grewAt + Self.memory {
            perSecond = 0
        }
        self.total = total
        lookedAt = now
    }
}

/// Looks at sessions to which nobody is attached, a few in each tick, one after the other: there may be 100,000 of them.
struct AbsentLooks {
    private var next = 0
    private var roundBegan: UInt64 = 0

    /// In µs.
    private static let round: UInt64 = 1_000_000

    /// - Parameters:
    ///   - count: Of seats.
    ///   - look: Looks at the session in a seat, if there is one, and spends of the budget.
    mutating func tick(seats count: Int, now: UInt64, look: (Int, inout StepBudget) -> Void) {
        if roundBegan == 0 { roundBegan = now }
        var budget = StepBudget()
        while !budget.isSpent {
            if next >= count {
                guard now >= roundBegan + Self.round else { return }
                next = 0
                roundBegan = now
                guard count > 0 else { return }
            }
            budget.spend(StepBudget.seat)
            look(next, &budget)
            next += 1
        }
    }
}

extension Session {
    /// Looks at what its queue loses while nobody is attached, and whether it holds back a full topic.
    ///
    /// - Parameter keep: Does what a reader needs once a second.
    func lookAtAbsence(
        now: UInt64, _ budget: inout StepBudget, keep: (Reader) -> (lag: QueueLag, lost: UInt64)
    ) {
        guard isAbsent else { return }
        let lost: UInt64
        switch holding {
        case .awake(let reader):
            budget.spend(StepBudget.client + reader.queue.cursors.count * StepBudget.cursor)
            lost = keep(reader).lost
        case .folded(let queue):
            budget.spend(StepBudget.client + queue.slotCount * StepBudget.cursor)
            var tally = QueueTally()
            queue.tally(0..<queue.slotCount, into: &tally, now: now)
            lost = queue.counters.lost(tally.lag)
            if let topic = tally.holding.flatMap({ queue.topic(at: $0) }) {
                topic.note(HoldingQueue(id: id, name: name.string, noted: now))
            }
        }
        if var losses = absentLosses?.value {
            losses.look(lost, now: now)
            absentLosses = Apart(losses)
        } else if lost > 0 {
            absentLosses = Apart(AbsentLosses(total: lost, now: now))
        }
    }
}
