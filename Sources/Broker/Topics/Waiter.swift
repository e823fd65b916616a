/// A client, as other loops know it: its loop, its place there, and which of the place's tenants it is.
struct ClientHandle: Hashable, Sendable {
    var shard: UInt16
    var slot: UInt32
    var generation: UInt32

    /// The place says nearly all, and sets of thousands are united when a topic is created.
    func hash(into hasher: inout Hasher) { hasher.combine(UInt64(shard) << 32 | UInt64(slot)) }
}

/// A cursor that has read everything and wants to be told of the next message.
struct Waiter: Hashable, Sendable {
    var client: ClientHandle
    /// Its place in the client's queue.
    var cursor: UInt32

    /// Stands for the cursor of a pattern's reader that is attached with the topic's first message.
    static let unattached = UInt32.max
}

/// Cursors to be told of a message that arrived with a stamp.
struct Wake: Sendable {
    var topicID: UInt32
    var waiter: Waiter
    /// 0: this is not about a message but about room for publishes.
    var stamp: UInt64

    /// Whether it tells a reader by pattern of a topic that it has yet to meet.
    var isFirstMessage: Bool { waiter.cursor == Waiter.unattached && stamp > 0 }
}

/// What one step on one loop has to tell the loops, itself included: gathered, then posted once.
struct WakeList {
    /// By loop.
    private(set) var wakes: [[Wake]]
    private(set) var isEmpty = true

    init(shards: Int) { wakes = Array(repeating: [], count: shards) }

    mutating func add(_ waiters: [Waiter], topicID: UInt32, stamp: UInt64) {
        for waiter in waiters { add(Wake(topicID: topicID, waiter: waiter, stamp: stamp)) }
    }

    mutating func add(_ wake: Wake) {
        isEmpty = false
        wakes[Int(wake.waiter.client.shard)].append(wake)
    }

    /// Hands each loop's wakes to `post` and keeps the memory.
    mutating func drain(_ post: (Int, [Wake]) -> Void) {
        guard !isEmpty else { return }
        for shard in wakes.indices where !wakes[shard].isEmpty {
            post(shard, wakes[shard])
            wakes[shard].removeAll(keepingCapacity: true)
        }
        isEmpty = true
    }
}
