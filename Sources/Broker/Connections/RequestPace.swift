import ZaichikProtocol

/// Limits what a connection may ask for in one go. A read may have thousands of requests, each taking some µs; others
/// on the loop should not wait for all of them.
struct RequestPace {
    /// Requests in one go: less than 0.1 ms of the most expensive ones, which create a topic or attach to one.
    static let most = 16
    /// PINGs that count as one request.
    static let pings = 32

    /// In PINGs.
    private var left = Self.most * Self.pings

    /// Whether further input waits until the sockets have had their turn.
    var isSpent: Bool { left <= 0 }

    /// What a frame of a native client costs, in PINGs; 0 if it costs as little as a message, and may come as often.
    static func cost(type: UInt8) -> Int {
        switch ClientOpcode(rawValue: type) {
        case .publish, .commit, .pong, .window: 0
        case .ping, .settle: 1
        default: pings
        }
    }

    mutating func spend(_ cost: Int = Self.pings) { left -= cost }
    mutating func begin() { left = Self.most * Self.pings }
}
