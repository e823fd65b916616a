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
        /// Numbers of names, by their topics' ids.
        var names: [UInt32: UInt32] = [:]
        var patterns: [TopicPattern: UInt32] = [:]
        var index = PatternIndex<UInt8>()
        /// The topics' ids and the patterns, in order.
        var namesInOrder = NumberedList<UInt32>()
        var patternsInOrder = NumberedList<TopicPattern>()

        var isEmpty: Bool { names.isEmpty && patterns.isEmpty }

        func nextNumber() -> UInt32 {
            made += 1
            return made
        }
    }

    var isEmpty: Bool { content == nil }
    var count: Int { content.map { $0.names.count + $0.patterns.count } ?? 0 }
    var hasPatterns: Bool { content.map { !$0.patterns.isEmpty } ?? false }
    var patterns: [TopicPattern] { content.map { $0.patternsInOrder.elements } ?? [] }

    /// Memory of a pattern here and in the registry, in bytes. Measured, with patterns of three levels.
    static let bytesPerPattern = 1856
    /// Memory of a name here, in bytes: in the list and in the dictionary, including what both allocate ahead of need.
    static let bytesPerName = 40

    mutating func insert(_ topicID: UInt32) {
        let content = begin()
        let number = content.nextNumber()
        content.names[topicID] = number
        content.namesInOrder.append(topicID, number: number)
    }

    mutating func remove(_ topicID: UInt32) {
        guard let content, let number = content.names.removeValue(forKey: topicID) else { return }
        content.namesInOrder.remove(number)
        if content.isEmpty { self.content = nil }
    }

    /// - Returns: Whether the pattern is new.
    mutating func insert(_ pattern: TopicPattern) -> Bool {
        let content = begin()
        guard content.patterns[pattern] == nil else { return false }
        let number = content.nextNumber()
        content.patterns[pattern] = number
        content.patternsInOrder.append(pattern, number: number)
        content.index.insert(0, pattern)
        return true
    }

    /// - Returns: Whether the pattern was in the set.
    mutating func remove(_ pattern: TopicPattern) -> Bool {
        guard let content, let number = content.patterns.removeValue(forKey: pattern) else { return false }
        content.patternsInOrder.remove(number)
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
    func texts(_ wanted: Range<Int>, _ name: (UInt32) -> String) -> [String] {
        guard let content else { return [] }
        var names = content.namesInOrder.entries.makeIterator()
        var patterns = content.patternsInOrder.entries.makeIterator()
        var (nextName, nextPattern) = (names.next(), patterns.next())
        var texts: [String] = []
        for index in 0..<min(wanted.upperBound, count) {
            if let found = nextPattern, nextName.map({ found.number < $0.number }) ?? true {
                if index >= wanted.lowerBound { texts.append(found.element.string) }
                nextPattern = patterns.next()
            } else if let found = nextName {
                if index >= wanted.lowerBound { texts.append(name(found.element)) }
                nextName = names.next()
            }
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

extension TopicPattern {
    /// The topic that a subscription creates if it does not exist. nil for a pattern, and for a reserved name: the
    /// broker creates its own topics.
    var nameToCreate: TopicName? { name.flatMap { $0.isReserved ? nil : $0 } }
}
