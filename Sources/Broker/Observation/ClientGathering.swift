import ZaichikProtocol

/// A client as a gathering sees it.
protocol ObservedClient {
    /// An id that is never reused.
    var id: UInt64 { get }
    /// Slots of its queue, including empty ones.
    var slotCount: Int { get }
    /// Messages that its queue loses.
    var lostPerSecond: UInt64 { get }
    func tally(_ slots: Range<Int>, into tally: inout QueueTally, now: UInt64)
    /// - Parameter tally: The tally of all of its slots.
    func snapshot(_ tally: QueueTally) -> ClientSnapshot
    var listedName: String { get }
    /// A figure of its row that is known without the rest of it.
    ///
    /// - Parameter tally: The tally of all of its slots.
    /// - Returns: nil if it takes a ``snapshot(_:)``.
    func quickFigure(_ figure: ClientFigure, _ tally: QueueTally) -> UInt64?
    /// The number of names and patterns that it subscribes to.
    var subscriptionCount: Int { get }
    /// Whether its publishes wait for room.
    var isBlocked: Bool { get }
    /// Whether it is a session to which no connection is attached.
    var isAbsent: Bool { get }
    /// nil if its queue is not paused by an operator.
    var pause: OperatorPause? { get }
    /// Its last seconds; nil if it does nothing.
    var record: ClientRecord? { get }
    /// Some of these, in the order of the subscriptions.
    func subscriptions(_ places: Range<Int>) -> [String]
    /// What a state that it is shown in is founded on.
    ///
    /// - Parameter tally: The tally of all of its slots.
    func evidence(for state: ClientState, _ tally: QueueTally, now: UInt64) -> Evidence
    /// - Returns: nil if its queue reads no topic in the slot.
    func topicRow(at slot: Int, now: UInt64) -> ClientTopicStatistics?
}

/// The seats of a loop, some of them empty.
protocol ObservedSeats {
    associatedtype Client: ObservedClient
    var seatCount: Int { get }
    /// - Returns: nil if the seat is empty.
    func client(at seat: Int) -> Client?
}

/// The result of gathering the clients of one loop.
struct GatheredClients: Sendable {
    var sums = ClientSums()
    /// In the order of the queries.
    var listings: [Listing<ClientStatistics>] = []
}

/// One pass over the clients of a loop, for any number of queries, in steps; a client with many topics is a pass of its
/// own. Clients that leave meanwhile are left out.
struct ClientGathering {
    /// The rows that one query has found so far.
    fileprivate struct Finding {
        let sort: ClientFigure?
        let filter: RowFilter
        var top: TopRows<ClientStatistics>
        var listing: Listing<ClientStatistics>?

        init(_ query: ClientQuery) {
            sort = query.sort
            filter = RowFilter(query.filter)
            top = TopRows(query)
        }

        /// Counts a client that is not among the first ones, if that can be told without its snapshot, which takes longer
        /// than all else.
        ///
        /// - Returns: Whether it was counted.
        mutating func passes(_ client: some ObservedClient, _ tally: QueueTally) -> Bool {
            guard filter.isEmpty, let sort, let figure = client.quickFigure(sort, tally),
                !top.wantsRows || !top.takes(figure: figure, name: client.listedName, id: client.id)
            else { return false }
            top.count()
            return true
        }
    }

    private var seat = 0
    private var adding = TallyProgress()
    fileprivate var findings: [Finding]
    private var sums = ClientSums()

    init(for queries: [ClientQuery]) { findings = queries.map { Finding($0) } }

    /// - Returns: The result when the pass is over; nil if another step is needed.
    mutating func step(_ seats: some ObservedSeats, now: UInt64) -> GatheredClients? {
        var budget = StepBudget()
        while seat < seats.seatCount {
            guard !budget.isSpent else { return nil }
            if let client = seats.client(at: seat) {
                guard let tally = adding.add(client, &budget, now: now) else { return nil }
                budget.spend(StepBudget.client)
                sums.add(tally.lag, lostPerSecond: client.lostPerSecond, isBlocked: client.isBlocked)
                if client.isAbsent { sums.absentSessions += 1 }
                find(client, tally, &budget, now: now)
            } else {
                budget.spend(StepBudget.seat)
            }
            seat += 1
        }
        for index in findings.indices where findings[index].listing == nil {
            guard let listing = findings[index].top.sorted(&budget) else { return nil }
            findings[index].listing = listing
        }
        return GatheredClients(sums: sums, listings: findings.compactMap(\.listing))
    }

    private mutating func find(
        _ client: some ObservedClient, _ tally: QueueTally, _ budget: inout StepBudget, now: UInt64
    ) {
        var snapshot: ClientSnapshot?
        for index in findings.indices where !findings[index].passes(client, tally) {
            let found = snapshot ?? client.snapshot(tally)
            snapshot = found
            findings[index].take(found, &budget, now: now)
        }
    }
}

extension ClientGathering.Finding {
    fileprivate mutating func take(_ client: ClientSnapshot, _ budget: inout StepBudget, now: UInt64) {
        let identity = client.identity
        guard
            filter.matches(identity.name, &budget) || filter.matches(identity.program, &budget)
                || filter.matches(identity.host, &budget) || filter.matches(identity.address, &budget)
        else { return }
        top.count()
        guard top.wantsRows else { return }
        let figure = sort.map { client.figure($0, now: now) } ?? 0
        top.offer(figure: figure, name: identity.name, id: client.id, &budget) { client.statistics(now: now) }
    }
}

/// The progress of adding up a client's queue.
struct TallyProgress {
    /// 0: none.
    private var client: UInt64 = 0
    private var slot = 0
    private var tally = QueueTally()

    /// Slots that are added up between two checks of the budget.
    private static let part = 64

    /// Continues to add up a client's queue, from the start if it is a different client than before.
    ///
    /// - Returns: The tally when it is complete; nil if the budget was spent before.
    mutating func add(_ client: some ObservedClient, _ budget: inout StepBudget, now: UInt64) -> QueueTally? {
        if client.id != self.client { self = TallyProgress(client: client.id) }
        // A queue without slots may have lost something, too: with topics that were deleted.
        if client.slotCount == 0 { client.tally(0..<0, into: &tally, now: now) }
        while slot < client.slotCount {
            guard !budget.isSpent else { return nil }
            let end = min(slot + Self.part, client.slotCount)
            let looks = tally.looks
            client.tally(slot..<end, into: &tally, now: now)
            budget.spend((end - slot) * StepBudget.slot + (tally.looks - looks) * StepBudget.cursor)
            slot = end
        }
        defer { self = TallyProgress() }
        return tally
    }

    init() {}

    private init(client: UInt64) { self.client = client }
}
