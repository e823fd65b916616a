import NIOCore
import ZaichikProtocol

/// Many clients that are connected and do nothing else.
struct Crowd {
    private(set) var peers: [Peer] = []

    /// - Parameters:
    ///   - pattern: The pattern that the client with an index subscribes to.
    init(_ count: Int, port: Int, window: UInt32 = 0, pattern: (Int) -> String) throws {
        peers.reserveCapacity(count)
        // Some hundred at a time: the broker's queue of connections to be accepted is finite.
        while peers.count < count {
            let first = peers.count
            var requests: [UInt32] = []
            for index in first..<min(first + 500, count) {
                let peer = try Peer(port: port, window: window, name: "", capacity: 256)
                var buffer = ByteBuffer()
                requests.append(
                    peer.request(into: &buffer) { .subscribe(request: $0, pattern: pattern(index), from: .new) })
                try peer.send(buffer)
                peers.append(peer)
            }
            for (index, request) in requests.enumerated() { _ = try peers[first + index].answer(to: request) }
        }
    }

    /// Handles what has arrived, which answers pings.
    func receive() throws {
        for peer in peers { while try peer.receive(waits: false) {} }
    }
}
