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

    /// nil for a client whose publishes do not wait, as most never do. A reference, so that it takes one word.
    private var content: Content?

    private final class Content {
        /// Whole frames.
        var frames = ByteBuffer()
        var count = 0
        var waiting: Waiting?
        /// Whether the topic has reported room.
        var hasRoom = false
        /// The wait that the last try ended.
        var tried: Waiting?
        /// The topic that the last BLOCKED named; nil if it reported that no publishes wait.
        var told: UInt32?
    }

    var count: Int { content?.count ?? 0 }
    /// The topic waited for.
    var topic: Topic? { content?.waiting?.topic }

    /// When this many bytes wait, no more publishes are read.
    static let limit = PeerLimits.waitingPublishes
    /// How long they may wait without progress, in µs.
    static let patience = UInt64(PeerLimits.publishPatience) * 1_000_000

    /// Whether so many wait that no more are read. If memory has run out, any are enough.
    @inline(__always)
    func isFull(_ budget: MemoryBudget) -> Bool {
        guard let content, content.count > 0 else { return false }
        return content.frames.readableBytes >= Self.limit || budget.isExhausted
    }

    func isWaiting(for topic: Topic) -> Bool { content?.waiting?.topic === topic }

    /// Notes that a topic has reported room.
    ///
    /// - Returns: Whether it is the one waited for.
    mutating func roomMade(in topicID: UInt32) -> Bool {
        guard let content, content.count > 0, content.waiting?.topic.id == topicID else { return false }
        content.hasRoom = true
        return true
    }

    /// The topic waited for, if it has reported room; nil if not.
    var topicWithRoom: Topic? {
        guard let content, content.hasRoom else { return nil }
        return content.waiting?.topic
    }

    /// Begins to wait: the topic has noted the publisher.
    mutating func begin(waitingFor topic: Topic, now: UInt64) {
        let content = open()
        let progress = topic.locked { $0.holdsRaised }
        if let tried = content.tried, tried.topic === topic, tried.progress == progress {
            content.waiting = tried
        } else {
            content.waiting = Waiting(topic: topic, since: now, progress: progress)
        }
        content.tried = nil
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer, count: Int, budget: MemoryBudget) {
        guard bytes.count > 0 else { return }
        let content = open()
        content.frames.writeBytes(bytes)
        content.count += count
        budget.charge(bytes.count)
    }

    /// Removes all waiting publishes, to be tried again.
    mutating func take(budget: MemoryBudget) -> ByteBuffer {
        guard let content else { return ByteBuffer() }
        let frames = content.frames
        budget.charge(-frames.readableBytes)
        content.frames = ByteBuffer()
        content.count = 0
        content.tried = content.waiting
        content.waiting = nil
        content.hasRoom = false
        return frames
    }

    /// Ends waiting at the topic. Room that was already reported goes to the next publisher.
    mutating func stopWaiting(_ publisher: PublisherHandle, wakes: inout WakeList) {
        guard let waiting = content?.waiting else { return }
        waiting.topic.locked { state in
            state.stopWaitingForRoom(publisher)
            state.wakeBlocked(&wakes)
        }
    }

    /// Tells the client what has changed. A BLOCKED that reports the end names the same topic as the one before.
    mutating func tell(_ connection: Connection) {
        guard let content else { return }
        let count = content.count
        let topicID = count > 0 ? content.waiting?.topic.id : nil
        if topicID != content.told {
            if let told = content.told { connection.send(.blocked(false, topicID: told, waiting: UInt64(count))) }
            if let topicID { connection.send(.blocked(true, topicID: topicID, waiting: UInt64(count))) }
            content.told = topicID
        }
        if count == 0 { self.content = nil }
    }

    /// Whether the topic's queues have made no progress for too long.
    mutating func waitsInVain(now: UInt64) -> Bool {
        guard let content, content.count > 0, let waiting = content.waiting else { return false }
        let (progress, isPaused) = waiting.topic.locked { ($0.holdsRaised, $0.pause != nil) }
        if progress != waiting.progress || isPaused {
            content.waiting?.progress = progress
            content.waiting?.since = now
            return false
        }
        return now >= waiting.since + Self.patience
    }

    private mutating func open() -> Content {
        if let content { return content }
        let content = Content()
        self.content = content
        return content
    }
}
