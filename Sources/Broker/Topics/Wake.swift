/// A cursor that waits for the next message of its topic.
struct Waiter: Hashable, Sendable {
    var reader: ReaderHandle
    /// The cursor's slot in the reader's queue.
    var slot: UInt32
}

/// A notification from one loop to another, or to itself.
enum Wake: Sendable {
    /// A message is visible to a waiting cursor; with its arrival stamp.
    case messageVisible(Waiter, topicID: UInt32, stamp: UInt64)
    /// A topic was created whose name a pattern of the reader matches.
    case topicCreated(ReaderHandle, topicID: UInt32)
    /// A topic has room for a publisher that waits for it.
    case roomMade(PublisherHandle, topicID: UInt32)
    /// The messages of a publisher are visible, so that their answers may be sent.
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

/// The notifications of one step on one loop, to all loops including itself: gathered, then posted at once.
struct WakeList {
    /// Wakes by loop.
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
    /// - Returns: That loop's own wakes, to be given back by ``giveBack(_:)``: handling them may add others.
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
