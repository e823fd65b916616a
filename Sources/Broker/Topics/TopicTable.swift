import ZaichikProtocol

/// Topics by id, in pages. A copy is a reference, and a topic that comes while there are copies moves one page, not all.
struct TopicTable: Sequence {
    /// Names stand side by side here too: to look at 100,000 topics for theirs takes as many misses of the cache.
    private struct Page {
        var names: [TopicName] = []
        var topics: [Topic] = []

        mutating func reserve() {
            names.reserveCapacity(TopicTable.pageSize)
            topics.reserveCapacity(TopicTable.pageSize)
        }
    }

    private static let pageSize = 1024

    private var pages: [Page] = []

    var count: Int { pages.isEmpty ? 0 : (pages.count - 1) * Self.pageSize + pages[pages.count - 1].topics.count }
    /// Of the topic that is appended next. Ids begin at 1, 0 is none.
    var nextID: UInt32 { UInt32(count + 1) }

    subscript(id: UInt32) -> Topic? {
        guard id > 0, Int(id) <= count else { return nil }
        let (page, place) = (Int(id) - 1).quotientAndRemainder(dividingBy: Self.pageSize)
        return pages[page].topics[place]
    }

    mutating func append(_ topic: Topic) {
        if count == pages.count * Self.pageSize {
            pages.append(Page())
            // A broker with few topics has a small page.
            if pages.count > 1 { pages[pages.count - 1].reserve() }
        }
        pages[pages.count - 1].names.append(topic.name)
        pages[pages.count - 1].topics.append(topic)
    }

    /// The topics whose names match.
    func matching(_ pattern: TopicPattern) -> [Topic] {
        var found: [Topic] = []
        for page in pages {
            for place in pattern.matching(page.names) { found.append(page.topics[place]) }
        }
        return found
    }

    func makeIterator() -> some IteratorProtocol<Topic> { pages.lazy.flatMap(\.topics).makeIterator() }
}
