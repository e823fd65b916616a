import ZaichikProtocol

/// The topics of a snapshot whose names match a pattern, found page by page.
struct TopicSearch {
    private let topics: TopicTable
    let pattern: TopicPattern
    private var page = 0
    /// Found in the page that was looked at last, and not given out yet.
    private var found: [Topic] = []

    init(_ topics: TopicTable, _ pattern: TopicPattern) {
        self.topics = topics
        self.pattern = pattern
    }

    /// Whether all names were looked at, and all topics found were given out.
    var isDone: Bool { page == topics.pageCount && found.isEmpty }

    /// Topics that match, at most so many; none if one more page has none.
    mutating func next(most: Int) -> [Topic] {
        if found.isEmpty, page < topics.pageCount {
            found = topics.topics(inPage: page, matching: pattern).reversed()
            page += 1
        }
        let next = Array(found.suffix(most).reversed())
        found.removeLast(next.count)
        return next
    }
}
