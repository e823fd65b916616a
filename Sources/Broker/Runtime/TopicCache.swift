/// The topics used on a loop, by id: a step without a lock, whatever their number.
struct TopicCache {
    private struct Page {
        /// Empty if no topic of the page is used.
        var topics: [Topic?] = []
        var count = 0
    }

    /// From the registry's smallest id on.
    private var pages: [Page] = []

    private static let pageBits = 10

    /// The topic with an id; nil if there is none.
    @inline(__always)
    mutating func topic(_ id: UInt32, _ registry: TopicRegistry) -> Topic? {
        let place = Int(id) - Int(registry.firstID)
        let (page, index) = (place >> Self.pageBits, place & (1 << Self.pageBits - 1))
        if pages.indices.contains(page), index < pages[page].topics.count, let topic = pages[page].topics[index] {
            return topic
        }
        return lookUp(id, registry)
    }

    private mutating func lookUp(_ id: UInt32, _ registry: TopicRegistry) -> Topic? {
        guard let topic = registry.topic(id: id) else { return nil }
        // Their ids are far from the others, and they are asked for seldom.
        guard !registry.isOwn(id) else { return topic }
        let place = Int(id - registry.firstID)
        let page = place >> Self.pageBits
        while pages.count <= page { pages.append(Page()) }
        if pages[page].count == 0 { pages[page].topics = Array(repeating: nil, count: 1 << Self.pageBits) }
        pages[page].topics[place & (1 << Self.pageBits - 1)] = topic
        pages[page].count += 1
        return topic
    }

    /// Forgets a topic that is no longer in the registry.
    mutating func forget(_ id: UInt32, _ registry: TopicRegistry) {
        let place = Int(id) - Int(registry.firstID)
        let (page, index) = (place >> Self.pageBits, place & (1 << Self.pageBits - 1))
        guard pages.indices.contains(page), index < pages[page].topics.count, pages[page].topics[index] != nil else {
            return
        }
        pages[page].topics[index] = nil
        pages[page].count -= 1
        if pages[page].count == 0 { pages[page].topics = [] }
    }

    mutating func removeAll() { pages = [] }
}
