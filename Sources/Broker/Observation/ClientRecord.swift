import ZaichikProtocol

/// What is remembered of a client, or a session, that works: how long its messages take, and its figures at each of the
/// last seconds. A client that does nothing has none; one that has done nothing for ten minutes loses it.
///
/// Two histograms and three figures at each of 600 seconds take less than 2 KiB; docs/PROTOCOL.md states it.
final class ClientRecord {
    /// From publish to delivery.
    var deliveryTimes = TimeHistogram()
    /// From delivery, or the last touch, to commit.
    var commitTimes = TimeHistogram()
    private(set) var history: SecondHistory
    /// When the newest second was noted, in µs since 1970.
    private(set) var lastSecond: UInt64
    /// What it published; nil unless it does.
    private var published: PublishedRates?
    private let budget: MemoryBudget
    private var charged = 0
    /// Seconds in which it did nothing.
    private var quiet: UInt16 = 0

    /// The figures of one second.
    struct Second {
        var lag: UInt64 = 0
        var published: UInt64 = 0
        var delivered: UInt64 = 0
        var committed: UInt64 = 0

        var isQuiet: Bool { lag == 0 && published == 0 && delivered == 0 && committed == 0 }
    }

    /// Of the object itself, in bytes.
    private static let footprint = 192

    /// - Parameter since: When the client connected, in µs since 1970: until now it did nothing.
    init(since: UInt64, now: UInt64, budget: MemoryBudget) {
        history = SecondHistory(quietSeconds: now > since ? Int(min((now - since) / 1_000_000, 60)) : 0)
        lastSecond = now
        self.budget = budget
    }

    deinit { budget.charge(-charged) }

    /// Memory of all that it is now, in bytes.
    var memory: Int {
        Self.footprint + history.memory + (published == nil ? 0 : PublishedRates.footprint)
    }

    private func charge() {
        let memory = memory
        guard memory != charged else { return }
        budget.charge(memory - charged)
        charged = memory
    }

    /// Takes note of a second.
    ///
    /// - Returns: Whether it is still needed.
    func note(_ second: Second, now: UInt64) -> Bool {
        quiet = second.isQuiet ? quiet + 1 : 0
        guard quiet < SecondHistory.most else { return false }
        lastSecond = now
        history.add(amount: second.lag, firstRate: second.delivered, secondRate: second.committed)
        if second.delivered > 0 { deliveryTimes.secondPassed() }
        if second.committed > 0 { commitTimes.secondPassed() }
        if second.published > 0, published == nil { published = PublishedRates() }
        published?.add(second.published)
        charge()
        return true
    }

    var publishRates: LongerRates { published?.rates ?? LongerRates() }
    var deliverRates: LongerRates { history.rates(of: .firstRate) }
    var commitRates: LongerRates { history.rates(of: .secondRate) }
}

/// How long the messages of a client take: from publish to delivery, and from there to the commit.
struct ClientTimes {
    var delivery = TimeSummary()
    var commit = TimeSummary()

    init() {}

    /// - Parameter records: Those of the connections that share a queue.
    init(_ records: some Collection<ClientRecord>) {
        guard !records.isEmpty else { return }
        delivery = TimeSummary(records.lazy.map(\.deliveryTimes))
        commit = TimeSummary(records.lazy.map(\.commitTimes))
    }
}

extension Attachment {
    /// Takes note of a second, once a second. Whoever does nothing has no record, and pays this look only.
    ///
    /// - Parameter since: When its client connected, in µs since 1970.
    mutating func noteSecond(_ second: ClientRecord.Second, since: UInt64, now: UInt64) {
        if record == nil {
            guard !second.isQuiet, !budget.isExhausted else { return }
            record = ClientRecord(since: since, now: now, budget: budget)
        }
        if record?.note(second, now: now) == false { record = nil }
    }
}
