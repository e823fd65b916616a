import ZaichikProtocol

/// What the broker as a whole refuses, and whether its memory is used up: looked at once a second. A value; `now` is an
/// argument.
struct BrokerWatch {
    /// The counters at one look.
    struct Sample {
        var refusals = RefusalCounts()
        var connectionsRefused: UInt64 = 0
        /// How often memory was wanted when there was none left.
        var shortages: UInt64 = 0
        /// Whether there is none left now.
        var isMemoryExhausted = false
    }

    /// What a look found.
    enum News: Equatable {
        case refusing(Incident.Change, ErrorCode)
        case memory(Incident.Change)
    }

    private var refusals: [IncidentWatch] = RefusalCounts.codes.map { _ in IncidentWatch() }
    private var connections = IncidentWatch()
    private var memory = IncidentWatch()
    /// Looks at which memory was short, and the count of shortages at the last one.
    private var shortLooks: UInt64 = 0
    private var shortages: UInt64 = 0
    private(set) var requestsLately = RecentGrowth()
    private(set) var connectionsLately = RecentGrowth()

    mutating func look(_ sample: Sample, now: UInt64) -> [News] {
        var news: [News] = []
        if sample.isMemoryExhausted || sample.shortages > shortages { shortLooks += 1 }
        shortages = sample.shortages
        // Memory first: it explains the others.
        if let change = memory.look(total: shortLooks, now: now) { news.append(.memory(change)) }
        if let change = connections.look(total: sample.connectionsRefused, now: now) {
            news.append(.refusing(change, .tooManyConnections))
        }
        for (place, code) in RefusalCounts.codes.enumerated() {
            if let change = refusals[place].look(total: sample.refusals[code], now: now) {
                news.append(.refusing(change, code))
            }
        }
        requestsLately.look(total: sample.refusals.total)
        connectionsLately.look(total: sample.connectionsRefused)
        return news
    }
}

/// By how much a counter grew in the last seconds; looked at once a second.
struct RecentGrowth {
    static let seconds = 10

    /// The counter at the last looks, the oldest first.
    private var totals: [UInt64] = [0]

    var value: UInt64 { totals[totals.count - 1] - totals[0] }

    mutating func look(total: UInt64) {
        totals.append(total)
        if totals.count > Self.seconds + 1 { totals.removeFirst() }
    }
}
