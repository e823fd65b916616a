import ZaichikProtocol

/// A topic of a history, as the broker must have it.
final class TopicModel {
    struct Message {
        var key: Int?
        /// The number of the connection that published it.
        var publisher: Int
        /// Of its DELIVER frame, in bytes.
        var size: UInt64
        /// In ms: what its `$expire-after` says; nil without one.
        var lifetime: UInt64?
        /// µs since 1970.
        var time: UInt64 = 0
        /// Its place in the order of arrival at the broker. Messages whose delays were over at the same time share one.
        var arrival = 0

        func isOutlived(now: UInt64) -> Bool { lifetime.map { now - time >= $0 * 1000 } ?? false }
    }

    let index: Int
    let id: UInt32
    private(set) var settings: TopicSettings
    /// The message with sequence n is at n - 1.
    var messages: [Message] = []
    /// Messages that wait for the end of their delay, in the order of acceptance.
    private var delayed: [(due: UInt64, message: Message)] = []
    /// When the first message of each key within the window was accepted, and its sequence.
    private var accepted: [Int: (time: UInt64, sequence: UInt64)] = [:]
    /// Until when it takes no publishes; nil if it takes them, `.max` until they are resumed.
    var pausedUntil: UInt64?
    /// What operators have removed, and below which sequence that is all.
    private(set) var purged: Set<UInt64> = []
    private(set) var purgedBelow: UInt64 = 1
    /// What earlier settings may have taken, and whether any of them could.
    private var perhapsLost: Set<UInt64> = []
    private var couldLose = false

    init(index: Int, id: UInt32, settings: TopicSettings) {
        self.index = index
        self.id = id
        self.settings = settings
    }

    var head: UInt64 { UInt64(messages.count) }
    func message(_ sequence: UInt64) -> Message { messages[Int(sequence) - 1] }

    /// Whether messages may leave its log while a queue needs them.
    var mayLose: Bool { couldLose || settings.retention > 0 || settings.limit < TopicSettings().limit }
    var withholds: Bool { settings.deduplicationWindow > 0 && settings.deduplicationScope == .consumer }

    enum Outcome: Equatable {
        case accepted(UInt64)
        case duplicate(of: UInt64)
        case delayed
    }

    /// - Parameter arrival: Its place in the order of arrival.
    func publish(_ message: Message, now: UInt64, arrival: Int) -> Outcome {
        if let key = message.key, settings.deduplicationWindow > 0, settings.deduplicationScope == .topic {
            if let first = accepted[key], now - first.time < settings.deduplicationWindow * 1000 {
                return .duplicate(of: first.sequence)
            }
            accepted[key] = (now, head + 1)
        }
        var message = message
        message.time = now
        message.arrival = arrival
        messages.append(message)
        return .accepted(head)
    }

    func delay(_ message: Message, until due: UInt64) { delayed.append((due, message)) }

    /// The messages whose delay is over, in their order.
    func takeDue(now: UInt64) -> [Message] {
        guard delayed.contains(where: { $0.due <= now }) else { return [] }
        defer { delayed.removeAll { $0.due <= now } }
        return delayed.enumerated().filter { $0.element.due <= now }
            .sorted { ($0.element.due, $0.offset) < ($1.element.due, $1.offset) }.map(\.element.message)
    }

    var delayedCount: Int { delayed.count }

    func isPaused(now: UInt64) -> Bool { pausedUntil.map { now < $0 } ?? false }

    // MARK: What operators do

    /// Changes settings. What the old ones may have taken stays lost.
    func change(_ change: TopicSettingsChange, now: UInt64, largestFrame: UInt64) {
        if mayLose, head > 0 {
            couldLose = true
            perhapsLost.formUnion((1...head).filter { mayLose($0, now: now, largestFrame: largestFrame) })
        }
        settings = change.applied(to: settings)
    }

    /// Of some messages, those that were not removed before.
    func left(of sequences: some Sequence<UInt64>) -> [UInt64] { sequences.filter { !purged.contains($0) } }

    /// Removes messages from its middle.
    func purge(_ sequences: some Sequence<UInt64>) { purged.formUnion(sequences) }

    /// Removes everything below a sequence.
    func purge(below end: UInt64) {
        purged.formUnion(1..<end)
        purgedBelow = max(purgedBelow, end)
    }

    /// Whether a message was removed from the middle, and is a queue's until the queue comes to it.
    func isMarked(_ sequence: UInt64) -> Bool { sequence >= purgedBelow && purged.contains(sequence) }

    /// Whether a message may be lost to a queue: it is too old, or the limit takes it, to a frame or two.
    func mayLose(_ sequence: UInt64, now: UInt64, largestFrame: UInt64) -> Bool {
        if perhapsLost.contains(sequence) { return true }
        if settings.retention > 0, now - message(sequence).time >= settings.retention * 1000 { return true }
        guard settings.limit < TopicSettings().limit else { return false }
        return messages[(Int(sequence) - 1)...].reduce(0) { $0 + $1.size } + 2 * largestFrame >= settings.limit
    }
}
