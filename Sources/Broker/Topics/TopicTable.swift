/// Topics by id, in pages. A copy is a reference, and a topic that comes while there are copies moves one page, not all.
struct TopicTable: Sequence {
    private static let pageSize = 1024

    private var pages: [[Topic]] = []

    var count: Int { pages.isEmpty ? 0 : (pages.count - 1) * Self.pageSize + pages[pages.count - 1].count }
    /// Of the topic that is appended next. Ids begin at 1, 0 is none.
    var nextID: UInt32 { UInt32(count + 1) }

    subscript(id: UInt32) -> Topic? {
        guard id > 0, Int(id) <= count else { return nil }
        let (page, place) = (Int(id) - 1).quotientAndRemainder(dividingBy: Self.pageSize)
        return pages[page][place]
    }

    mutating func append(_ topic: Topic) {
        if count == pages.count * Self.pageSize {
            pages.append([])
            // A broker with few topics has a small page.
            if pages.count > 1 { pages[pages.count - 1].reserveCapacity(Self.pageSize) }
        }
        pages[pages.count - 1].append(topic)
    }

    func makeIterator() -> FlattenSequence<[[Topic]]>.Iterator { pages.joined().makeIterator() }
}
