import NIOConcurrencyHelpers
import ZaichikProtocol

/// All topics, by name and by id, and the readers by pattern.
///
/// Guarded by one lock, off the hot path: a name is looked up once, and loops keep the topics they use by id. Its
/// fields are touched under `lock` only, which is what makes it sendable.
final class TopicRegistry: @unchecked Sendable {
    private let lock = NIOLock()
    private var byName = TopicNames()
    private var byID: TopicTable
    /// The smallest id.
    let firstID: UInt32
    private var patterns = PatternIndex<ReaderHandle>()
    /// Topics that have ended and whose readers are being told, by id, and how many reports of that are due.
    private var leaving: [UInt32: (topic: Topic, reports: Int)] = [:]
    private var leavingByName: [TopicName: [UInt32]] = [:]
    private var limit: Int
    /// The broker's own topics. They are beside the table: in no list, in no count, and their ids are no other topic's.
    private var own: [Topic] = []
    let budget: MemoryBudget

    /// - Parameters:
    ///   - limit: The most topics that may exist.
    ///   - firstID: Random, unless measurements have to repeat.
    init(limit: Int, budget: MemoryBudget, firstID: UInt32 = .random(in: TopicTable.firstIDs)) {
        self.limit = min(limit, TopicTable.most)
        self.budget = budget
        self.firstID = firstID
        byID = TopicTable(firstID: firstID)
    }

    /// Changes how many topics may exist. Those that exist stay.
    func setLimit(_ limit: Int) { lock.withLock { self.limit = min(limit, TopicTable.most) } }

    var count: Int { lock.withLock { byID.count } }
    /// All topics that exist now.
    var all: TopicTable { lock.withLock { byID } }

    func topic(id: UInt32) -> Topic? { lock.withLock { byID[id] ?? own.first { $0.id == id } } }

    func topic(named name: TopicName) -> Topic? {
        lock.withLock { find(name) }
    }

    private func find(_ name: TopicName) -> Topic? {
        byName.topic(name, in: byID) ?? own.first { $0.name == name }
    }

    /// Adds one of the broker's own topics, before the broker serves.
    ///
    /// - Parameter budget: Its memory, which is not that of other topics.
    func addOwn(_ name: TopicName, settings: TopicSettings, budget: MemoryBudget) -> Topic {
        lock.withLock {
            precondition(own.count < TopicTable.ownIDs.count, "there are ids for all of the broker's own topics")
            let id = TopicTable.ownIDs.upperBound - UInt32(own.count)
            own.append(Topic(id: id, name: name, settings: settings, budget: budget))
            return own[own.count - 1]
        }
    }

    /// Whether an id is that of one of the broker's own topics.
    func isOwn(_ id: UInt32) -> Bool { TopicTable.ownIDs.contains(id) }

    /// The result of asking for a topic.
    struct Found {
        var topic: Topic
        var isNew: Bool
        /// Readers by pattern that have to be told of a new topic, each by a ``Wake/topicCreated(_:topicID:)``.
        var readers: [ReaderHandle] = []
    }

    /// Finds the topic of a name, or creates it.
    ///
    /// To keep the order of arrival, a stamp is announced before a topic is created, and stays announced until the
    /// readers by pattern are told: no reader gets ahead of what is published to it meanwhile.
    ///
    /// - Parameter isMadeByUse: Whether a new topic is to be removed when it is not used any more.
    /// - Throws: At the limit of topics or of memory, and for a reserved name that the broker has not created itself.
    func findOrCreate(
        _ name: TopicName, settings: TopicSettings = TopicSettings(), isMadeByUse: Bool = false, isBroker: Bool = false
    ) throws(FrameError) -> Found {
        let result: Result<Found, FrameError> = lock.withLock {
            if let topic = find(name) { return .success(Found(topic: topic, isNew: false)) }
            if let error = refusal(of: name, isBroker: isBroker) { return .failure(error) }
            let readers = patterns.readers(of: name)
            let topic = Topic(
                id: byID.nextID, name: name, settings: settings, budget: budget, isMadeByUse: isMadeByUse,
                readersToCome: readers.count)
            byID.append(topic)
            byName.insert(topic)
            return .success(Found(topic: topic, isNew: true, readers: readers))
        }
        return try result.get()
    }

    private func refusal(of name: TopicName, isBroker: Bool) -> FrameError? {
        guard !name.isReserved || isBroker else {
            return FrameError(.reservedName, "'\(name)' is the broker's own; choose a name outside of $zaichik")
        }
        guard byID.count < limit else {
            return FrameError(.tooManyTopics, "there are \(limit) topics, and no more may be created")
        }
        guard !byID.isUsedUp else {
            return FrameError(
                .tooManyTopics,
                "\(TopicTable.most) topics have been created, and this process of the broker has no ids for more")
        }
        guard !budget.isHalfReserveExhausted else {
            return FrameError(.memoryFull, "the broker's memory is used up, and '\(name)' cannot be created")
        }
        return nil
    }

    /// Removes topics that have ended: their names are free, their ids are never used again. It has no effect on those
    /// that were removed before.
    ///
    /// - Parameter loops: How many loops will report that they have told their clients (``haveBeenTold(_:)``). One more
    ///   report is due when no reader by pattern is left that has yet to hear of the topic's creation.
    func remove(_ topics: [Topic], loops: Int) {
        lock.withLock {
            for topic in topics where byID.remove(topic.id) {
                byName.remove(topic)
                leaving[topic.id] = (topic, loops + 1)
                leavingByName[topic.name, default: []].append(topic.id)
            }
        }
    }

    /// Notes that one of the loops has told its clients of topics that have ended, or that all readers by pattern have
    /// heard of them.
    func haveBeenTold(_ topics: [Topic]) {
        lock.withLock {
            for topic in topics {
                guard let reports = leaving[topic.id]?.reports else { continue }
                leaving[topic.id]!.reports = reports - 1
                guard reports == 1 else { continue }
                leaving[topic.id] = nil
                leavingByName[topic.name]?.removeAll { $0 == topic.id }
                if leavingByName[topic.name]?.isEmpty == true { leavingByName[topic.name] = nil }
            }
        }
    }

    /// The ids of topics of a name that have ended, and of which some readers have not been told yet.
    func leaving(_ name: TopicName) -> [UInt32] {
        lock.withLock { leavingByName.isEmpty ? [] : leavingByName[name] ?? [] }
    }

    /// A topic that has ended, as long as not all readers have been told of it; nil if there is none.
    func leaving(_ id: UInt32) -> Topic? { lock.withLock { leaving[id]?.topic } }

    /// Adds a reader by pattern; it is told of topics that are created later.
    ///
    /// Each topic is met once: those created after this call are told to the reader.
    ///
    /// - Returns: The topics that exist now, to be searched without the lock, as there may be many.
    func subscribe(_ reader: ReaderHandle, to pattern: TopicPattern) -> TopicSearch {
        lock.withLock {
            patterns.insert(reader, pattern)
            return TopicSearch(byID, own: own, pattern)
        }
    }

    func unsubscribe(_ reader: ReaderHandle, from pattern: TopicPattern) {
        lock.withLock { patterns.remove(reader, pattern) }
    }
}
