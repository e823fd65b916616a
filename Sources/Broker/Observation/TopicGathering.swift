import ZaichikProtocol

/// One pass over the topics that existed when it began, for any number of queries, in steps.
///
/// For a topic in a list, only the topic and the figure that the list is sorted by are kept: its row is made when it is
/// sent.
struct TopicGathering {
    /// The topics that one query has found so far.
    private struct Finding {
        let sort: TopicFigure?
        let filter: RowFilter
        var top: TopRows<Topic>
        var listing: Listing<Topic>?

        init(_ query: TopicQuery) {
            sort = query.sort
            filter = RowFilter(query.filter)
            top = TopRows(query)
        }
    }

    private let topics: TopicTable
    private var position = TopicTable.Position()
    private var findings: [Finding]
    private var isComplete = false

    init(_ topics: TopicTable, for queries: [TopicQuery]) {
        self.topics = topics
        findings = queries.map { Finding($0) }
    }

    /// - Returns: The lists, in the order of their queries, when the pass is over; nil if another step is needed.
    mutating func step(now: UInt64) -> [Listing<Topic>]? {
        var budget = StepBudget()
        if !isComplete { look(&budget, now: now) }
        guard isComplete else { return nil }
        for index in findings.indices where findings[index].listing == nil {
            guard let listing = findings[index].top.sorted(&budget) else { return nil }
            findings[index].listing = listing
        }
        return findings.compactMap(\.listing)
    }

    private mutating func look(_ budget: inout StepBudget, now: UInt64) {
        var next = position
        isComplete = topics.visitNames(from: &next) { id, name in
            // Looked up when the first query wants it: most topics need not be touched.
            var topic: Topic?
            for index in findings.indices where findings[index].filter.matches(name, &budget) {
                findings[index].top.count()
                guard findings[index].top.wantsRows else { continue }
                if topic == nil {
                    topic = topics[id]
                    budget.spend(StepBudget.topic)
                }
                if let topic { take(topic, index, &budget, now: now) }
            }
            return !budget.isSpent
        }
        position = next
    }

    private mutating func take(_ topic: Topic, _ index: Int, _ budget: inout StepBudget, now: UInt64) {
        let figure = findings[index].sort.map { sort in topic.locked { $0.figure(sort, now: now) } } ?? 0
        findings[index].top.offer(figure: figure, name: topic.name.string, id: UInt64(topic.id), &budget) { topic }
    }
}
