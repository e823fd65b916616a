import DequeModule

/// Queries that share their gatherings. One gathering is under way at a time; queries that come meanwhile wait for the
/// next one together, and equal ones among them are asked once.
struct SharedGathering<Query: Hashable, Answer> {
    typealias Reply = (Answer) -> Void

    /// A gathering serves at most so many different queries: each of them looks at every name.
    static var mostQueries: Int { 64 }

    /// Queries that wait, in the order in which they first came.
    private var order: Deque<Query> = []
    private var waiting: [Query: [Reply]] = [:]
    /// Whether one of those that wait is not to wait for a tick.
    private var isUrgent = false
    /// Those that the gathering under way answers; nil: none is under way.
    private var served: [[Reply]]?
    /// Answers that were found and not yet given.
    private var found: Deque<(replies: Deque<Reply>, answer: Answer)> = []

    /// Notes a query.
    ///
    /// - Parameter isUrgent: Whether it begins a gathering of its own, if none is under way, rather than wait for the
    ///   next tick together with what comes until then.
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
        // There was no room for the others, so they have waited already.
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

    /// Takes the next answer to be given; nil if all were.
    mutating func nextReply() -> (reply: Reply, answer: Answer)? {
        while !found.isEmpty {
            if let reply = found[0].replies.popFirst() { return (reply, found[0].answer) }
            found.removeFirst()
        }
        return nil
    }
}
