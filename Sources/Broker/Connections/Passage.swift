import NIOCore

/// What a connection carries from one loop to another: the bytes that have come and that nobody has looked at.
final class Passage {
    let target: LoopShard
    private(set) var unread: ByteBuffer

    init(to target: LoopShard, unread: ByteBuffer) {
        self.target = target
        self.unread = unread
    }

    func append(_ bytes: ByteBuffer) { unread.writeImmutableBuffer(bytes) }
}

/// A connection on its way to the loop that serves it: accepted a moment ago, or sent there by another loop.
struct Arrival: Sendable {
    var id: UInt64
    var address: String
    /// µs since 1970; nil if it is just being accepted.
    var connectedAt: UInt64?
    /// The stamp of its accept in arrival order.
    var acceptStamp: UInt64
    var life: ConnectionLife
    /// What another loop has read and not looked at.
    var unread = ByteBuffer()
}
