import NIOConcurrencyHelpers
import ZaichikProtocol

/// All topics, by name and by id, and who reads by pattern.
///
/// Behind one lock, off the hot path: names become ids once, and loops keep the topics they use by id. Its fields
/// are touched under `lock` only, which is what makes it sendable.
final class TopicRegistry: @unchecked Sendable {
    private let lock = NIOLock()
    /// In parts: a dictionary that grows moves all it has at once, and nobody is to wait for 100,000 names.
    private var byName: [[TopicName: Topic]] = Array(repeating: [:], count: 256)
    private var byID = TopicTable()
    private var patterns = PatternIndex<ClientHandle>()
    private let limit: Int
    let budget: MemoryBudget

    /// - Parameter limit: How many topics there may be.
    init(limit: Int, budget: MemoryBudget) {
        self.limit = limit
        self.budget = budget
    }

    var count: Int { lock.withLock { byID.count } }
    /// All topics there are now.
    var all: TopicTable { lock.withLock { byID } }

    func topic(id: UInt32) -> Topic? { lock.withLock { byID[id] } }

    func topic(named name: TopicName) -> Topic? {
        let part = part(of: name)
        return lock.withLock { byName[part][name] }
    }

    private func part(of name: TopicName) -> Int { Int(UInt(bitPattern: name.hashValue) % UInt(byName.count)) }

    /// What asking for a topic gave.
    struct Found {
        var topic: Topic
        var isNew: Bool
    }

    /// The topic of a name, created if there is none.
    ///
    /// Who reads by a matching pattern waits for its first message before anybody else can know of it.
    ///
    /// - Throws: At the limit of topics, and for a reserved name that the broker has not created itself.
    func findOrCreate(
        _ name: TopicName, settings: TopicSettings = TopicSettings(), isBroker: Bool = false
    ) throws(FrameError) -> Found {
        let part = part(of: name)
        let result: Result<Found, FrameError> = lock.withLock {
            if let topic = byName[part][name] { return .success(Found(topic: topic, isNew: false)) }
            guard !name.isReserved || isBroker else {
                return .failure(
                    FrameError(.reservedName, "'\(name)' is the broker's own; choose a name outside of $zaichik"))
            }
            guard byID.count < limit else {
                return .failure(FrameError(.tooManyTopics, "there are \(limit) topics, and no more may be created"))
            }
            let topic = Topic(
                id: byID.nextID, name: name, settings: settings, budget: budget, readers: patterns.readers(of: name))
            byName[part][name] = topic
            byID.append(topic)
            return .success(Found(topic: topic, isNew: true))
        }
        return try result.get()
    }

    /// Notes a reader by pattern; it gets topics to come from their first message.
    ///
    /// Each topic is met once: what is created behind the look at those there are knows of the reader already.
    ///
    /// - Returns: The topics that match now. They are looked for without the lock, as there may be many.
    func subscribe(_ reader: ClientHandle, to pattern: TopicPattern) -> [Topic] {
        let topics = lock.withLock {
            patterns.insert(reader, pattern)
            return byID
        }
        return topics.matching(pattern)
    }

    func unsubscribe(_ reader: ClientHandle, from pattern: TopicPattern) {
        lock.withLock { patterns.remove(reader, pattern) }
    }
}
