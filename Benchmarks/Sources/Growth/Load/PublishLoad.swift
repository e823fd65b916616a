/// So many messages of a size, sent as fast as the broker confirms.
struct PublishLoad {
    var count: Int
    var payload = 128
    /// Bytes of the key; 0: none.
    var key = 0
    var batch = 512
    /// Whether each message has a number of its own at its start.
    var isNumbered = false

    /// - Parameter first: The number of the first message.
    /// - Returns: The time until all are confirmed, in ns.
    @discardableResult
    func run(_ peer: Peer, topicID: UInt32, first: UInt64 = 0) throws -> UInt64 {
        try run(peer, topicIDs: [topicID], first: first)
    }

    /// Publishes to the topics, alternating between them.
    @discardableResult
    func run(_ peer: Peer, topicIDs: [UInt32], first: UInt64 = 0) throws -> UInt64 {
        var frames = FrameBatch(topicIDs: topicIDs, count: min(batch, count), key: key, payload: payload)
        let last = FrameBatch(topicIDs: topicIDs, count: max(count % frames.count, 1), key: key, payload: payload)
        let start = Monotonic.now
        var sent = 0
        while count - sent >= frames.count {
            if isNumbered { frames.number(from: first + UInt64(sent)) }
            try peer.publish(frames)
            sent += frames.count
        }
        if sent < count {
            frames = last
            if isNumbered { frames.number(from: first + UInt64(sent)) }
            try peer.publish(frames)
        }
        try peer.awaitConfirms()
        return Monotonic.now - start
    }
}
