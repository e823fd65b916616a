/// A cursor that waits for the next message of its topic.
struct Waiter: Hashable, Sendable {
    var reader: ReaderHandle
    /// The cursor's slot in the reader's queue.
    var slot: UInt32
}

/// What one loop tells another, or itself.
enum Wake: Sendable {
    /// A message is visible for a cursor that waits; with its stamp in arrival order.
    case messageVisible(Waiter, topicID: UInt32, stamp: UInt64)
    /// A topic was created whose name a pattern of the reader matches.
    case topicCreated(ReaderHandle, topicID: UInt32)
    /// A topic has room for a publisher that waits for it.
    case roomMade(PublisherHandle, topicID: UInt32)
    /// What a publisher appended is visible, so that its answers may go out.
    case publishReleased(PublisherHandle, topicID: UInt32)

    /// The index of the loop that is told.
    var shard: Int {
        switch self {
        case .messageVisible(let waiter, _, _): Int(waiter.reader.shard)
        case .topicCreated(let reader, _): Int(reader.shard)
        case .roomMade(let publisher, _), .publishReleased(let publisher, _): Int(publisher.shard)
        }
    }
}

/// What one step on one loop has to tell the loops, itself included: gathered, then posted once.
struct WakeList {
    /// By loop.
    private var wakes: [[Wake]]
    /// The memory of the own list that was drained last, for the next one.
    private var spare: [Wake] = []
    private(set) var isEmpty = true

    init(shards: Int) { wakes = Array(repeating: [], count: shards) }

    mutating func add(_ wake: Wake) {
        isEmpty = false
        wakes[wake.shard].append(wake)
    }

    /// Hands each other loop's wakes to `post`.
    ///
    /// - Parameter own: The loop whose list this is.
    /// - Returns: That loop's own wakes, to be given back by ``giveBack(_:)``: what they bring about may add others.
    mutating func drain(own: Int, _ post: (Int, [Wake]) -> Void) -> [Wake] {
        guard !isEmpty else { return [] }
        isEmpty = true
        for shard in wakes.indices where shard != own && !wakes[shard].isEmpty {
            post(shard, wakes[shard])
            wakes[shard].removeAll(keepingCapacity: true)
        }
        var taken: [Wake] = []
        swap(&taken, &wakes[own])
        swap(&wakes[own], &spare)
        return taken
    }

    /// Keeps a list's memory for the next one.
    mutating func giveBack(_ taken: consuming [Wake]) {
        taken.removeAll(keepingCapacity: true)
        swap(&taken, &spare)
    }
}
