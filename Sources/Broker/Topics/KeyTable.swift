/// A hash table of the keys in a ``KeyLog``: buckets of eight slots, a cache line each. A key may be in either of two
/// buckets.
///
/// A new key goes to the bucket with more room. So no search ever goes past a full bucket, and a slot is free as soon
/// as its record has left the log: expiry does not touch the table. Linear probing needs a sweep for that, which was a
/// third of the time a key takes. Up to a load of three quarters both buckets of a key are hardly ever full.
struct KeyTable {
    private static let slotsInBucket = 8
    /// Eight tags and eight addresses.
    private static let wordsInBucket = 2 * slotsInBucket
    static let smallestBits = 1
    private static let largestBits = 28

    /// 32 bits of a fingerprint, which show the slots whose records are worth a look; never 0 for a key.
    @inline(__always)
    static func tag(_ key: KeyFingerprint) -> UInt32 { UInt32(truncatingIfNeeded: key.first &>> 32) | 1 }

    private let words: FlatMemory<UInt32>
    /// The binary logarithm of the number of buckets.
    let bits: Int

    init(bits: Int) {
        self.bits = min(bits, Self.largestBits)
        words = FlatMemory(zeroed: Self.wordsInBucket << self.bits)
    }

    /// A table in which about half of the slots will be free.
    init(for keys: Int) {
        var bits = Self.smallestBits
        while Self.slotsInBucket << bits < keys * 2, bits < Self.largestBits { bits += 1 }
        self.init(bits: bits)
    }

    var count: Int { Self.slotsInBucket << bits }
    var size: Int { words.size }

    func release() { words.release() }
    func populate(from first: Int, size: Int) { words.populate(from: first, size: size) }
    func discard(from first: Int, size: Int) { words.discard(from: first, size: size) }

    /// Reads the cache lines of both buckets.
    @inline(__always)
    func touch(_ key: KeyFingerprint) -> UInt32 { words[bucket(key.first)] &+ words[bucket(key.second)] }

    /// A bucket's first word.
    @inline(__always)
    private func bucket(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash & (1 &<< UInt64(truncatingIfNeeded: bits) &- 1)) &* Self.wordsInBucket
    }

    struct Slot {
        fileprivate let word: Int
    }

    /// The slot with a key and its record; without one, a slot that is free for it, if there is any.
    @inline(__always)
    func find(_ key: KeyFingerprint, in log: borrowing KeyLog) -> (slot: Slot?, record: KeyRecord?) {
        let tag = Self.tag(key)
        let left = bucket(key.first)
        let right = bucket(key.second)
        let inLeft = look(at: left, for: tag, log)
        let inRight = look(at: right, for: tag, log)
        if inLeft.matches | inRight.matches != 0 {
            if let found = match(inLeft.matches, in: left, key, log) { return found }
            if let found = match(inRight.matches, in: right, key, log) { return found }
        }
        let goesLeft = inLeft.room >= inRight.room
        guard max(inLeft.room, inRight.room) > 0 else { return (nil, nil) }
        return (Slot(word: goesLeft ? left + inLeft.free : right + inRight.free), nil)
    }

    /// - Returns: A bit for each slot with the tag, how many slots are free, and one of them.
    @inline(__always)
    private func look(
        at bucket: Int, for tag: UInt32, _ log: borrowing KeyLog
    ) -> (matches: UInt32, room: UInt32, free: Int) {
        let tags = words.eight(from: bucket)
        let places = words.eight(from: bucket &+ Self.slotsInBucket)
        let other = tags ^ SIMD8(repeating: tag)
        let isOther = (other | (0 &- other)) &>> 31
        let isFull = log.has(places) & ((tags | (0 &- tags)) &>> 31)
        // For each slot: a bit if the tag matches, a bit if it is free, and a count of the free ones.
        let shifts = SIMD8<UInt32>(0, 1, 2, 3, 4, 5, 6, 7)
        let sum = Self.sum((isOther ^ 1) &<< shifts | (isFull ^ 1) &<< (shifts &+ 8) | (isFull ^ 1) &<< 16)
        return (sum & 255, sum &>> 16, (sum &>> 8).trailingZeroBitCount & 7)
    }

    @inline(__always)
    private static func sum(_ eight: SIMD8<UInt32>) -> UInt32 {
        let four = eight.lowHalf &+ eight.highHalf
        let two = four.lowHalf &+ four.highHalf
        return two.x &+ two.y
    }

    private func match(
        _ matches: UInt32, in bucket: Int, _ key: KeyFingerprint, _ log: borrowing KeyLog
    ) -> (slot: Slot?, record: KeyRecord?)? {
        var matches = matches
        while matches != 0 {
            let word = bucket + matches.trailingZeroBitCount
            matches &= matches &- 1
            let place = words[word + Self.slotsInBucket]
            if log.has(place), let record = log.record(at: place), record.key == key {
                return (Slot(word: word), record)
            }
        }
        return nil
    }

    @inline(__always)
    func set(_ slot: Slot, to key: KeyFingerprint, at place: UInt32) {
        words[slot.word] = Self.tag(key)
        words[slot.word + Self.slotsInBucket] = place
    }

    func place(in slot: Slot) -> UInt32 { words[slot.word + Self.slotsInBucket] }
}
