import ZaichikProtocol

/// Topics by id, in pages. Ids are successive numbers from a random one on, so that those of another process of the broker
/// are unknown here. A copy is a reference, and a topic that is added while there are copies moves one page, not
/// all.
struct TopicTable: Sequence {
    private struct Page {
        /// Kept here as well: reading the names from 100,000 topics would take as many cache misses.
        var names = NameList()
        var topics: [Topic] = []
    }

    private static let pageSize = 1024
    /// The most topics that a table takes.
    static let most = Int(Int32.max)
    /// The numbers at which ids may begin: none is 0, and none grows past the largest number.
    static let firstIDs: ClosedRange<UInt32> = 1...UInt32.max - UInt32(most)

    private let firstID: UInt32
    private var pages: [Page] = []

    init(firstID: UInt32 = .random(in: Self.firstIDs)) { self.firstID = firstID }

    var count: Int { pages.isEmpty ? 0 : (pages.count - 1) * Self.pageSize + pages[pages.count - 1].topics.count }
    /// The id of the next topic.
    var nextID: UInt32 { firstID + UInt32(count) }

    subscript(id: UInt32) -> Topic? { self[place: Int(id) - Int(firstID)] }

    /// The topic that was created after so many others.
    subscript(place place: Int) -> Topic? {
        guard place >= 0, place < count else { return nil }
        let (page, place) = place.quotientAndRemainder(dividingBy: Self.pageSize)
        return pages[page].topics[place]
    }

    mutating func append(_ topic: Topic) {
        if count == pages.count * Self.pageSize { addPage() }
        pages[pages.count - 1].names.append(topic.name)
        pages[pages.count - 1].topics.append(topic)
    }

    /// A broker with few topics has one small page; further pages are allocated at full size.
    private mutating func addPage() {
        var page = Page()
        if let previous = pages.last {
            page.names = NameList(after: previous.names)
            page.topics.reserveCapacity(Self.pageSize)
        }
        pages.append(page)
    }

    var pageCount: Int { pages.count }

    /// The topics of a page whose names match.
    func topics(inPage page: Int, matching pattern: TopicPattern) -> [Topic] {
        pages[page].names.places(matching: pattern).map { pages[page].topics[$0] }
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
            let first = Int(firstID) + position.page * Self.pageSize
            let isAtEnd = pages[position.page].names.visit(from: &position.names) { place, name in
                wantsMore = body(UInt32(first + place), name)
                return wantsMore
            }
            if isAtEnd { position = Position(page: position.page + 1) }
            guard wantsMore else { break }
        }
        return position.page == pages.count
    }

    func makeIterator() -> some IteratorProtocol<Topic> { pages.lazy.flatMap(\.topics).makeIterator() }
}
