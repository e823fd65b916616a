import ZaichikProtocol

/// Counts who published what a queue is behind on, in steps: from the earliest message that it needs of each topic to the
/// topic's head, stretch by stretch.
struct LagShareGathering {
    private struct Share {
        let id: UInt64
        var messages: UInt64 = 0
    }

    /// Clients without a name are told apart by their ids.
    private enum Key: Hashable {
        case name(String)
        case id(UInt64)
    }

    /// The most publishers to be told.
    private let most: Int
    private var slot = 0
    /// The next message to look at in the slot; nil: its first.
    private var sequence: UInt64?
    private var shares: [Key: Share] = [:]
    private var stretches = 0
    private var answer = LagShares()

    /// The most publishers that are told apart.
    static let mostShares = 4096
    /// The most stretches of messages that one answer looks at, each of one publisher.
    private static let mostStretches = 1 << 17
    /// So many are looked at under the topic's lock.
    private static let stretchesAtOnce = 16

    init(most: Int) { self.most = most }

    /// - Returns: nil if another step is needed.
    mutating func step(_ queue: ClientQueue, now: UInt64) -> LagShares? {
        var budget = StepBudget()
        while slot < queue.cursors.slots.count {
            guard !budget.isSpent else { return nil }
            guard stretches < Self.mostStretches else {
                answer.isCut = true
                break
            }
            budget.spend(StepBudget.slot)
            guard let cursor = queue.cursors[slot], !cursor.isDetached, cursor.hasLag else {
                next()
                continue
            }
            look(cursor, &budget, now: now)
        }
        return complete()
    }

    private mutating func next() {
        slot += 1
        sequence = nil
    }

    private mutating func look(_ cursor: Cursor, _ budget: inout StepBudget, now: UInt64) {
        let (from, found, head) = cursor.topic.locked { state -> (UInt64, [PublishedStretch], UInt64) in
            let head = state.log.headSequence
            var place = sequence ?? max(cursor.earliestNeeded(from: 0), state.floor(of: cursor, now: now).sequence)
            place = max(place, state.log.firstSequence)
            let from = place
            var found: [PublishedStretch] = []
            while found.count < Self.stretchesAtOnce, place <= head, let stretch = state.log.stretch(of: place) {
                found.append(stretch)
                place = stretch.end
            }
            return (from, found, head)
        }
        budget.spend(StepBudget.topic + found.count * StepBudget.cursor)
        stretches += found.count
        var place = from
        for stretch in found {
            let end = min(stretch.end, head + 1)
            add(stretch.publisher, end - place)
            place = end
        }
        if place > head || found.isEmpty { next() } else { sequence = place }
    }

    private mutating func add(_ publisher: Publisher, _ messages: UInt64) {
        answer.messages += messages
        let name = publisher.clientName
        let key = name.isEmpty ? Key.id(publisher.connectionID) : .name(name)
        if shares[key] == nil {
            answer.publishers += 1
            guard shares.count < Self.mostShares else {
                answer.others += messages
                return
            }
        }
        shares[key, default: Share(id: publisher.connectionID)].messages += messages
    }

    private mutating func complete() -> LagShares {
        var rows = shares.map { key, share in
            if case .name(let name) = key { return LagShare(id: share.id, name: name, messages: share.messages) }
            return LagShare(id: share.id, name: "", messages: share.messages)
        }
        rows.sort { ($1.messages, $0.name, $0.id) < ($0.messages, $1.name, $1.id) }
        answer.rows = Array(rows.prefix(most))
        answer.others += rows.dropFirst(most).reduce(0) { $0 + $1.messages }
        return answer
    }
}

extension LoopClient {
    /// Its queue's reader, which is made anew if it is folded.
    func reader(on shard: LoopShard) -> Reader {
        switch self {
        case .connection(let connection): connection.reader
        case .session(let session): shard.unfold(session)
        }
    }
}
