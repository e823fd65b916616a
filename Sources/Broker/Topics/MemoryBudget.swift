import Synchronization

/// How much memory everything that clients can make grow takes, and may take.
///
/// Its users charge what they allocate and give it back when it is freed. At the limit, topics that may drop give their
/// oldest, the largest first (``LargestTopics``); what may not drop is refused. A small topic may still grow by its
/// ``share`` out of the ``reserve``, so that one large holder never keeps everybody else from publishing.
final class MemoryBudget: Sendable {
    /// In bytes.
    let limit: Int
    /// What one topic may take when memory has run out, in bytes.
    let share: Int
    /// What small topics may take beyond the limit together, in bytes.
    let reserve: Int
    let largestTopics = LargestTopics()
    private let taken = Atomic<Int>(0)
    /// Of that, frames that have not come whole.
    private let inbound = Atomic<Int>(0)

    /// Bounds of ``share`` and ``reserve``, which are a sixteenth of a small limit.
    static let largestShare = 64 << 10
    static let largestReserve = 16 << 20
    /// Frames that have not come whole have this part of the limit.
    static let inboundPart = 4
    /// A larger limit is none, and would not leave room to add to.
    static let largestLimit = 1 << 60

    init(limit: Int) {
        self.limit = min(max(limit, 0), Self.largestLimit)
        share = min(Self.largestShare, self.limit / 16)
        reserve = min(Self.largestReserve, self.limit / 16)
    }

    /// In bytes.
    var used: Int { taken.load(ordering: .relaxed) }

    /// Charges memory, or gives it back with a negative number.
    func charge(_ bytes: Int) {
        if bytes != 0 { taken.wrappingAdd(bytes, ordering: .relaxed) }
    }

    /// Charges memory for a frame that has not come whole. All of them together have a quarter of the limit.
    ///
    /// - Returns: Whether there is so much; if not, nothing is charged.
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

    var isExhausted: Bool { used >= limit }
    /// Whether memory is to be saved at the price of time.
    var isShort: Bool { used >= limit / 4 * 3 }
    /// Whether new topics get nothing: the rest of the reserve is for those there are.
    var isHalfReserveExhausted: Bool { used >= limit + reserve / 2 }
    /// Whether not even small topics get more.
    var isReserveExhausted: Bool { used >= limit + reserve }

    /// What is left of a topic's history when memory runs short: all of it up to half of the limit, then half for
    /// each sixteenth more.
    func history(_ bytes: UInt64) -> UInt64 {
        let over = used - limit / 2
        guard over > 0 else { return bytes }
        return bytes >> UInt64(min(over * 16 / max(limit, 1) + 1, 63))
    }
}
