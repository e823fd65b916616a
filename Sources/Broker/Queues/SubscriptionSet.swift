import ZaichikProtocol

/// The names and patterns that a client subscribes to.
///
/// A name is kept as its topic's id: there may be 100,000 of them, and the topic has the text. The cursor of a topic
/// knows whether it is among them (``Cursor/isNamed``). Finding a pattern, or those that match a topic, takes the same
/// time however many there are.
struct SubscriptionSet {
    /// nil for a client without subscriptions. A reference, so that the set takes one word in its queue.
    private var content: Content?

    private final class Content {
        /// The number of subscriptions made so far. Each has its number, by which they are listed in order.
        var made: UInt32 = 0
        /// Topic ids of names, and their numbers.
        var names: [UInt32] = []
        var nameNumbers: [UInt32] = []
        var patterns: [TopicPattern: UInt32] = [:]
        var index = PatternIndex<UInt8>()
        /// The patterns in order.
        var inOrder: [(number: UInt32, pattern: TopicPattern)] = []

        var isEmpty: Bool { names.isEmpty && patterns.isEmpty }

        func nextNumber() -> UInt32 {
            made += 1
            return made
        }
    }

    var isEmpty: Bool { content == nil }
    var count: Int { content.map { $0.names.count + $0.patterns.count } ?? 0 }
    var hasPatterns: Bool { content.map { !$0.patterns.isEmpty } ?? false }
    var patterns: [TopicPattern] { content.map { $0.inOrder.map(\.pattern) } ?? [] }

    /// Memory of a pattern here and in the registry, in bytes. Measured, with patterns of three levels.
    static let bytesPerPattern = 1856
    /// Memory of a name here, in bytes.
    static let bytesPerName = 12

    mutating func insert(_ topicID: UInt32) {
        let content = begin()
        content.names.append(topicID)
        content.nameNumbers.append(content.nextNumber())
    }

    mutating func remove(_ topicID: UInt32) {
        guard let content, let index = content.names.firstIndex(of: topicID) else { return }
        content.names.remove(at: index)
        content.nameNumbers.remove(at: index)
        if content.isEmpty { self.content = nil }
    }

    /// - Returns: Whether the pattern is new.
    mutating func insert(_ pattern: TopicPattern) -> Bool {
        let content = begin()
        guard content.patterns[pattern] == nil else { return false }
        let number = content.nextNumber()
        content.patterns[pattern] = number
        content.inOrder.append((number, pattern))
        content.index.insert(0, pattern)
        return true
    }

    func contains(_ pattern: TopicPattern) -> Bool { content?.patterns[pattern] != nil }

    /// - Returns: Whether the pattern was in the set.
    mutating func remove(_ pattern: TopicPattern) -> Bool {
        guard let content, let number = content.patterns.removeValue(forKey: pattern) else { return false }
        content.inOrder.remove(at: content.inOrder.partition { $0.number >= number })
        content.index.remove(0, pattern)
        if content.isEmpty { self.content = nil }
        return true
    }

    /// Whether one of the patterns matches a topic's name.
    func matches(_ name: TopicName) -> Bool {
        guard let content, !content.patterns.isEmpty else { return false }
        return content.index.hasReaders(of: name)
    }

    /// Some of the names and patterns, in the order in which they were added.
    ///
    /// - Parameter name: The name of a topic with an id.
    func texts(_ places: Range<Int>, _ name: (UInt32) -> String) -> [String] {
        guard let content else { return [] }
        let patterns = content.inOrder
        var (next, pattern) = (0, 0)
        var texts: [String] = []
        for place in 0..<min(places.upperBound, count) {
            let isPattern =
                next == content.names.count
                || pattern < patterns.count && patterns[pattern].number < content.nameNumbers[next]
            if place >= places.lowerBound {
                texts.append(isPattern ? patterns[pattern].pattern.string : name(content.names[next]))
            }
            if isPattern { pattern += 1 } else { next += 1 }
        }
        return texts
    }

    private mutating func begin() -> Content {
        if let content { return content }
        let content = Content()
        self.content = content
        return content
    }
}
