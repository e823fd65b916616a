import DequeModule
import ZaichikProtocol

/// PINGs whose PONGs wait for the answers to what came before them.
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
                "\(Self.limit) PINGs wait for what came before them to be answered; wait for a PONG before the next")
        }
        waiting.append(Ping(token: token, publishes: publishes, requests: requests))
    }

    /// The next one before which everything is answered.
    mutating func next(publishes: UInt64, requests: UInt64) -> UInt64? {
        guard let ping = waiting.first, ping.publishes <= publishes, ping.requests <= requests else { return nil }
        waiting.removeFirst()
        return ping.token
    }
}
