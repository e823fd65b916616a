import Synchronization

/// The memory that everything clients can make grow takes, and its limit.
///
/// Its users charge what they allocate and give it back when it is freed. At the limit, topics that may drop messages
/// give up their oldest ones, the largest topic first (``LargestTopics``); otherwise more memory is refused. A small
/// topic may still grow by its ``share`` out of the ``reserve``, so that one large topic never keeps all others from
/// publishing.
final class MemoryBudget: Sendable {
    /// The limit in bytes.
    let limit: Int
    /// Bytes that one topic may take when memory has run out.
    let share: Int
    /// Bytes that small topics together may take beyond the limit.
    let reserve: Int
    let largestTopics = LargestTopics()
    private let taken = Atomic<Int>(0)
    /// Bytes that topics took when memory had run out and have not given back. A part of the bytes charged.
    private let takenFromReserve = Atomic<Int>(0)
    /// Bytes of unfinished frames, which are a part of the bytes charged.
    private let inbound = Atomic<Int>(0)
    private let dropped = Atomic<UInt64>(0)

    /// Bounds of ``share`` and ``reserve``, which are a sixteenth of a small limit.
    static let largestShare = 64 << 10
    static let largestReserve = 16 << 20
    /// The part of the limit that is for unfinished frames.
    static let inboundPart = 4
    /// The largest limit. It is as good as none, and additions cannot overflow.
    static let largestLimit = 1 << 60

    init(limit: Int) {
        self.limit = min(max(limit, 0), Self.largestLimit)
        share = min(Self.largestShare, self.limit / 16)
        reserve = min(Self.largestReserve, self.limit / 16)
    }

    /// Bytes charged now.
    var used: Int { taken.load(ordering: .relaxed) }

    /// Charges memory, or gives it back with a negative number.
    func charge(_ bytes: Int) {
        if bytes != 0 { taken.wrappingAdd(bytes, ordering: .relaxed) }
    }

    /// Charges memory of topics, or gives it back with a negative number.
    ///
    /// - Parameter fromReserve: Whether memory had run out when it was taken (``isExhausted``).
    func charge(_ bytes: Int, fromReserve: Bool) {
        charge(bytes)
        if fromReserve { takenFromReserve.wrappingAdd(bytes, ordering: .relaxed) }
    }

    /// Charges memory for an unfinished frame. All such frames together may take a quarter of the limit.
    ///
    /// - Returns: Whether there is enough memory; if not, none is charged.
    func chargeInbound(_ bytes: Int) -> Bool {
        guard inbound.load(ordering: .relaxed) + bytes <= limit / Self.inboundPart, !isReserveExhausted else {
            return false
        }
        inbound.wrappingAdd(bytes, ordering: .relaxed)
        charge(bytes)
        return true
    }

    func releaseInbound(_ bytes: Int) {
        inbound.wrappingSubtract(bytes, ordering: .relaxed)
        charge(-bytes)
    }

    /// Messages that all topics together took from queues that were not done with them.
    var droppedMessages: UInt64 { dropped.load(ordering: .relaxed) }
    func countDropped(_ messages: UInt64) { dropped.wrappingAdd(messages, ordering: .relaxed) }

    var isExhausted: Bool { used >= limit }
    /// Whether memory is short enough to save it at the cost of time.
    var isShort: Bool { used >= limit / 4 * 3 }
    /// Whether a reader with few topics gets no more of them.
    var isHalfReserveUsed: Bool { used >= limit + reserve / 2 }
    /// Whether new topics are refused: the rest of the reserve is for existing ones.
    var isHalfReserveExhausted: Bool { isTaken(ofReserve: reserve / 2) }
    /// Whether even small topics get no more memory.
    var isReserveExhausted: Bool { isTaken(ofReserve: reserve) }

    /// Whether topics have taken so much of the reserve. What other users of memory take beyond the limit does not
    /// count, nor does memory that was taken from the reserve before enough became free again.
    private func isTaken(ofReserve bytes: Int) -> Bool {
        used >= limit + bytes && takenFromReserve.load(ordering: .relaxed) >= bytes
    }

    /// The history that a topic keeps when memory runs short: the full history up to half of the limit, then half as
    /// much for each further sixteenth.
    func history(_ bytes: UInt64) -> UInt64 {
        let over = used - limit / 2
        guard over > 0 else { return bytes }
        return bytes >> UInt64(min(over * 16 / max(limit, 1) + 1, 63))
    }
}
