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
        guard first <= topic.head else { return }
        var superseded: Set<Int> = []
        for sequence in (max(first, 1)...topic.head).reversed() where entries[sequence] == nil {
            if onlyLatest, let key = topic.message(sequence).key, !superseded.insert(key).inserted {
                hasHidden = true
                continue
            }
            if isMeant(sequence, for: queue) { pending.append(sequence) }
        }
        pending.reverse()
    }

    /// Goes on at another message. Those in flight, returned or parked from there on may come once more, or not.
    func seek(to first: UInt64, for queue: QueueModel) {
        for sequence in entries.keys where sequence >= first { uncertain.insert(sequence) }
        purged = []
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
