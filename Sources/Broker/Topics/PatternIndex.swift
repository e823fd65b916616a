import ZaichikProtocol

/// Readers by pattern, as a tree of levels: finding the readers of a new topic takes as many steps as its name
/// has levels and matches, however many patterns there are.
struct PatternIndex<Reader: Hashable> {
    private var root = Node()

    private struct Node {
        /// Subtrees by level, compared as bytes.
        var literals = PartedDictionary<TopicPattern.Level, Node>()
        /// The subtree after `*`.
        var any: [Node] = []
        /// Readers whose pattern ends here.
        var readers: Set<Reader> = []
        /// Readers whose pattern ends here with `>`.
        var tailReaders: Set<Reader> = []

        var isEmpty: Bool { literals.isEmpty && any.isEmpty && readers.isEmpty && tailReaders.isEmpty }
    }

    mutating func insert(_ reader: Reader, _ pattern: TopicPattern) {
        Self.change(&root, pattern.levels[...]) { node, isTail in
            if isTail { node.tailReaders.insert(reader) } else { node.readers.insert(reader) }
        }
    }

    mutating func remove(_ reader: Reader, _ pattern: TopicPattern) {
        Self.change(&root, pattern.levels[...]) { node, isTail in
            if isTail { node.tailReaders.remove(reader) } else { node.readers.remove(reader) }
        }
    }

    /// The readers of a name, each once.
    func readers(of name: TopicName) -> [Reader] {
        var found: [Set<Reader>] = []
        Self.collect(root, name.string.utf8[...], wildcards: !name.isReserved, into: &found)
        // Most topics match one pattern. If there are several, the largest set of readers is copied and the others are
        // added.
        guard let most = found.indices.max(by: { found[$0].count < found[$1].count }) else { return [] }
        var readers = found.remove(at: most)
        if !found.isEmpty { readers.reserveCapacity(found.reduce(readers.count) { $0 + $1.count }) }
        for others in found { readers.formUnion(others) }
        return Array(readers)
    }

    /// Whether at least one pattern matches a name.
    func hasReaders(of name: TopicName) -> Bool {
        var found: [Set<Reader>] = []
        Self.collect(root, name.string.utf8[...], wildcards: !name.isReserved, into: &found)
        return !found.isEmpty
    }

    private static func change(
        _ node: inout Node, _ levels: ArraySlice<TopicPattern.Level>, _ body: (inout Node, _ isTail: Bool) -> Void
    ) {
        guard let level = levels.first else { return body(&node, false) }
        switch level {
        case .tail: body(&node, true)
        case .any:
            if node.any.isEmpty { node.any.append(Node()) }
            change(&node.any[0], levels.dropFirst(), body)
            if node.any[0].isEmpty { node.any.removeAll() }
        case .literal:
            change(&node.literals[level, default: Node()], levels.dropFirst(), body)
            if node.literals[level]?.isEmpty == true { node.literals[level] = nil }
        }
    }

    /// - Parameter rest: The name from a level on; nil after the last one.
    private static func collect(
        _ node: Node, _ rest: Substring.UTF8View?, wildcards: Bool, into found: inout [Set<Reader>]
    ) {
        guard let rest else {
            if !node.readers.isEmpty { found.append(node.readers) }
            return
        }
        let end = rest.firstIndex(of: UInt8(ascii: ".")) ?? rest.endIndex
        let next = end < rest.endIndex ? rest[rest.index(after: end)...] : nil
        if wildcards {
            if !node.tailReaders.isEmpty { found.append(node.tailReaders) }
            if let any = node.any.first { collect(any, next, wildcards: true, into: &found) }
        }
        guard !node.literals.isEmpty else { return }
        // Below the first level, wildcards match the broker's own names too.
        let level = TopicPattern.Level.literal(String(Substring(rest[..<end])))
        if let literal = node.literals[level] { collect(literal, next, wildcards: true, into: &found) }
    }
}
