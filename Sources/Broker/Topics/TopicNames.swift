import ZaichikProtocol

/// The topics by name: a table of hashes and ids. The names themselves are those of the topics.
///
/// It takes 9 to 18 bytes a topic, where a dictionary of names took 43. It is split into parts, as a table that grows moves
/// all its entries at once, and no client should wait for 100,000 of them.
struct TopicNames {
    fileprivate struct Entry {
        var hash: UInt32
        /// 0 in an entry that was never used, ``removed`` in one whose topic is gone.
        var id: UInt32
    }

    fileprivate struct Part {
        var entries: [Entry] = []
        /// Entries that are not free, those of removed topics included.
        var used = 0
        var removed = 0
    }

    private var parts = Array(repeating: Part(), count: 256)

    /// No topic has it: see ``TopicTable/firstIDs``.
    fileprivate static let removed = UInt32.max
    fileprivate static let smallest = 4

    /// Memory of the entries, in bytes.
    var memory: Int { parts.reduce(0) { $0 + $1.entries.count * MemoryLayout<Entry>.stride } }

    /// The topic of a name; nil if there is none.
    func topic(_ name: TopicName, in topics: TopicTable) -> Topic? {
        let (part, hash) = Self.place(of: name)
        var found: Topic?
        _ = parts[part].first(hash) { id in
            guard let topic = topics[id], topic.name == name else { return false }
            found = topic
            return true
        }
        return found
    }

    /// Adds a topic, of whose name there is no other.
    mutating func insert(_ topic: Topic) {
        let (part, hash) = Self.place(of: topic.name)
        parts[part].insert(Entry(hash: hash, id: topic.id))
    }

    mutating func remove(_ topic: Topic) {
        let (part, hash) = Self.place(of: topic.name)
        guard let index = parts[part].first(hash, where: { $0 == topic.id }) else { return }
        parts[part].entries[index].id = Self.removed
        parts[part].removed += 1
    }

    private static func place(of name: TopicName) -> (part: Int, hash: UInt32) {
        let hash = UInt(bitPattern: name.hashValue)
        return (Int(hash & 255), UInt32(truncatingIfNeeded: hash >> 8))
    }
}

extension TopicNames.Part {
    /// The index of the first entry with a hash whose id is the one looked for; nil if there is none.
    fileprivate func first(_ hash: UInt32, where isWanted: (UInt32) -> Bool) -> Int? {
        guard !entries.isEmpty else { return nil }
        var index = Int(hash) & (entries.count - 1)
        while entries[index].id != 0 {
            let entry = entries[index]
            if entry.hash == hash, entry.id != TopicNames.removed, isWanted(entry.id) { return index }
            index = (index + 1) & (entries.count - 1)
        }
        return nil
    }

    fileprivate mutating func insert(_ entry: TopicNames.Entry) {
        // An eighth stays free, so that a search ends soon.
        if (used + 1) * 8 > entries.count * 7 { makeRoom() }
        var index = Int(entry.hash) & (entries.count - 1)
        while entries[index].id != 0 { index = (index + 1) & (entries.count - 1) }
        entries[index] = entry
        used += 1
    }

    /// Moves the entries to a larger table, or to one of the same size without those of removed topics.
    private mutating func makeRoom() {
        let old = entries
        let kept = used - removed
        var size = TopicNames.smallest
        while kept * 3 >= size * 2 { size *= 2 }
        entries = Array(repeating: TopicNames.Entry(hash: 0, id: 0), count: size)
        (used, removed) = (0, 0)
        for entry in old where entry.id != 0 && entry.id != TopicNames.removed { insert(entry) }
    }
}
