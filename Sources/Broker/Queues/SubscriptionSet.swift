import ZaichikProtocol

/// The names and patterns that a client subscribes to. Finding out whether a topic is among them takes a look-up,
/// and a match for each pattern that has a wildcard.
struct SubscriptionSet {
    /// In the order in which they were made.
    private(set) var all: [TopicPattern] = []
    private var names: Set<TopicName> = []
    private var wildcards: [TopicPattern] = []

    var isEmpty: Bool { all.isEmpty }
    var count: Int { all.count }
    /// Those that meet their topics as they come.
    var patterns: [TopicPattern] { wildcards }

    /// - Returns: False, if it is there already.
    mutating func insert(_ pattern: TopicPattern) -> Bool {
        if let name = pattern.nameToCreate {
            guard names.insert(name).inserted else { return false }
        } else {
            guard !wildcards.contains(pattern) else { return false }
            wildcards.append(pattern)
        }
        all.append(pattern)
        return true
    }

    /// - Returns: False, if there is none.
    mutating func remove(_ pattern: TopicPattern) -> Bool {
        guard let index = all.firstIndex(of: pattern) else { return false }
        all.remove(at: index)
        if let name = pattern.name { names.remove(name) }
        wildcards.removeAll { $0 == pattern }
        return true
    }

    func matches(_ name: TopicName) -> Bool {
        names.contains(name) || wildcards.contains { $0.matches(name) }
    }
}

extension TopicPattern {
    /// The topic that a subscription creates if there is none. A pattern creates nothing; nor does a name of the
    /// broker's own, which is met when the broker creates it.
    var nameToCreate: TopicName? { name.flatMap { $0.isReserved ? nil : $0 } }
}
