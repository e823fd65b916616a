/// The deliveries that this program has got and not committed.
struct CommitState: Equatable, Sendable {
    /// The largest that a broker grants.
    static let largestWindow: UInt32 = 1 << 20
    static let standardWindow: UInt32 = 256

    /// Messages are committed as they arrive. Otherwise a person commits them, and until then this is a slow client.
    var isAutomatic = true
    /// How many deliveries may be in flight; 0 is a pause.
    var window: UInt32
    /// The window before a pause.
    var windowBeforePause: UInt32
    private(set) var connection: UInt64 = 0
    private(set) var lastDelivered: UInt64 = 0
    private(set) var lastCommitted: UInt64 = 0

    /// - Parameter window: 0 begins with a pause, which ends with the standard window.
    init(window: UInt32) {
        self.window = min(window, Self.largestWindow)
        windowBeforePause = window == 0 ? Self.standardWindow : self.window
    }

    var inFlight: UInt64 { lastDelivered - lastCommitted }

    mutating func delivered(_ number: UInt64, connection: UInt64) {
        if connection != self.connection {
            self.connection = connection
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
        return true
    }

    /// Deliveries of the lost connection can no longer be committed, whether the broker sends them again or not.
    mutating func connectionLost() { lastCommitted = lastDelivered }

    func isCommitted(_ message: ReceivedMessage) -> Bool {
        message.connection != connection || message.number <= lastCommitted
    }
}
