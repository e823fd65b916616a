/// The slot of each topic that a queue reads.
///
/// A dictionary that grows is rehashed as a whole, which takes tens of milliseconds with a million entries. So a large
/// one is kept as many small ones, which grow one after the other.
struct TopicSlots {
    private var parts: [[UInt32: UInt32]] = [[:]]
    private var count = 0

    /// The number of entries from which there are ``many`` parts.
    private static let large = 2048
    private static let many = 256

    subscript(topicID: UInt32) -> UInt32? {
        get { parts[part(of: topicID)][topicID] }
        set {
            let old = exchange(topicID, newValue)
            count += (newValue == nil ? 0 : 1) - (old == nil ? 0 : 1)
            if parts.count == 1, count >= Self.large { divide() }
        }
    }

    private mutating func exchange(_ topicID: UInt32, _ slot: UInt32?) -> UInt32? {
        let part = part(of: topicID)
        guard let slot else { return parts[part].removeValue(forKey: topicID) }
        return parts[part].updateValue(slot, forKey: topicID)
    }

    /// Consecutive ids are scattered as if at random (the finalizer of MurmurHash3), so that the parts differ in size and
    /// do not all grow in the same step.
    private func part(of topicID: UInt32) -> Int {
        guard parts.count > 1 else { return 0 }
        var bits = topicID ^ topicID >> 16
        bits &*= 0x85EB_CA6B
        bits ^= bits >> 13
        bits &*= 0xC2B2_AE35
        return Int(bits >> 24)
    }

    private mutating func divide() {
        let all = parts[0]
        parts = Array(repeating: [:], count: Self.many)
        for (topicID, slot) in all { parts[part(of: topicID)][topicID] = slot }
    }
}
