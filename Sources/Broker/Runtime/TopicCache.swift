/// The topics used on a loop, by id: a step without a lock, whatever their number.
struct TopicCache {
    /// From the registry's smallest id on.
    private var topics: [Topic?] = []

    /// The topic with an id; nil if there is none.
    @inline(__always)
    mutating func topic(_ id: UInt32, _ registry: TopicRegistry) -> Topic? {
        let place = Int(id) - Int(registry.firstID)
        if topics.indices.contains(place), let topic = topics[place] { return topic }
        return lookUp(id, registry)
    }

    private mutating func lookUp(_ id: UInt32, _ registry: TopicRegistry) -> Topic? {
        guard let topic = registry.topic(id: id) else { return nil }
        let place = Int(id - registry.firstID)
        while topics.count <= place { topics.append(nil) }
        topics[place] = topic
        return topic
    }

    mutating func removeAll() { topics = [] }
}
