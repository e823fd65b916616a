import ZaichikProtocol

/// A page about one session.
struct SessionPage: Sendable {
    var detail: SessionDetail
    /// The start of the next page; nil if this is the last one.
    var next: SessionInspectionPlace?
}

/// The start of a page about a session.
struct SessionInspectionPlace: Sendable {
    let session: SessionPlace
    /// The session's row, which each page repeats.
    let row: SessionStatistics
    /// What its state is founded on, likewise.
    let evidence: Evidence
    fileprivate let tally: QueueTally
    /// How many of each were shown so far.
    fileprivate(set) var subscriptions = 0
    fileprivate(set) var connections = 0
    fileprivate(set) var topics = 0
    /// The number of slots of the queue visited so far.
    fileprivate var slots = 0

    fileprivate init(_ session: Session, _ tally: QueueTally, now: UInt64) {
        self.session = session.place
        row = session.statistics(tally, now: now)
        evidence = session.evidence(for: row.state, tally, now: now)
        self.tally = tally
    }

    /// A page without rows, which ends the answer: the session has ended meanwhile.
    var end: SessionPage { SessionPage(detail: SessionDetail(session: row, evidence: evidence), next: nil) }
}

/// Makes one page about a session, in steps: its queue is added up, and its topics are visited from where the previous page
/// ended.
struct SessionInspection {
    private let session: Session
    /// The most subscriptions, connections and topics, each: on the page, and in the whole answer.
    private let rows: Int
    private let limit: Int
    private var adding = TallyProgress()
    private var place: SessionInspectionPlace?
    private var detail: SessionDetail?

    /// - Parameter place: The start of the page; nil for the first one.
    init(_ session: Session, from place: SessionInspectionPlace?, rows: Int, limit: Int) {
        self.session = session
        self.place = place
        self.rows = rows
        self.limit = limit
    }

    /// - Returns: nil if another step is needed.
    mutating func step(now: UInt64) -> SessionPage? {
        var budget = StepBudget()
        if place == nil {
            guard let tally = adding.add(session, &budget, now: now) else { return nil }
            place = SessionInspectionPlace(session, tally, now: now)
        }
        if detail == nil { detail = begin(&place!, &budget, now: now) }
        while mayHaveTopics {
            guard !budget.isSpent else { return nil }
            budget.spend(StepBudget.slot)
            if let row = session.topicRow(at: place!.slots, now: now) {
                budget.spend(StepBudget.row)
                detail!.topics.append(row)
                place!.topics += 1
            }
            place!.slots += 1
        }
        return SessionPage(detail: detail!, next: isWhole ? nil : place)
    }

    /// The page without its topics.
    private func begin(_ place: inout SessionInspectionPlace, _ budget: inout StepBudget, now: UInt64) -> SessionDetail
    {
        let subscriptions = session.subscriptionEntries(part(from: place.subscriptions))
        let members = session.members
        let connections = members[part(from: place.connections).clamped(to: 0..<members.count)].map {
            $0.snapshot(place.tally).statistics(now: now)
        }
        place.subscriptions += subscriptions.count
        place.connections += connections.count
        budget.spend(subscriptions.count * StepBudget.cursor + connections.count * StepBudget.row)
        return SessionDetail(
            session: place.row, subscriptions: subscriptions, connections: connections, pause: session.pause,
            evidence: place.evidence)
    }

    private func part(from first: Int) -> Range<Int> { first..<max(min(first + rows, limit), first) }

    private var mayHaveTopics: Bool {
        guard let place, let detail else { return false }
        return place.slots < session.slotCount && place.topics < limit && detail.topics.count < rows
    }

    private var isWhole: Bool {
        guard let place else { return false }
        return place.subscriptions >= min(session.subscriptionCount, limit)
            && place.connections >= min(session.owners.count, limit)
            && (place.slots >= session.slotCount || place.topics >= limit)
    }
}
