import ZaichikProtocol

/// Who reads by pattern, as a tree of levels: finding the readers of a new topic takes as many steps as its name
/// has levels and matches, however many patterns there are.
struct PatternIndex<Reader: Hashable> {
    private var root = Node()

    private struct Node {
        /// By level, compared as bytes.
        var literals: [TopicPattern.Level: Node] = [:]
        /// Behind `*`.
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
    func readers(of name: TopicName) -> Set<Reader> {
        var found: Set<Reader> = []
        Self.collect(root, name.levels[...], wildcards: !name.isReserved, into: &found)
        return found
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

    private static func collect(
        _ node: Node, _ levels: ArraySlice<Substring>, wildcards: Bool, into found: inout Set<Reader>
    ) {
        guard let level = levels.first else { return found.formUnion(node.readers) }
        let rest = levels.dropFirst()
        if wildcards {
            found.formUnion(node.tailReaders)
            if let any = node.any.first { collect(any, rest, wildcards: true, into: &found) }
        }
        // Below the first level, wildcards match the broker's own names too.
        if let next = node.literals[.literal(String(level))] { collect(next, rest, wildcards: true, into: &found) }
    }
}
