/// The fingerprints of the next messages' keys, computed together before the first of them is judged.
///
/// With a million keys each look-up waits for memory: a key takes 210 ns if they are judged one after the other.
/// Looking at the slots of a whole block in a row lets the waits overlap, and a key takes 60 ns.
final class KeyBlock {
    static let size = 32

    private var fingerprints = InlineArray<32, KeyFingerprint>(repeating: KeyFingerprint())
    /// A bit for each message that has a key.
    private var keyed: UInt32 = 0
    private var first: UInt64 = 0
    private(set) var count = 0

    /// Whether the block has a message, given by its sequence or by its index in a run.
    @inline(__always)
    func has(_ message: UInt64) -> Bool { message &- first < UInt64(count) }

    /// Empties the block, and begins it at a message.
    @inline(__always)
    func begin(at message: UInt64) {
        first = message
        count = 0
        keyed = 0
    }

    /// Adds the next message's key, or notes that it has none.
    @inline(__always)
    func add(_ key: UnsafeRawBufferPointer?, of keys: SeenKeys) {
        if let key {
            fingerprints[count] = keys.fingerprint(key)
            keyed |= 1 &<< UInt32(truncatingIfNeeded: count)
        }
        count += 1
    }

    /// The sum of a value over the fingerprints of all keys.
    @inline(__always)
    func sum(_ value: (KeyFingerprint) -> UInt32) -> UInt32 {
        var sum: UInt32 = 0
        // The fingerprints of messages without a key are zero or from an earlier block. Including them does no harm.
        for index in 0..<count { sum &+= value(fingerprints[index]) }
        return sum
    }

    /// - Precondition: The block has the message.
    @inline(__always)
    func key(of message: UInt64) -> KeyFingerprint? {
        let index = Int(message &- first)
        return isKeyed(index) ? fingerprints[index] : nil
    }

    @inline(__always)
    private func isKeyed(_ index: Int) -> Bool { keyed &>> UInt32(truncatingIfNeeded: index) & 1 == 1 }
}
