import ZaichikProtocol

/// A message of a queue that was delivered, and is not done and not lost.
struct EntryModel {
    enum State: Equatable {
        /// At a connection, under its number there.
        case inFlight(connection: Int, number: UInt64)
        /// It may come again from the first time on, and must by the second.
        case returned(mayCome: UInt64, mustCome: UInt64, RedeliveryCause)
        case parked
    }

    var state: State
    /// How many times it was delivered.
    var attempts: Int

    var isReturned: Bool { if case .returned = state { true } else { false } }
    /// Whether it is to come again, or is put aside.
    var isWaiting: Bool { isReturned || state == .parked }
}

/// What one queue has of one topic.
final class ReadingModel {
    let topic: TopicModel
    let options: SubscribeOptions
    /// Sequences that were not delivered yet, ascending.
    var pending: [UInt64] = []
    /// Those that were, by sequence.
    var entries: [UInt64: EntryModel] = [:]
    /// When the last message of each key was published that was delivered.
    var keys: [Int: UInt64] = [:]
    /// Sequences of which the protocol says that they may come, not that they will.
    var uncertain: Set<UInt64> = []
    /// Sequences that operators have taken out.
    var purged: Set<UInt64> = []
    /// Those that were removed from the middle of the topic: they count as pending until the queue comes to them.
    var marked: Set<UInt64> = []
    /// What was removed from the topic while the queue needed it, and it was not told of yet.
    private(set) var owed: Set<UInt64> = []
    /// What it was told of in gaps.
    private var told: Set<UInt64> = []
    /// Those that a seek may have put into the queue a second time, while they were in it already.
    private var doubled: Set<UInt64> = []
    /// Whether it began below what the topic keeps.
    private(set) var beganBelow = false
    /// Whether it was moved: then it may read again what it was told is gone.
    private(set) var wasSought = false
    /// Whether the broker may count messages as pending that the queue will not get.
    var hasHidden = false

    init(_ topic: TopicModel, options: SubscribeOptions, from first: UInt64, onlyLatest: Bool, for queue: QueueModel) {
        self.topic = topic
        self.options = options
        hasHidden = options.contains(.noEcho)
        begin(from: first, onlyLatest: onlyLatest, for: queue)
    }

    /// Has all messages from one on come that are not in the queue in another state.
    ///
    /// - Parameter onlyLatest: Whether a message does not come if there is a later one of its key.
    func begin(from first: UInt64, onlyLatest: Bool = false, for queue: QueueModel) {
        pending = []
        marked = []
        beganBelow = first < topic.purgedBelow
        guard first <= topic.head else { return }
        var superseded: Set<Int> = []
        for sequence in (max(first, 1)...topic.head).reversed() where entries[sequence] == nil {
            if onlyLatest, let key = topic.message(sequence).key, !superseded.insert(key).inserted {
                hasHidden = true
                continue
            }
            guard isMeant(sequence, for: queue) else { continue }
            if topic.isMarked(sequence) { marked.insert(sequence) }
            if !topic.purged.contains(sequence) { pending.append(sequence) }
        }
        pending.reverse()
    }

    /// Goes on at another message. Those in flight, returned or parked from there on may come once more, or not.
    func seek(to first: UInt64, for queue: QueueModel) {
        wasSought = true
        for sequence in entries.keys where sequence >= first && !topic.purged.contains(sequence) {
            uncertain.insert(sequence)
        }
        (purged, owed, told) = ([], [], [])
        doubled.formUnion(uncertain.union(entries.keys.filter { $0 >= first }))
        // What waits for its key comes, wherever the queue stands. Which messages do is not known.
        if queue.settings.mode == .sharedByKey {
            uncertain.formUnion(pending.filter { $0 < first && topic.message($0).key != nil })
        }
        for sequence in uncertain { entries[sequence] = nil }
        begin(from: first, for: queue)
        pending.removeAll { uncertain.contains($0) }
        keys = [:]
    }

    private func isMeant(_ sequence: UInt64, for queue: QueueModel) -> Bool {
        !options.contains(.noEcho) || !queue.publishers.contains(topic.message(sequence).publisher)
    }

    func add(_ sequence: UInt64, for queue: QueueModel) {
        if isMeant(sequence, for: queue) { pending.append(sequence) }
    }

    // MARK: What is removed from the topic

    /// Loses everything below a sequence, but for what is in flight.
    func lose(below end: UInt64) {
        marked = marked.filter { $0 >= end }
        loseWaiting { $0 < end }
        for (sequence, entry) in entries where sequence < end && entry.isWaiting {
            lose(sequence)
        }
    }

    /// Will lose some messages when the queue comes to them. What is parked stays until somebody decides about it.
    func mark(_ sequences: Set<UInt64>) {
        marked.formUnion(sequences.intersection(pending))
        loseWaiting(sequences.contains)
        owed.formUnion(sequences.filter { entries[$0]?.isReturned == true })
    }

    private func loseWaiting(_ isGone: (UInt64) -> Bool) {
        owed.formUnion(pending.filter(isGone))
        pending.removeAll(where: isGone)
    }

    /// Loses what was to come again, or is parked, and was removed from the topic.
    private func lose(_ sequence: UInt64) {
        entries[sequence] = nil
        owed.insert(sequence)
    }

    /// A message that was in flight, or parked, is to come again or is put aside. What was removed meanwhile is lost.
    func put(_ sequence: UInt64, _ state: EntryModel.State) {
        guard sequence >= topic.purgedBelow else { return lose(sequence) }
        entries[sequence]?.state = state
        if state != .parked, topic.purged.contains(sequence) { owed.insert(sequence) }
    }

    /// Is told that messages are lost.
    ///
    /// - Returns: Whether none of them was told before.
    func tell(_ range: ClosedRange<UInt64>) -> Bool {
        guard told.isDisjoint(with: Set(range).subtracting(doubled)) else { return false }
        told.formUnion(range)
        owed.subtract(range)
        marked.subtract(range)
        return true
    }

    /// The earliest message that the queue holds back in the topic; nil if it needs none.
    var lowestNeeded: UInt64? {
        let waiting = pending.first.map { first in marked.min().map { min(first, $0) } ?? first } ?? marked.min()
        // What is in flight and was purged is not held.
        guard let undone = entries.keys.filter({ $0 >= topic.purgedBelow }).min() else { return waiting }
        return waiting.map { min($0, undone) } ?? undone
    }

    /// Whether it is known which messages the queue holds back.
    var isExact: Bool {
        uncertain.isEmpty && !wasSought && !hasHidden && purged.isEmpty && !topic.mayLose && !topic.withholds
            && topic.messages.allSatisfy { $0.lifetime == nil }
    }

    func removePending(_ sequence: UInt64) {
        if let place = pending.firstIndex(of: sequence) { pending.remove(at: place) }
    }

    /// Whether a message is not delivered to this queue, because of its key or its own `$expire-after`.
    func isWithheld(_ sequence: UInt64, now: UInt64) -> Bool {
        let message = topic.message(sequence)
        if message.isOutlived(now: now) { return true }
        guard topic.withholds, let key = message.key, let last = keys[key], message.time >= last else { return false }
        return message.time - last < topic.settings.deduplicationWindow * 1000
    }

    /// - Returns: nil if it is not in flight, returned or parked.
    func state(_ sequence: UInt64) -> EntryModel.State? { entries[sequence]?.state }

    func count(_ isCounted: (EntryModel) -> Bool) -> Int { entries.values.count(where: isCounted) }
}
