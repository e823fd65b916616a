import ZaichikProtocol

/// How the connection to the broker is.
enum Connection: Equatable, Sendable {
    case connecting(attempt: Int)
    case connected(Welcome, since: Moment)
    /// - Parameters:
    ///   - next: When it is tried again.
    case lost(reason: String, since: Moment, attempt: Int, next: Moment?)

    var isConnected: Bool {
        if case .connected = self { return true }
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
