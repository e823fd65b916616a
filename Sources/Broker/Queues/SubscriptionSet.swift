import ZaichikProtocol

/// The names and patterns that a client subscribes to. Finding out whether a topic is among them takes a look-up,
/// and a match for each pattern that has a wildcard.
struct SubscriptionSet {
    /// In the order in which they were made.
    private(set) var all: [TopicPattern] = []
    private var names: Set<String> = []
    private var wildcards: [TopicPattern] = []

    var isEmpty: Bool { all.isEmpty }
    var count: Int { all.count }
    /// Those with a wildcard.
    var patterns: [TopicPattern] { wildcards }

    /// - Returns: False, if it is there already.
    mutating func insert(_ pattern: TopicPattern) -> Bool {
        if pattern.name != nil {
            guard names.insert(pattern.string).inserted else { return false }
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
        names.remove(pattern.string)
        wildcards.removeAll { $0 == pattern }
        return true
    }

    func matches(_ name: TopicName) -> Bool {
        names.contains(name.string) || wildcards.contains { $0.matches(name) }
    }
}
