import NIOCore
import ZaichikProtocol

/// Publishes of one connection that wait because a topic is full, and the last BLOCKED sent to the client.
///
/// They wait for as long as the topic's queues make progress. When many wait, no more are read, so that the policy
/// "block" really blocks the client.
struct ParkedPublishes {
    private struct Waiting {
        let topic: Topic
        /// When waiting began, or when the topic's queues last made progress, in µs.
        var since: UInt64
        /// The topic's count of progress at that time.
        var progress: UInt64
    }

    /// Whole frames.
    private var frames = ByteBuffer()
    private(set) var count = 0
    private var waiting: Waiting?
    /// Whether the topic has reported room.
    private(set) var hasRoom = false
    /// The wait that the last try ended.
    private var tried: Waiting?
    /// The topic that the last BLOCKED named; nil if it reported that no publishes wait.
    private var told: UInt32?

    /// When this many bytes wait, no more publishes are read.
    static let limit = PeerLimits.waitingPublishes
    /// How long they may wait without progress, in µs.
    static let patience = UInt64(PeerLimits.publishPatience) * 1_000_000

    /// Whether so many wait that no more are read. If memory has run out, any are enough.
    @inline(__always)
    func isFull(_ budget: MemoryBudget) -> Bool {
        count > 0 && (frames.readableBytes >= Self.limit || budget.isExhausted)
    }

    func isWaiting(for topic: Topic) -> Bool { waiting?.topic === topic }

    /// Notes that a topic has reported room.
    ///
    /// - Returns: Whether it is the one waited for.
    mutating func roomMade(in topicID: UInt32) -> Bool {
        guard count > 0, waiting?.topic.id == topicID else { return false }
        hasRoom = true
        return true
    }

    /// The topic waited for, if it has reported room; nil if not.
    var topicWithRoom: Topic? { hasRoom ? waiting?.topic : nil }

    /// Begins to wait: the topic has noted the publisher.
    mutating func begin(waitingFor topic: Topic, now: UInt64) {
        let progress = topic.locked { $0.holdsRaised }
        if let tried, tried.topic === topic, tried.progress == progress {
            waiting = tried
        } else {
            waiting = Waiting(topic: topic, since: now, progress: progress)
        }
        tried = nil
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer, count: Int, budget: MemoryBudget) {
        guard bytes.count > 0 else { return }
        frames.writeBytes(bytes)
        self.count += count
        budget.charge(bytes.count)
    }

    /// Removes all waiting publishes, to be tried again.
    mutating func take(budget: MemoryBudget) -> ByteBuffer {
        budget.charge(-frames.readableBytes)
        defer {
            frames = ByteBuffer()
            count = 0
            tried = waiting
            waiting = nil
            hasRoom = false
        }
        return frames
    }

    /// Ends waiting at the topic. Room that was already reported goes to the next publisher.
    mutating func stopWaiting(_ publisher: PublisherHandle, wakes: inout WakeList) {
        guard let waiting else { return }
        waiting.topic.locked { state in
            state.stopWaitingForRoom(publisher)
            state.wakeBlocked(&wakes)
        }
    }

    /// Tells the client what has changed. A BLOCKED that reports the end names the same topic as the one before.
    mutating func tell(_ connection: Connection) {
        let topicID = count > 0 ? waiting?.topic.id : nil
        guard topicID != told else { return }
        if let told { connection.send(.blocked(false, topicID: told, waiting: UInt64(count))) }
        if let topicID { connection.send(.blocked(true, topicID: topicID, waiting: UInt64(count))) }
        told = topicID
    }

    /// Whether the topic's queues have made no progress for too long.
    mutating func waitsInVain(now: UInt64) -> Bool {
        guard let waiting, count > 0 else { return false }
        let progress = waiting.topic.locked { $0.holdsRaised }
        if progress != waiting.progress {
            self.waiting?.progress = progress
            self.waiting?.since = now
            return false
        }
        return now >= waiting.since + Self.patience
    }
}
