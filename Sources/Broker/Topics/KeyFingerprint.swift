/// The fingerprint of a key in a ``DeduplicationWindow``: its SipHash-1-3 of 128 bits under a secret seed.
///
/// If two keys had the same fingerprint, a message would be lost silently, and clients that choose keys may be hostile.
/// The usual assumption about SipHash is made: without the seed, its values cannot be told from random ones. Then two
/// different keys among a million have the same fingerprint with a probability below 10⁻²⁵, and nobody can choose keys
/// that crowd one part of the table. Faster multiplying hashes are known to collide whatever their seed.
struct KeyFingerprint: Equatable, BitwiseCopyable {
    let first: UInt64
    let second: UInt64

    struct Seed {
        var low: UInt64
        var high: UInt64

        static func random() -> Seed { Seed(low: .random(in: 0 ... .max), high: .random(in: 0 ... .max)) }
    }

    /// The fingerprint of no key.
    init() {
        first = 0
        second = 0
    }

    @inline(__always)
    init(_ key: UnsafeRawBufferPointer, seed: Seed) {
        var state = SipState(seed)
        var offset = 0
        while offset + 8 <= key.count {
            state.add(UInt64(littleEndian: key.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        state.add(Self.rest(of: key, from: offset) | UInt64(truncatingIfNeeded: key.count) << 56)
        (first, second) = state.finish()
    }

    /// The last bytes, fewer than eight.
    @inline(__always)
    private static func rest(of key: UnsafeRawBufferPointer, from offset: Int) -> UInt64 {
        let left = key.count - offset
        guard left > 0 else { return 0 }
        if offset > 0 {
            let last = UInt64(littleEndian: key.loadUnaligned(fromByteOffset: key.count - 8, as: UInt64.self))
            return last >> (64 - UInt64(left) * 8)
        }
        var rest: UInt64 = 0
        for index in 0..<left { rest |= UInt64(key[index]) << (UInt64(index) * 8) }
        return rest
    }
}

/// SipHash as its authors publish it, with one round a word and three at the end, and 128 bits of result.
private struct SipState {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64

    @inline(__always)
    init(_ seed: KeyFingerprint.Seed) {
        v0 = seed.low ^ 0x736f_6d65_7073_6575
        v1 = seed.high ^ 0x646f_7261_6e64_6f6d ^ 0xee
        v2 = seed.low ^ 0x6c79_6765_6e65_7261
        v3 = seed.high ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    mutating func add(_ word: UInt64) {
        v3 ^= word
        round()
        v0 ^= word
    }

    @inline(__always)
    mutating func finish() -> (UInt64, UInt64) {
        v2 ^= 0xee
        round()
        round()
        round()
        let first = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xdd
        round()
        round()
        round()
        return (first, v0 ^ v1 ^ v2 ^ v3)
    }

    @inline(__always)
    private mutating func round() {
        v0 &+= v1
        v1 = v1 &<< 13 | v1 &>> 51
        v1 ^= v0
        v0 = v0 &<< 32 | v0 &>> 32
        v2 &+= v3
        v3 = v3 &<< 16 | v3 &>> 48
        v3 ^= v2
        v0 &+= v3
        v3 = v3 &<< 21 | v3 &>> 43
        v3 ^= v0
        v2 &+= v1
        v1 = v1 &<< 17 | v1 &>> 47
        v1 ^= v2
        v2 = v2 &<< 32 | v2 &>> 32
    }
}
