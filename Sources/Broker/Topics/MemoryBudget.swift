import Synchronization

/// How much memory the logs of all topics take, and may take.
final class MemoryBudget: Sendable {
    /// In bytes.
    let limit: Int
    private let taken = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    var used: Int { taken.load(ordering: .relaxed) }

    func change(by bytes: Int) {
        if bytes != 0 { taken.wrappingAdd(bytes, ordering: .relaxed) }
    }

    var isExhausted: Bool { used >= limit }

    /// What is left of a topic's history when memory runs short: all of it up to half of the limit, then half for
    /// each sixteenth more.
    func history(_ bytes: UInt64) -> UInt64 {
        let over = used - limit / 2
        guard over > 0 else { return bytes }
        return bytes >> UInt64(min(over * 16 / max(limit, 1) + 1, 63))
    }
}
