import DequeModule

/// Queries that share their gatherings. One gathering is under way at a time; queries that come meanwhile wait together
/// for the next one, in which equal queries are answered once.
struct SharedGathering<Query: Hashable, Answer> {
    typealias Reply = (Answer) -> Void

    /// The most different queries that a gathering serves: each of them looks at every name.
    static var mostQueries: Int { 64 }

    /// Queries that wait, in the order in which they first came.
    private var order: Deque<Query> = []
    private var waiting: [Query: [Reply]] = [:]
    /// Whether a waiting query should not wait for a tick.
    private var isUrgent = false
    /// The queries of the gathering under way; nil if none is under way.
    private var served: [[Reply]]?
    /// Answers that were found and not given yet.
    private var found: Deque<(replies: Deque<Reply>, answer: Answer)> = []

    /// Notes a query.
    ///
    /// - Parameter isUrgent: Whether it begins a gathering at once, if none is under way, instead of waiting for the
    ///   next tick together with other queries.
    mutating func ask(_ query: Query, isUrgent: Bool, reply: @escaping Reply) {
        if waiting[query] == nil { order.append(query) }
        waiting[query, default: []].append(reply)
        self.isUrgent = self.isUrgent || isUrgent
    }

    /// Begins a gathering, if it is time for one.
    ///
    /// - Returns: Its queries; nil if there are none, or if another gathering is under way.
    mutating func begin(isTick: Bool) -> [Query]? {
        guard served == nil, !order.isEmpty, isTick || isUrgent else { return nil }
        let queries = Array(order.prefix(Self.mostQueries))
        order.removeFirst(queries.count)
        served = queries.map { waiting.removeValue(forKey: $0) ?? [] }
        // The queries left over have waited already, as there was no room for them.
        isUrgent = !order.isEmpty
        return queries
    }

    /// Ends the gathering under way.
    ///
    /// - Parameter answers: In the order of its queries.
    mutating func end(_ answers: [Answer]) {
        for (replies, answer) in zip(served ?? [], answers) { found.append((Deque(replies), answer)) }
        served = nil
    }

    /// Removes the next answer to be given; nil if there are none left.
    mutating func nextReply() -> (reply: Reply, answer: Answer)? {
        while !found.isEmpty {
            if let reply = found[0].replies.popFirst() { return (reply, found[0].answer) }
            found.removeFirst()
        }
        return nil
    }
}
