/// Who publishes to which topics and who reads which: both are spread evenly.
///
/// A flow is what one publisher publishes to one topic: its messages are numbered from 0, and a subscriber must get
/// them in this order, each once.
struct TopicSpread: Equatable, Sendable {
    var publishers: Int
    var subscribers: Int
    var topics: Int
    /// Whether every subscriber reads all topics.
    var readsAll = false
    /// Whether each message goes to one of the subscribers only.
    var isShared = false

    /// The topics of a publisher, which it takes in turn.
    func topics(ofPublisher publisher: Int) -> [Int] { Self.share(publisher, of: publishers, topics) }

    func topics(ofSubscriber subscriber: Int) -> [Int] {
        readsAll ? Array(0..<topics) : Self.share(subscriber, of: subscribers, topics)
    }

    private static func share(_ index: Int, of count: Int, _ topics: Int) -> [Int] {
        count >= topics ? [index % topics] : Array(stride(from: index, to: topics, by: count))
    }

    /// The publishers of a topic.
    func publishers(of topic: Int) -> [Int] {
        guard publishers > 0 else { return [] }
        return publishers >= topics ? Array(stride(from: topic, to: publishers, by: topics)) : [topic % publishers]
    }

    /// How many subscribers read a topic.
    func readers(of topic: Int) -> Int {
        if isShared { return min(subscribers, 1) }
        if readsAll { return subscribers }
        return subscribers >= topics ? (subscribers - topic + topics - 1) / topics : min(subscribers, 1)
    }

    /// Flows that a topic has at most.
    var flowsPerTopic: Int { max((publishers + topics - 1) / topics, 1) }

    /// A publisher's place among those of a topic; nothing, if it is none of them.
    func place(ofPublisher publisher: Int, in topic: Int) -> Int? {
        guard (0..<publishers).contains(publisher) else { return nil }
        if publishers >= topics { return publisher % topics == topic ? publisher / topics : nil }
        return topic % publishers == publisher ? 0 : nil
    }

    /// A topic's place among those of a subscriber; nothing, if it does not read it.
    func place(ofTopic topic: Int, in subscriber: Int) -> Int? {
        guard (0..<topics).contains(topic) else { return nil }
        if readsAll { return topic }
        if subscribers >= topics { return subscriber % topics == topic ? 0 : nil }
        return topic % subscribers == subscriber ? topic / subscribers : nil
    }
}
