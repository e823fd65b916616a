import ZaichikProtocol

/// The state of the connection to the broker.
enum Connection: Equatable, Sendable {
    case connecting(attempt: Int)
    case connected(Welcome, since: Moment)
    /// - Parameters:
    ///   - next: The time of the next attempt; nil while one is being made.
    case lost(reason: String, since: Moment, attempt: Int, next: Moment?)
    /// It ended, and is not made again by itself.
    case ended(reason: String, since: Moment)

    var isConnected: Bool {
        if case .connected = self { return true }
        return false
    }

    /// Whether it is not made again.
    var isOver: Bool {
        if case .ended = self { return true }
        return false
    }

    /// This program's own id at the broker.
    var ownID: UInt64? {
        if case .connected(let welcome, _) = self { return welcome.connectionID }
        return nil
    }
}

/// One of this program's own subscriptions.
struct Subscription: Equatable, Sendable {
    var pattern: TopicPattern
    var start: StartPosition
}
