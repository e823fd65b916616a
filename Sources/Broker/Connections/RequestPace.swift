import ZaichikProtocol

/// Limits how many requests of a connection are carried out in one go. A read may have thousands of them, each taking
/// some µs; others on the loop should not wait for all of them.
struct RequestPace {
    /// Requests in one go: about 0.3 ms of the most expensive ones, which create a topic or attach to one.
    static let most = 64

    private var left = Self.most

    /// Whether further input waits until the sockets have had their turn.
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
