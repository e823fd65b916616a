import ZaichikProtocol

/// One pass over the sessions of a loop, for any number of queries, in steps. Sessions that end meanwhile are left out.
struct SessionGathering {
    /// The rows that one query has found so far.
    private struct Finding {
        let sort: SessionFigure?
        let filter: RowFilter
        var top: TopRows<SessionStatistics>
        var listing: Listing<SessionStatistics>?

        init(_ query: SessionQuery) {
            sort = query.sort
            filter = RowFilter(query.filter)
            top = TopRows(query)
        }
    }

    private var seat = 0
    private var adding = TallyProgress()
    private var findings: [Finding]

    init(for queries: [SessionQuery]) { findings = queries.map { Finding($0) } }

    /// - Returns: The lists, in the order of their queries, when the pass is over; nil if another step is needed.
    mutating func step(_ sessions: Seats<Session>, now: UInt64) -> [Listing<SessionStatistics>]? {
        var budget = StepBudget()
        while seat < sessions.count {
            guard !budget.isSpent else { return nil }
            if let session = sessions[seat] {
                guard look(at: session, &budget, now: now) else { return nil }
            } else {
                budget.spend(StepBudget.seat)
            }
            seat += 1
        }
        for index in findings.indices where findings[index].listing == nil {
            guard let listing = findings[index].top.sorted(&budget) else { return nil }
            findings[index].listing = listing
        }
        return findings.compactMap(\.listing)
    }

    /// - Returns: Whether it is done; if not, the budget was spent.
    private mutating func look(at session: Session, _ budget: inout StepBudget, now: UInt64) -> Bool {
        guard let tally = adding.add(session, &budget, now: now) else { return false }
        budget.spend(StepBudget.client)
        for index in findings.indices where findings[index].filter.matches(session.name.string, &budget) {
            findings[index].top.count()
            guard findings[index].top.wantsRows else { continue }
            let figure = findings[index].sort.map { session.figure($0, tally, now: now) } ?? 0
            findings[index].top.offer(figure: figure, name: session.name.string, id: session.id, &budget) {
                session.statistics(tally, now: now)
            }
        }
        return true
    }
}
