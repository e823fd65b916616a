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
        var names = PartedDictionary<UInt32, UInt32>()
        var patterns = PartedDictionary<TopicPattern, UInt32>()
        var index = PatternIndex<UInt8>()
        /// What subscriptions ask for, by their numbers, if they ask for anything.
        var options: [UInt32: SubscribeOptions] = [:]
        /// The topics' ids and the patterns, in order.
        var namesInOrder = NumberedList<UInt32>()
        var patternsInOrder = NumberedList<TopicPattern>()

        /// How many there are: dictionaries in parts take long to count.
        var (nameCount, patternCount) = (0, 0)
        var isEmpty: Bool { nameCount + patternCount == 0 }

        func nextNumber() -> UInt32 {
            made += 1
            return made
        }
    }

    var isEmpty: Bool { content == nil }
    var hasOptions: Bool { content.map { !$0.options.isEmpty } ?? false }
    var count: Int { content.map { $0.nameCount + $0.patternCount } ?? 0 }
    var hasPatterns: Bool { content.map { $0.patternCount > 0 } ?? false }
    var patterns: [TopicPattern] { content.map { $0.patternsInOrder.elements } ?? [] }

    /// Memory of a pattern here and in the registry, in bytes. Measured, with patterns of three levels.
    static let bytesPerPattern = 1856
    /// Memory of a name here, in bytes: in the list and in the dictionary, including what both allocate ahead of need.
    static let bytesPerName = 40

    mutating func insert(_ topicID: UInt32, _ options: SubscribeOptions = []) {
        let content = begin()
        let number = content.nextNumber()
        if !options.isEmpty { content.options[number] = options }
        if content.names[topicID] == nil { content.nameCount += 1 }
        content.names[topicID] = number
        content.namesInOrder.append(topicID, number: number)
    }

    mutating func remove(_ topicID: UInt32) {
        guard let content, let number = content.names.removeValue(forKey: topicID) else { return }
        content.nameCount -= 1
        content.namesInOrder.remove(number)
        content.options[number] = nil
        if content.isEmpty { self.content = nil }
    }

    /// - Returns: Whether the pattern is new.
    mutating func insert(_ pattern: TopicPattern, _ options: SubscribeOptions = []) -> Bool {
        let content = begin()
        guard content.patterns[pattern] == nil else { return false }
        let number = content.nextNumber()
        if !options.isEmpty { content.options[number] = options }
        content.patternCount += 1
        content.patterns[pattern] = number
        content.patternsInOrder.append(pattern, number: number)
        content.index.insert(0, pattern)
        return true
    }

    func contains(_ pattern: TopicPattern) -> Bool { content?.patterns[pattern] != nil }

    /// - Returns: Whether the pattern was in the set.
    mutating func remove(_ pattern: TopicPattern) -> Bool {
        guard let content, let number = content.patterns.removeValue(forKey: pattern) else { return false }
        content.patternCount -= 1
        content.patternsInOrder.remove(number)
        content.options[number] = nil
        content.index.remove(0, pattern)
        if content.isEmpty { self.content = nil }
        return true
    }

    /// Whether one of the patterns matches a topic's name.
    func matches(_ name: TopicName) -> Bool {
        guard let content, content.patternCount > 0 else { return false }
        return content.index.hasReaders(of: name)
    }

    /// What the subscription to a pattern asks for.
    func options(of pattern: TopicPattern) -> SubscribeOptions {
        guard let content, let number = content.patterns[pattern] else { return [] }
        return content.options[number] ?? []
    }

    /// What the first pattern asks for that matches a topic's name.
    func options(matching name: TopicName) -> SubscribeOptions {
        guard let content, !content.options.isEmpty else { return [] }
        let first = content.patternsInOrder.entries.first { $0.element.matches(name) }
        return first.flatMap { content.options[$0.number] } ?? []
    }

    /// Some of the names and patterns, in the order in which they were added.
    ///
    /// - Parameter name: The name of a topic with an id.
    func texts(_ wanted: Range<Int>, _ name: (UInt32) -> String) -> [String] {
        entries(wanted, name).map(\.text)
    }

    /// Likewise, and what each subscription asks for.
    func entries(
        _ wanted: Range<Int>, _ name: (UInt32) -> String
    ) -> [(text: String, options: SubscribeOptions)] {
        guard let content else { return [] }
        var names = content.namesInOrder.entries.makeIterator()
        var patterns = content.patternsInOrder.entries.makeIterator()
        var (nextName, nextPattern) = (names.next(), patterns.next())
        var entries: [(text: String, options: SubscribeOptions)] = []
        for index in 0..<min(wanted.upperBound, count) {
            if let found = nextPattern, nextName.map({ found.number < $0.number }) ?? true {
                if index >= wanted.lowerBound {
                    entries.append((found.element.string, content.options[found.number] ?? []))
                }
                nextPattern = patterns.next()
            } else if let found = nextName {
                if index >= wanted.lowerBound {
                    entries.append((name(found.element), content.options[found.number] ?? []))
                }
                nextName = names.next()
            }
        }
        return entries
    }

    private mutating func begin() -> Content {
        if let content { return content }
        let content = Content()
        self.content = content
        return content
    }
}
