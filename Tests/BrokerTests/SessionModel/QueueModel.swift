import ZaichikProtocol

/// A topic of a history, as the broker must have it.
final class TopicModel {
    struct Message {
        var key: Int?
        /// The number of the connection that published it.
        var publisher: Int
        /// µs since 1970.
        var time: UInt64
    }

    let index: Int
    let id: UInt32
    let settings: TopicSettings
    /// The message with sequence n is at n - 1.
    var messages: [Message] = []
    /// When the first message of each key within the window was accepted.
    private var accepted: [Int: UInt64] = [:]

    init(index: Int, id: UInt32, settings: TopicSettings) {
        self.index = index
        self.id = id
        self.settings = settings
    }

    var head: UInt64 { UInt64(messages.count) }
    func message(_ sequence: UInt64) -> Message { messages[Int(sequence) - 1] }

    /// Whether messages may leave its log while a queue needs them.
    var mayLose: Bool { settings.retention > 0 || settings.limit < TopicSettings().limit }
    var withholds: Bool { settings.deduplicationWindow > 0 && settings.deduplicationScope == .consumer }

    /// - Returns: Its sequence; nil if it is a duplicate.
    func publish(key: Int?, by publisher: Int, now: UInt64) -> UInt64? {
        if let key, settings.deduplicationWindow > 0, settings.deduplicationScope == .topic {
            if let first = accepted[key], now - first < settings.deduplicationWindow * 1000 { return nil }
            accepted[key] = now
        }
        messages.append(Message(key: key, publisher: publisher, time: now))
        return head
    }
}

/// A message that is in a queue: it is not done, and not lost.
struct EntryModel {
    enum State: Equatable {
        case pending
        /// At a connection, under its number there.
        case inFlight(connection: Int, number: UInt64)
        /// It may come again from the first time on, and must by the second.
        case returned(mayCome: UInt64, mustCome: UInt64, RedeliveryCause)
        case parked
    }

    var state = State.pending
    /// How many times it was delivered.
    var attempts = 0
}

/// What one queue has of one topic.
final class ReadingModel {
    let topic: TopicModel
    var options: SubscribeOptions
    /// By sequence.
    var entries: [UInt64: EntryModel] = [:]
    /// When the last message of each key was published that was delivered.
    var keys: [Int: UInt64] = [:]

    init(_ topic: TopicModel, options: SubscribeOptions, from first: UInt64, for queue: QueueModel) {
        self.topic = topic
        self.options = options
        begin(from: first, for: queue)
    }

    /// Has all messages from one on come that are not in the queue in another state.
    func begin(from first: UInt64, for queue: QueueModel) {
        entries = entries.filter { $0.value.state != .pending }
        guard first <= topic.head else { return }
        for sequence in max(first, 1)...topic.head where entries[sequence] == nil { add(sequence, for: queue) }
    }

    func add(_ sequence: UInt64, for queue: QueueModel) {
        if options.contains(.noEcho), queue.publishers.contains(topic.message(sequence).publisher) { return }
        entries[sequence] = EntryModel()
    }

    var pending: [UInt64] { entries.filter { $0.value.state == .pending }.map(\.key).sorted() }

    /// Whether a message is withheld from this queue because its key was delivered within the window.
    func isDuplicate(_ sequence: UInt64) -> Bool {
        let message = topic.message(sequence)
        guard topic.withholds, let key = message.key, let last = keys[key], message.time >= last else { return false }
        return message.time - last < topic.settings.deduplicationWindow * 1000
    }
}

/// A queue of a history: of a connection, or of a session.
final class QueueModel {
    /// nil for the queue of a connection.
    let session: Int?
    let settings: SessionSettings
    var readings: [UInt32: ReadingModel] = [:]
    /// Numbers of the connections attached to it, and of all that ever were.
    var attached: [Int] = []
    var publishers: Set<Int> = []
    /// nil while a connection is attached.
    var absentSince: UInt64?

    init(session: Int?, settings: SessionSettings) {
        self.session = session
        self.settings = settings
    }

    /// Returns a message that was in flight, or parks it if it was delivered often enough.
    func giveBack(_ sequence: UInt64, of topicID: UInt32, now: UInt64, delay: UInt64 = 0, _ cause: RedeliveryCause) {
        guard let attempts = readings[topicID]?.entries[sequence]?.attempts else { return }
        if settings.attempts > 0, attempts >= settings.attempts {
            readings[topicID]!.entries[sequence]!.state = .parked
            return
        }
        // A message that a client returns again and again waits for a while, at most a second.
        let mustCome = max(now + delay, attempts > 1 && cause == .returned ? now + 1_000_000 : now)
        readings[topicID]!.entries[sequence]!.state = .returned(mayCome: now + delay, mustCome: mustCome, cause)
    }

    func count(_ isCounted: (EntryModel.State) -> Bool) -> Int {
        readings.values.reduce(0) { $0 + $1.entries.values.count { isCounted($0.state) } }
    }
}
