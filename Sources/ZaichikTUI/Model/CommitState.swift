/// The deliveries that this program has got and not committed.
struct CommitState: Equatable, Sendable {
    /// The largest that a broker grants.
    static let largestWindow: UInt32 = 1 << 20
    static let standardWindow: UInt32 = 256
    /// Of so many earlier connections it is known how far they committed.
    private static let maximumEnded = 1000

    /// Messages are committed as they arrive. Otherwise a person commits them, and until then this is a slow client.
    var isAutomatic = true
    /// How many deliveries may be in flight; 0 is a pause.
    var window: UInt32
    /// The window before a pause.
    var windowBeforePause: UInt32
    private(set) var connection: UInt64 = 0
    private(set) var lastDelivered: UInt64 = 0
    private(set) var lastCommitted: UInt64 = 0
    /// How far each of the earlier connections committed.
    private var ended: [UInt64: UInt64] = [:]
    /// The end of ``connection`` was told.
    private var isEnded = false
    /// A connection brought deliveries before the end of the one before it was told.
    private var isAhead = false
    /// What became of the deliveries that were settled one by one.
    private var apart: [Place: Fate] = [:]
    /// Those of them that are in the way of ``inFlight``: after the last one committed.
    private var apartAhead: Set<UInt64> = []
    /// Of so many it is known that they were settled one by one; a message shows no more lines than that.
    private static let maximumApart = 10_000

    private struct Place: Hashable, Comparable {
        var connection: UInt64
        var number: UInt64

        static func < (first: Place, second: Place) -> Bool {
            (first.connection, first.number) < (second.connection, second.number)
        }
    }

    /// What became of a delivery.
    enum Fate: Equatable, Sendable {
        case committed
        case inFlight
        /// It was given back, and comes again.
        case returned
        /// It was put aside.
        case parked
        /// Its connection ended before it was committed.
        case uncommitted
        /// It was not delivered, but looked at in its topic.
        case kept
    }

    /// - Parameter window: 0 begins with a pause, which ends with the standard window.
    init(window: UInt32) {
        self.window = min(window, Self.largestWindow)
        windowBeforePause = window == 0 ? Self.standardWindow : self.window
    }

    var inFlight: UInt64 { lastDelivered - lastCommitted - UInt64(apartAhead.count) }

    mutating func delivered(_ number: UInt64, connection: UInt64) {
        if connection != self.connection {
            if !isEnded, self.connection != 0 {
                endConnection()
                isAhead = true
            }
            self.connection = connection
            isEnded = false
            apartAhead = []
            lastCommitted = number - 1
        }
        lastDelivered = number
    }

    /// Commits up to a delivery.
    ///
    /// - Returns: Whether there was something to commit.
    mutating func commit(upTo number: UInt64, connection: UInt64) -> Bool {
        guard connection == self.connection, number > lastCommitted, number <= lastDelivered else { return false }
        lastCommitted = number
        apartAhead = apartAhead.filter { $0 > number }
        return true
    }

    /// Notes that one delivery was committed ahead of others, returned or parked.
    mutating func settled(_ number: UInt64, connection: UInt64, as fate: Fate) {
        guard connection == self.connection, !isEnded, number > lastCommitted, number <= lastDelivered else { return }
        apart[Place(connection: connection, number: number)] = fate
        apartAhead.insert(number)
        if apart.count > Self.maximumApart, let oldest = apart.keys.min() { apart[oldest] = nil }
    }

    /// Deliveries of the lost connection can no longer be committed, whether the broker sends them again or not.
    mutating func connectionLost() {
        if isAhead {
            isAhead = false
        } else if !isEnded {
            endConnection()
        }
    }

    private mutating func endConnection() {
        ended[connection] = lastCommitted
        if ended.count > Self.maximumEnded, let oldest = ended.keys.min() { ended[oldest] = nil }
        isEnded = true
        apartAhead = []
        lastCommitted = lastDelivered
    }

    func fate(of message: ReceivedMessage) -> Fate {
        if message.connection == 0 { return .kept }
        if let apart = apart[Place(connection: message.connection, number: message.number)] { return apart }
        if message.connection == connection, !isEnded {
            return message.number <= lastCommitted ? .committed : .inFlight
        }
        return message.number <= ended[message.connection] ?? 0 ? .committed : .uncommitted
    }
}
