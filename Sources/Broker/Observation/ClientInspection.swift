import ZaichikProtocol

/// A page about one client.
struct InspectionPage: Sendable {
    var detail: ClientDetail
    /// The start of the next page; nil if this is the last one.
    var next: InspectionPlace?
}

/// The start of a page about a client.
struct InspectionPlace: Sendable {
    /// The client's row, which each page repeats.
    var client: ClientStatistics
    /// What its state is founded on, likewise.
    var evidence = Evidence()
    /// The client's loop.
    var loop: Int
    var seat: Int
    /// The number of subscriptions shown so far.
    var subscriptions: Int
    /// The number of slots of the queue visited so far.
    var slots: Int
}

/// Makes one page about a client, in steps: it is looked up, its queue is added up, and its topics are visited from
/// where the previous page ended.
struct ClientInspection {
    private let id: UInt64
    /// The most subscriptions, and the most topics, on the page.
    private let rows: Int
    private var seat: Int
    private var adding = TallyProgress()
    private var place: InspectionPlace?
    private var subscriptions: [String]?
    private var topics: [ClientTopicStatistics] = []

    /// - Parameter place: The start of the page; nil for the first one.
    init(_ id: UInt64, from place: InspectionPlace?, rows: Int) {
        self.id = id
        self.rows = rows
        self.place = place
        seat = place?.seat ?? 0
    }

    enum Step {
        case more
        case page(InspectionPage)
        /// The loop has no client with the id.
        case unknown
    }

    /// - Parameter loop: That of the seats.
    mutating func step(_ seats: some ObservedSeats, loop: Int, now: UInt64) -> Step {
        var budget = StepBudget()
        // A client stays in its seat.
        while place == nil, seat < seats.seatCount, seats.client(at: seat)?.id != id {
            guard !budget.isSpent else { return .more }
            budget.spend(StepBudget.seat)
            seat += 1
        }
        guard seat < seats.seatCount, let client = seats.client(at: seat), client.id == id else { return .unknown }
        guard var place = place ?? begin(client, loop: loop, &budget, now: now) else { return .more }
        if subscriptions == nil {
            let end = min(place.subscriptions + rows, client.subscriptionCount)
            subscriptions = client.subscriptions(min(place.subscriptions, end)..<end)
            place.subscriptions = end
            budget.spend(rows * StepBudget.cursor)
        }
        let isWhole = look(client, &place, &budget, now: now)
        self.place = place
        return isWhole ? .page(page(client, place)) : .more
    }

    private mutating func begin(
        _ client: some ObservedClient, loop: Int, _ budget: inout StepBudget, now: UInt64
    ) -> InspectionPlace? {
        guard let tally = adding.add(client, &budget, now: now) else { return nil }
        budget.spend(StepBudget.client + StepBudget.row)
        let row = client.snapshot(tally).statistics(now: now)
        return InspectionPlace(
            client: row, evidence: client.evidence(for: row.state, tally, now: now), loop: loop, seat: seat,
            subscriptions: 0, slots: 0)
    }

    /// - Returns: Whether the page is full, or all topics were visited.
    private mutating func look(
        _ client: some ObservedClient, _ place: inout InspectionPlace, _ budget: inout StepBudget, now: UInt64
    ) -> Bool {
        while topics.count < rows, place.slots < client.slotCount {
            guard !budget.isSpent else { return false }
            budget.spend(StepBudget.slot)
            if let row = client.topicRow(at: place.slots, now: now) {
                budget.spend(StepBudget.row)
                topics.append(row)
            }
            place.slots += 1
        }
        return true
    }

    private func page(_ client: some ObservedClient, _ place: InspectionPlace) -> InspectionPage {
        let isLast = place.slots >= client.slotCount && place.subscriptions >= client.subscriptionCount
        return InspectionPage(
            detail: ClientDetail(
                client: place.client, subscriptions: subscriptions ?? [], topics: topics, pause: client.pause,
                evidence: place.evidence),
            next: isLast ? nil : place)
    }
}
