import ZaichikProtocol

/// Topics by id, in pages. Ids are successive numbers from a random one on, so that those of another process of the broker
/// are unknown here; an id is never used again. A copy is a reference, and a topic that is added or removed while there
/// are copies moves one page, not all.
struct TopicTable: Sequence {
    private struct Page {
        let firstID: UInt32
        /// Kept here as well: reading the names from 100,000 topics would take as many cache misses.
        var names = NameList()
        /// By id; nil where one was removed.
        var topics: [Topic?] = []
        /// Ids of the topics; nil while they are successive numbers from the first one on.
        var ids: [UInt32]?
        var removed = 0

        func id(at place: Int) -> UInt32 { ids?[place] ?? firstID + UInt32(place) }

        func place(of id: UInt32) -> Int? {
            let place = ids.map { ids in ids.partition { $0 >= id } } ?? Int(id - firstID)
            return place < topics.count && self.id(at: place) == id ? place : nil
        }

        mutating func append(_ topic: Topic) {
            names.append(topic.name)
            topics.append(topic)
            ids?.append(topic.id)
        }

        /// The page without the places of removed topics, behind what another one has.
        func compacted(after previous: Page?) -> Page {
            var page = previous ?? Page(firstID: firstID)
            page.ids = page.ids ?? page.topics.indices.map { page.id(at: $0) }
            for topic in topics { if let topic { page.append(topic) } }
            return page
        }
    }

    private static let pageSize = 1024
    /// A page with fewer places is not worth compacting.
    private static let smallPage = 16
    /// The most ids that there are.
    static let most = Int(Int32.max)
    /// The numbers at which ids may begin: none is 0, and none grows past the largest number.
    static let firstIDs: ClosedRange<UInt32> = 1...UInt32.max - UInt32(most) - UInt32(ownIDs.count)
    /// The ids of the broker's own topics, which are in no table. The largest number is none, as names are kept with ids.
    static let ownIDs: ClosedRange<UInt32> = UInt32.max - 2...UInt32.max - 1

    private let firstID: UInt32
    private var pages: [Page] = []
    /// The id of the next topic.
    private(set) var nextID: UInt32
    private(set) var count = 0

    /// - Parameter firstID: Within ``firstIDs``.
    init(firstID: UInt32) {
        self.firstID = firstID
        nextID = firstID
    }

    /// Whether all ids have been given out.
    var isUsedUp: Bool { Int(nextID - firstID) >= Self.most }

    subscript(id: UInt32) -> Topic? {
        guard let page = page(of: id), let place = pages[page].place(of: id) else { return nil }
        return pages[page].topics[place]
    }

    private func page(of id: UInt32) -> Int? {
        let page = pages.partition { $0.firstID > id } - 1
        return page >= 0 ? page : nil
    }

    /// Adds a topic, which has ``nextID``.
    mutating func append(_ topic: Topic) {
        if pages.last.map({ $0.topics.count >= Self.pageSize }) ?? true { addPage() }
        pages[pages.count - 1].append(topic)
        nextID += 1
        count += 1
    }

    /// A broker with few topics has one small page; further pages are allocated at full size.
    private mutating func addPage() {
        var page = Page(firstID: nextID)
        if let previous = pages.last {
            page.names = NameList(after: previous.names)
            page.topics.reserveCapacity(Self.pageSize)
        }
        pages.append(page)
    }

    /// Removes a topic.
    ///
    /// - Returns: Whether it was here.
    mutating func remove(_ id: UInt32) -> Bool {
        guard let page = page(of: id), let place = pages[page].place(of: id), pages[page].topics[place] != nil else {
            return false
        }
        pages[page].topics[place] = nil
        pages[page].removed += 1
        count -= 1
        compact(page)
        return true
    }

    /// Gives back the places of removed topics when they are more than half of a page's, and joins small pages: however
    /// many topics come and go, the table is as large as those that stay make it.
    private mutating func compact(_ page: Int) {
        let (places, removed) = (pages[page].topics.count, pages[page].removed)
        guard removed < places else {
            pages.remove(at: page)
            return
        }
        guard places >= Self.smallPage, removed * 2 > places else { return }
        if page > 0, pages[page - 1].topics.count + places - removed <= Self.pageSize / 2 {
            pages[page - 1] = pages[page].compacted(after: pages[page - 1])
            pages.remove(at: page)
        } else {
            pages[page] = pages[page].compacted(after: nil)
        }
    }

    var pageCount: Int { pages.count }

    /// The topics of a page whose names match.
    func topics(inPage page: Int, matching pattern: TopicPattern) -> [Topic] {
        pages[page].names.places(matching: pattern).compactMap { pages[page].topics[$0] }
    }

    /// The topics of a page whose ids have a remainder when they are divided.
    func topics(inPage page: Int, where share: TopicShare) -> [Topic] {
        let page = pages[page]
        if let ids = page.ids {
            return ids.indices.compactMap { share.contains(ids[$0]) ? page.topics[$0] : nil }
        }
        return stride(from: share.distance(from: page.firstID), to: page.topics.count, by: Int(share.parts))
            .compactMap { page.topics[$0] }
    }

    /// A position between two topics of a table, or at one of its ends.
    struct Position: Equatable {
        fileprivate var page = 0
        fileprivate var names = NameList.Position()
    }

    /// Visits the names of the topics from a position on, without touching the topics themselves.
    ///
    /// - Parameters:
    ///   - position: Moved past each topic that was visited.
    ///   - body: Called with a topic's id and the bytes of its name; returns whether to continue.
    /// - Returns: Whether all topics have been visited.
    func visitNames(from position: inout Position, _ body: (UInt32, Span<UInt8>) -> Bool) -> Bool {
        var wantsMore = true
        while position.page < pages.count {
            let page = pages[position.page]
            let isAtEnd = page.names.visit(from: &position.names) { place, name in
                if page.topics[place] != nil { wantsMore = body(page.id(at: place), name) }
                return wantsMore
            }
            if isAtEnd { position = Position(page: position.page + 1) }
            guard wantsMore else { break }
        }
        return position.page == pages.count
    }

    func makeIterator() -> some IteratorProtocol<Topic> {
        pages.lazy.flatMap { $0.topics.lazy.compactMap { $0 } }.makeIterator()
    }
}

/// One of several equal shares of all topics, by their ids.
struct TopicShare: Equatable {
    var parts: UInt32
    var part: UInt32

    func contains(_ id: UInt32) -> Bool { id % parts == part }

    /// How far the first id of the share is from an id.
    func distance(from id: UInt32) -> Int { Int((part + parts - id % parts) % parts) }
}
