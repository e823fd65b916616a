import DequeModule
import ZaichikProtocol

/// PINGs whose PONGs have to wait for earlier answers.
struct PingQueue {
    private struct Ping {
        var token: UInt64
        /// Publishes and requests that came before.
        var publishes: UInt64
        var requests: UInt64
    }

    private var waiting: Deque<Ping> = []

    /// How many may wait.
    static let limit = PeerLimits.waitingPings

    var isEmpty: Bool { waiting.isEmpty }

    mutating func add(_ token: UInt64, publishes: UInt64, requests: UInt64) throws(FrameError) {
        guard waiting.count < Self.limit else {
            throw FrameError(
                .tooManyRequests,
                "\(Self.limit) PINGs are waiting for earlier answers; wait for a PONG before the next PING")
        }
        waiting.append(Ping(token: token, publishes: publishes, requests: requests))
    }

    /// Removes the next PING if everything that came before it is answered.
    mutating func next(publishes: UInt64, requests: UInt64) -> UInt64? {
        guard let ping = waiting.first, ping.publishes <= publishes, ping.requests <= requests else { return nil }
        waiting.removeFirst()
        return ping.token
    }
}
