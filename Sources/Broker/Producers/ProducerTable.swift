import DequeModule
import ZaichikProtocol

/// What the broker remembers of named producers: how many publishes of each are answered, and the connection that has
/// the name. A value; `now` is an argument.
///
/// A name has one connection at a time. The newest that claims it gets it, once the earlier one has ended and its
/// number is final.
struct ProducerTable {
    /// A connection that has a name, or waits for it.
    struct Holder: Equatable, Sendable {
        var handle: PublisherHandle
        /// The connection's id.
        var connection: UInt64
    }

    enum Claim: Equatable, Sendable {
        case granted(ProducerRecord)
        /// The holder has to end first. `displaced` waited for the name, and will not get it.
        case waits(holder: Holder, displaced: Holder?)
        /// The name was taken over too often: the holder keeps it.
        case contended(holder: Holder)
    }

    /// A name that was given on when its holder ended.
    struct Grant: Equatable, Sendable {
        var holder: Holder
        var record: ProducerRecord
    }

    /// What follows from the end of a connection.
    struct Ended: Equatable, Sendable {
        /// The connection that waited for the name and has it now; nil if none did.
        var grant: Grant?
        /// Producers that were forgotten before their time, because there were too many.
        var forgotten: [SessionName] = []
    }

    private struct Entry {
        var record: ProducerRecord
        var holder: Holder?
        var claimant: Holder?
        var takeovers = Takeovers()
        /// When its last connection ended, in µs; 0 while it has one.
        var absentSince: UInt64 = 0
        /// The number of its valid place in `absent`.
        var ticket: UInt64 = 0
    }

    private struct Absence {
        var name: SessionName
        var ticket: UInt64
    }

    private var entries: [SessionName: Entry] = [:]
    /// Producers without a connection, the one that was gone longest first. Those that came back leave a place with an
    /// invalid ticket.
    private var absent: Deque<Absence> = []
    private var absentCount = 0
    private var lastTicket: UInt64 = 0
    /// The most producers without a connection.
    private var most: Int
    /// How long a producer is remembered after its last connection, in µs.
    private var expiry: UInt64
    private let budget: MemoryBudget
    /// Producers that were forgotten before their time, because there were too many.
    private(set) var forgotten: UInt64 = 0

    /// Memory of one producer without its name and its refusals, in bytes.
    private static let footprint = 320

    init(most: Int, expiry: UInt64, budget: MemoryBudget) {
        self.most = max(most, 0)
        self.expiry = expiry
        self.budget = budget
    }

    /// Producers that are remembered, with a connection or without.
    var count: Int { entries.count }

    /// Changes how many are remembered, and for how long. It counts from the next time that one is gone.
    mutating func set(most: Int, expiry: UInt64) {
        self.most = max(most, 0)
        self.expiry = expiry
    }

    // MARK: Claiming and ending

    /// Claims a name for a connection.
    mutating func claim(_ name: SessionName, by claimant: Holder, now: UInt64) -> Claim {
        forgetExpired(now: now)
        guard var entry = entries[name] else {
            let record = ProducerRecord(began: claimant.connection)
            budget.charge(Self.memory(of: name, record))
            entries[name] = Entry(record: record, holder: claimant)
            return .granted(record)
        }
        if let holder = contention(for: name, now: now) { return .contended(holder: holder) }
        defer { entries[name] = entry }
        if let holder = entry.holder {
            let displaced = entry.claimant
            entry.claimant = claimant
            return .waits(holder: holder, displaced: displaced)
        }
        entry.holder = claimant
        entry.absentSince = 0
        entry.ticket = 0
        absentCount -= 1
        return .granted(entry.record)
    }

    /// Who keeps a name that was taken over too often lately; nil if it may be claimed.
    func contention(for name: SessionName, now: UInt64) -> Holder? {
        guard let entry = entries[name], entry.takeovers.isContended(now: now) else { return nil }
        return entry.holder
    }

    /// Notes that a connection whose client was there had to end for a newer one, or did not get the name because of it.
    mutating func noteTakeover(_ name: SessionName, now: UInt64) { entries[name]?.takeovers.note(now: now) }

    /// Notes that a connection has ended, and how many of its publishes are answered: this number is final.
    mutating func end(
        _ name: SessionName, _ handle: PublisherHandle, answered: UInt64, refusals: PublishRefusals, now: UInt64
    ) -> Ended {
        guard var entry = entries[name] else { return Ended() }
        if entry.claimant?.handle == handle {
            entries[name]?.claimant = nil
            return Ended()
        }
        guard let holder = entry.holder, holder.handle == handle else { return Ended() }
        if answered > 0 {
            budget.charge(-Self.memory(of: name, entry.record))
            entry.record.ended(holder.connection, answered: answered, refusals: refusals)
            budget.charge(Self.memory(of: name, entry.record))
        }
        entry.holder = entry.claimant
        entry.claimant = nil
        if entry.holder == nil { begin(absence: &entry, of: name, now: now) }
        entries[name] = entry
        return Ended(
            grant: entry.holder.map { Grant(holder: $0, record: entry.record) }, forgotten: forgetTooMany())
    }

    private mutating func begin(absence entry: inout Entry, of name: SessionName, now: UInt64) {
        lastTicket += 1
        entry.ticket = lastTicket
        entry.absentSince = now
        absent.append(Absence(name: name, ticket: lastTicket))
        absentCount += 1
        guard absent.count > 2 * absentCount + 64 else { return }
        let valid = absent.filter { $0.ticket == lastTicket || entries[$0.name]?.ticket == $0.ticket }
        absent = Deque(valid)
    }

    // MARK: Forgetting

    /// Forgets producers that have been without a connection for too long.
    mutating func forgetExpired(now: UInt64) {
        while let first = absent.first {
            if let entry = entries[first.name], entry.ticket == first.ticket {
                guard now >= entry.absentSince, now - entry.absentSince >= expiry else { return }
                forget(first.name)
            }
            absent.removeFirst()
        }
    }

    private mutating func forgetTooMany() -> [SessionName] {
        var names: [SessionName] = []
        while absentCount > most, let first = absent.popFirst() {
            guard entries[first.name]?.ticket == first.ticket else { continue }
            forget(first.name)
            forgotten += 1
            names.append(first.name)
        }
        return names
    }

    private mutating func forget(_ name: SessionName) {
        guard let entry = entries.removeValue(forKey: name) else { return }
        budget.charge(-Self.memory(of: name, entry.record))
        absentCount -= 1
    }

    private static func memory(of name: SessionName, _ record: ProducerRecord) -> Int {
        footprint + 2 * name.string.utf8.count + record.refusals.ranges.count
            * MemoryLayout<PublishRefusals.Range>.stride
    }
}

extension ProducerRecord {
    /// Counts the publishes of a connection that has ended.
    fileprivate mutating func ended(_ connection: UInt64, answered: UInt64, refusals: PublishRefusals) {
        self.answered += answered
        lastConnection = connection
        lastAnswered = answered
        self.refusals = refusals
    }
}
