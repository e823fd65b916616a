import DequeModule
import NIOConcurrencyHelpers
import ZaichikProtocol

/// A client that was connected, as it is remembered.
final class ClosedEntry: Sendable {
    /// Its history is made from the codes when it is told.
    private let client: ClosedClient
    private let lastMinute: SecondHistory?
    private let lastSecond: UInt64

    /// - Parameter record: nil if it did nothing.
    init(_ client: ClosedClient, record: ClientRecord?) {
        self.client = client
        lastMinute = record?.history.beginning(before: Self.seconds)
        lastSecond = record?.lastSecond ?? 0
    }

    /// So many of its last seconds are remembered.
    static let seconds = 60

    var row: ClosedClient {
        var row = client
        row.history = History(closed: lastMinute, time: lastSecond)
        return row
    }

    func matches(_ filter: RowFilter, _ budget: inout StepBudget) -> Bool {
        filter.matches(client.client.name, &budget) || filter.matches(client.client.program, &budget)
            || filter.matches(client.client.host, &budget) || filter.matches(client.client.address, &budget)
    }
}

/// The last clients that were connected, of all loops: about 1 KiB for each, besides the texts that it reported.
final class ClosedClients: Sendable {
    /// The most that are remembered.
    static let most = PeerLimits.closedClients

    private let entries = NIOLockedValueBox(Deque<ClosedEntry>())

    func add(_ entry: ClosedEntry) {
        // What is forgotten is given back outside of the lock.
        let forgotten = entries.withLockedValue { entries in
            entries.append(entry)
            return entries.count > Self.most ? entries.removeFirst() : nil
        }
        _ = forgotten
    }

    /// All of them, the last one last.
    var all: Deque<ClosedEntry> { entries.withLockedValue { $0 } }
}

/// The answer to a query for closed clients: the first rows, and how many match in all.
struct ClosedListing {
    var rows: [ClosedEntry] = []
    var matching = 0
}

/// Looks for closed clients, the last one first, in steps.
struct ClosedSearch {
    private let entries: Deque<ClosedEntry>
    private let filter: RowFilter
    private let most: Int
    private var looked = 0
    private var listing = ClosedListing()

    init(_ entries: Deque<ClosedEntry>, filter: String, limit: UInt32) {
        self.entries = entries
        self.filter = RowFilter(filter)
        most = Int(min(limit, UInt32(ClosedClients.most)))
    }

    /// - Returns: nil if another step is needed.
    mutating func step() -> ClosedListing? {
        var budget = StepBudget()
        while looked < entries.count {
            guard !budget.isSpent else { return nil }
            let entry = entries[entries.count - 1 - looked]
            looked += 1
            guard entry.matches(filter, &budget) else { continue }
            listing.matching += 1
            if listing.rows.count < most { listing.rows.append(entry) }
        }
        return listing
    }
}

extension Connection {
    /// Remembers how the client was, before its queue ends. One that never was a client's is not remembered.
    ///
    /// - Parameter departure: Why it is gone.
    func remember(_ departure: Departure) {
        guard !isRemembered, life.hasServed else { return }
        isRemembered = true
        let now = shard.now
        let tally = QueueTally(lag: isLaggingAlone ? reader.lastLag(now: now) : QueueLag())
        let closed = ClosedClient(
            client: snapshot(tally).statistics(now: now), closedAt: now, code: departure.code?.rawValue ?? 0,
            reason: departure.reason)
        core.closed.add(ClosedEntry(closed, record: attachment.record))
    }
}

extension Departure {
    /// The error code under which the broker ended the connection; nil if it did not.
    fileprivate var code: ErrorCode? {
        switch self {
        case .ended(let code, _): code
        case .brokerStops: .shuttingDown
        case .closed, .inputClosed, .failed, .stuck, .lost: nil
        }
    }
}
