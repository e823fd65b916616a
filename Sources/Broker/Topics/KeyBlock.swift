/// The fingerprints of the next messages' keys, taken together before the first of them is judged.
///
/// With a million keys each look-up waits for memory: a key takes 210 ns if they are judged one after the other. Looking
/// at the slots of a block in a row has the waits overlap, and it takes 60 ns.
final class KeyBlock {
    static let size = 32

    private var fingerprints = InlineArray<32, KeyFingerprint>(repeating: KeyFingerprint())
    /// Which have a key.
    private var keyed: UInt32 = 0
    private var first: UInt64 = 0
    private(set) var count = 0

    /// Whether a message, by its sequence or its index in a run, is one of the block.
    @inline(__always)
    func has(_ message: UInt64) -> Bool { message &- first < UInt64(count) }

    /// Begins anew.
    @inline(__always)
    func begin(at message: UInt64) {
        first = message
        count = 0
        keyed = 0
    }

    /// Adds the next message's key, or that it has none.
    @inline(__always)
    func add(_ key: UnsafeRawBufferPointer?, of keys: SeenKeys) {
        if let key {
            fingerprints[count] = keys.fingerprint(key)
            keyed |= 1 &<< UInt32(truncatingIfNeeded: count)
        }
        count += 1
    }

    /// For all keys.
    @inline(__always)
    func sum(_ value: (KeyFingerprint) -> UInt32) -> UInt32 {
        var sum: UInt32 = 0
        // Those of messages without a key are zero, or of an earlier block; whichever, a value is as good as a question.
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
