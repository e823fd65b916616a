import NIOConcurrencyHelpers
import ZaichikProtocol

/// All topics, by name and by id, and who reads by pattern.
///
/// Behind one lock, off the hot path: names become ids once, and loops keep the topics they use by id. Its fields
/// are touched under `lock` only, which is what makes it sendable.
final class TopicRegistry: @unchecked Sendable {
    private let lock = NIOLock()
    private var byName: [TopicName: Topic] = [:]
    /// Id 0 is none.
    private var byID: [Topic?] = [nil]
    private var patterns = PatternIndex<ClientHandle>()
    private let shards: Int
    private let limit: Int
    let budget: MemoryBudget

    /// - Parameter limit: How many topics there may be.
    init(shards: Int, limit: Int, budget: MemoryBudget) {
        self.shards = shards
        self.limit = limit
        self.budget = budget
    }

    var count: Int { lock.withLock { byName.count } }
    /// All topics, each at its id's place; the place 0 is empty.
    var all: [Topic?] { lock.withLock { byID } }

    func topic(id: UInt32) -> Topic? {
        lock.withLock { id < byID.count ? byID[Int(id)] : nil }
    }

    func topic(named name: TopicName) -> Topic? { lock.withLock { byName[name] } }

    /// What asking for a topic gave.
    struct Found {
        var topic: Topic
        /// Those that read it by a pattern, if it was just created.
        var readers: [ClientHandle]
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
        let result: Result<Found, FrameError> = lock.withLock {
            if let topic = byName[name] { return .success(Found(topic: topic, readers: [], isNew: false)) }
            guard !name.isReserved || isBroker else {
                return .failure(
                    FrameError(.reservedName, "'\(name)' is the broker's own; choose a name outside of $zaichik"))
            }
            guard byName.count < limit else {
                return .failure(FrameError(.tooManyTopics, "there are \(limit) topics, and no more may be created"))
            }
            let readers = Array(patterns.readers(of: name))
            let topic = Topic(
                id: UInt32(byID.count), name: name, settings: settings, shards: shards, budget: budget,
                readers: readers)
            byName[name] = topic
            byID.append(topic)
            return .success(Found(topic: topic, readers: readers, isNew: true))
        }
        return try result.get()
    }

    /// Notes a reader by pattern; it gets topics to come from their first message.
    ///
    /// - Returns: The topics that match now.
    func subscribe(_ reader: ClientHandle, to pattern: TopicPattern) -> [Topic] {
        lock.withLock {
            patterns.insert(reader, pattern)
            return byID.compactMap { topic in
                guard let topic, pattern.matches(topic.name) else { return nil }
                return topic
            }
        }
    }

    func unsubscribe(_ reader: ClientHandle, from pattern: TopicPattern) {
        lock.withLock { patterns.remove(reader, pattern) }
    }
}
