import ZaichikProtocol

/// The names and patterns that a client subscribes to.
///
/// A name is kept as its topic's id: there may be 100,000 of them, and the topic has the text. Whether a topic is
/// among them its cursor knows (``Cursor/isNamed``).
struct SubscriptionSet {
    /// In the order in which they were made: a topic's id for a name, 0 for the next one of `patterns`.
    private var order: [UInt32] = []
    /// Those that meet their topics as they come.
    private(set) var patterns: [TopicPattern] = []

    var isEmpty: Bool { order.isEmpty }
    var count: Int { order.count }

    mutating func insert(_ topicID: UInt32) { order.append(topicID) }

    mutating func remove(_ topicID: UInt32) {
        if let index = order.firstIndex(of: topicID) { order.remove(at: index) }
    }

    /// - Returns: False, if it is there already.
    mutating func insert(_ pattern: TopicPattern) -> Bool {
        guard !patterns.contains(pattern) else { return false }
        patterns.append(pattern)
        order.append(0)
        return true
    }

    /// - Returns: False, if there is none.
    mutating func remove(_ pattern: TopicPattern) -> Bool {
        guard let index = patterns.firstIndex(of: pattern) else { return false }
        patterns.remove(at: index)
        let places = order.indices.filter { order[$0] == 0 }
        order.remove(at: places[index])
        return true
    }

    /// Whether a topic is among those that meet their topics as they come.
    func matches(_ name: TopicName) -> Bool { patterns.contains { $0.matches(name) } }

    /// Some of them, in the order in which they were made.
    ///
    /// - Parameter name: The name of a topic with an id.
    func texts(_ places: Range<Int>, _ name: (UInt32) -> String) -> [String] {
        var next = patterns[order[..<places.lowerBound].count { $0 == 0 }...].makeIterator()
        return order[places].map { $0 == 0 ? next.next()!.string : name($0) }
    }
}

extension TopicPattern {
    /// The topic that a subscription creates if there is none. A pattern creates nothing; nor does a name of the
    /// broker's own, which is met when the broker creates it.
    var nameToCreate: TopicName? { name.flatMap { $0.isReserved ? nil : $0 } }
}
