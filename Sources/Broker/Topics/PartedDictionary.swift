/// A dictionary that grows in parts, so that no insertion moves very many entries at once: one of 49,152 patterns that
/// grows holds its loop for 2 ms.
///
/// It takes one word. A value, whose parts are changed in place.
struct PartedDictionary<Key: Hashable, Value> {
    private enum Storage {
        case whole([Key: Value])
        /// By a part of the hash; there are as many for good.
        case parts([[Key: Value]])
    }

    private var storage = Storage.whole([:])

    /// The number of entries from which there are parts.
    private static var many: Int { 1024 }
    private static var partCount: Int { 256 }

    /// Takes as many steps as there are parts.
    var count: Int {
        switch storage {
        case .whole(let entries): entries.count
        case .parts(let parts): parts.reduce(0) { $0 + $1.count }
        }
    }

    @inline(__always)
    var isEmpty: Bool {
        switch storage {
        case .whole(let entries): entries.isEmpty
        case .parts(let parts): parts.allSatisfy { $0.isEmpty }
        }
    }

    // Inlined, so that the types are known: to find them at run time took 15,000 instructions a look.
    subscript(key: Key) -> Value? {
        @inline(__always) get {
            switch storage {
            case .whole(let entries): entries[key]
            case .parts(let parts): parts[Self.part(of: key)][key]
            }
        }
        set { withEntries(of: key) { $0[key] = newValue } }
    }

    /// The value of a key, which is inserted if it has none.
    subscript(key: Key, default initial: @autoclosure () -> Value) -> Value {
        get { self[key] ?? initial() }
        _modify {
            splitIfLarge()
            // While the entries are here, nothing else refers to them, so they are not copied.
            switch storage {
            case .whole(var entries):
                storage = .whole([:])
                defer { storage = .whole(entries) }
                yield &entries[key, default: initial()]
            case .parts(var parts):
                storage = .whole([:])
                defer { storage = .parts(parts) }
                yield &parts[Self.part(of: key)][key, default: initial()]
            }
        }
    }

    mutating func removeValue(forKey key: Key) -> Value? { withEntries(of: key) { $0.removeValue(forKey: key) } }

    private mutating func withEntries<Result>(of key: Key, _ change: (inout [Key: Value]) -> Result) -> Result {
        splitIfLarge()
        switch storage {
        case .whole(var entries):
            storage = .whole([:])
            defer { storage = .whole(entries) }
            return change(&entries)
        case .parts(var parts):
            storage = .whole([:])
            defer { storage = .parts(parts) }
            return change(&parts[Self.part(of: key)])
        }
    }

    private mutating func splitIfLarge() {
        guard case .whole(let entries) = storage, entries.count >= Self.many else { return }
        var parts = Array(repeating: [Key: Value](), count: Self.partCount)
        for (key, value) in entries { parts[Self.part(of: key)][key] = value }
        storage = .parts(parts)
    }

    private static func part(of key: Key) -> Int { key.hashValue & (partCount - 1) }
}
