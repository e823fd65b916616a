/// The topics used on a loop, by id: a step without a lock, whatever their number.
struct TopicCache {
    private var topics: [Topic?] = []

    /// The topic with an id; nil if there is none.
    @inline(__always)
    mutating func topic(_ id: UInt32, _ registry: TopicRegistry) -> Topic? {
        if Int(id) < topics.count, let topic = topics[Int(id)] { return topic }
        return lookUp(id, registry)
    }

    private mutating func lookUp(_ id: UInt32, _ registry: TopicRegistry) -> Topic? {
        guard let topic = registry.topic(id: id) else { return nil }
        while topics.count <= Int(id) { topics.append(nil) }
        topics[Int(id)] = topic
        return topic
    }

    mutating func removeAll() { topics = [] }
}
