import ZaichikProtocol

/// How many requests of a connection are carried out in one go. A read has room for thousands, each some µs; others on the
/// loop are not to wait for all of them.
struct RequestPace {
    /// Requests in one go: some 0.3 ms of those that cost most, which create a topic or attach to one.
    static let most = 64

    private var left = Self.most

    /// Whether what follows waits until the sockets have had their turn.
    var isSpent: Bool { left <= 0 }

    /// Whether a frame of a native client costs as little as a message, and may come as often.
    static func isFree(type: UInt8) -> Bool {
        switch ClientOpcode(rawValue: type) {
        case .publish, .commit, .ping, .pong, .window: true
        default: false
        }
    }

    mutating func spend() { left -= 1 }
    mutating func begin() { left = Self.most }
}
