import ZaichikProtocol

/// The topics of a snapshot whose names match a pattern, found page by page.
struct TopicSearch {
    private let topics: TopicTable
    let pattern: TopicPattern
    private var page = 0
    /// Topics found in the last page and not returned yet.
    private var found: [Topic]

    /// - Parameter own: The broker's own topics.
    init(_ topics: TopicTable, own: [Topic] = [], _ pattern: TopicPattern) {
        self.topics = topics
        found = own.filter { pattern.matches($0.name) }
        self.pattern = pattern
    }

    /// Whether all names were checked, and all topics found were returned.
    var isDone: Bool { page == topics.pageCount && found.isEmpty }

    /// The next topics that match, at most `most`; empty if the next page has none.
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
