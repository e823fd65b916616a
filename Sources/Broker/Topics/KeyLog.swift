import DequeModule

/// A key seen, when, and with which message.
struct KeyRecord: BitwiseCopyable {
    var key: KeyFingerprint
    /// µs since 1970.
    var time: UInt64
    var sequence: UInt64
}

/// Records of keys in the order in which they were seen, in chunks that are given back as they expire.
///
/// A record has a 32-bit address: its chunk's number, which wraps round, and its index in the chunk. Chunks of few keys
/// are small, but each takes the addresses of a large one.
struct KeyLog {
    private struct Chunk {
        let records: FlatMemory<KeyRecord>
        var count = 0
        /// The latest time in it, which is not the time of the last record if the clock was set back.
        var latest: UInt64 = 0

        /// The cost of giving it back, in steps.
        var steps: Int { max(count / 4, 1) }
    }

    private static let placeBits: UInt32 = 12
    private static let largestChunk = 1 << Int(placeBits)
    private static let smallestChunk = 16
    /// The highest chunk number. Half of the numbers can be in use.
    private static let numbers = 1 << Int(32 - placeBits) - 1

    /// The chunks that are full, followed by the one that records are added to.
    private var full: Deque<Chunk> = []
    private var tail: Chunk?
    /// An expired chunk, kept to be the next one: while keys come as fast as others expire, the same memory is reused.
    private var spare: FlatMemory<KeyRecord>?
    /// The address of the oldest record.
    private(set) var head: UInt32 = 0
    private var oldestTime: UInt64 = 0
    /// The address of the next record.
    private(set) var end: UInt32 = 0
    private(set) var count = 0
    /// Memory of the chunks, in bytes.
    private(set) var memory = 0

    /// Whether there is a record at an address.
    @inline(__always)
    func has(_ place: UInt32) -> Bool { place &- head < end &- head }

    @inline(__always)
    func isLater(_ place: UInt32, than other: UInt32) -> Bool { place &- head > other &- head }

    /// For eight addresses, 1 where there is a record and 0 where there is none. Comparisons of vectors are slow loops
    /// in Swift 6.3, so this uses arithmetic instead, which is correct for up to 2^31 addresses.
    @inline(__always)
    func has(_ places: SIMD8<UInt32>) -> SIMD8<UInt32> {
        let distance = places &- SIMD8(repeating: head)
        return ((distance &- SIMD8(repeating: end &- head)) & ~distance) &>> 31
    }

    /// - Precondition: ``has(_:)`` is true for the address. The result is nil all the same if the address is from an
    ///   earlier round.
    @inline(__always)
    func record(at place: UInt32) -> KeyRecord? {
        let number = Int(place &>> Self.placeBits &- head &>> Self.placeBits) & Self.numbers
        let index = Int(place) & (Self.largestChunk - 1)
        guard let chunk = number < full.count ? full[number] : tail, index < chunk.count else { return nil }
        return chunk.records[index]
    }

    /// Records from an address on, at most `most` and none beyond their chunk; and the address after them.
    func records(from place: UInt32, most: Int, _ body: (UInt32, KeyRecord) -> Void) -> UInt32 {
        let place = has(place) ? place : head
        let number = Int(place &>> Self.placeBits &- head &>> Self.placeBits) & Self.numbers
        guard let chunk = number < full.count ? full[number] : tail else { return end }
        let first = Int(place) & (Self.largestChunk - 1)
        let last = min(first + most, chunk.count)
        for index in first..<last { body(place &+ UInt32(index - first), chunk.records[index]) }
        return last < chunk.count || number == full.count
            ? place &+ UInt32(last - first) : (place | UInt32(Self.largestChunk - 1)) &+ 1
    }

    /// Adds a record and returns its address.
    @inline(__always)
    mutating func append(_ record: KeyRecord) -> UInt32 {
        if tail == nil || tail!.count == tail!.records.count { addChunk() }
        tail!.records[tail!.count] = record
        tail!.count += 1
        tail!.latest = max(tail!.latest, record.time)
        if count == 0 { oldestTime = record.time }
        count += 1
        defer { end &+= 1 }
        return end
    }

    private mutating func addChunk() {
        if full.count == Self.numbers / 2 { dropChunk() }
        if let tail {
            full.append(tail)
            end = (end &- 1 | UInt32(Self.largestChunk - 1)) &+ 1
        }
        var size = Self.smallestChunk
        while size < min(count, Self.largestChunk) { size *= 2 }
        if let spare, spare.count < size { releaseSpare() }
        if spare == nil { memory += size * MemoryLayout<KeyRecord>.stride }
        tail = Chunk(records: spare ?? FlatMemory(zeroed: size))
        spare = nil
    }

    /// Removes records that have left the window, the oldest first.
    ///
    /// - Parameter steps: How many records may be looked at; reduced by those that were.
    @inline(__always)
    mutating func expire(_ window: DeduplicationWindow.Span, steps: inout Int) {
        while count > 0, steps > 0, window.isOver(oldestTime) {
            if let chunk = full.first ?? tail, steps >= chunk.steps, window.isOver(chunk.latest) {
                dropChunk()
                steps -= chunk.steps
            } else {
                dropRecord()
                steps -= 1
            }
        }
    }

    private mutating func dropRecord() {
        guard let chunk = full.first ?? tail else { return }
        let next = Int(head) & (Self.largestChunk - 1) + 1
        guard next < chunk.count else { return dropChunk() }
        head &+= 1
        count -= 1
        oldestTime = chunk.records[next].time
    }

    private mutating func dropChunk() {
        guard let chunk = full.popFirst() ?? tail else { return }
        count -= chunk.count - Int(head) & (Self.largestChunk - 1)
        head = (head | UInt32(Self.largestChunk - 1)) &+ 1
        if let first = full.first ?? (count > 0 ? tail : nil) {
            oldestTime = first.records[0].time
        } else {
            tail = nil
            end = head
        }
        if spare == nil { spare = chunk.records } else { free(chunk.records) }
    }

    private mutating func free(_ records: FlatMemory<KeyRecord>) {
        memory -= records.size
        records.release()
    }

    mutating func releaseSpare() {
        if let spare { free(spare) }
        spare = nil
    }

    mutating func release() {
        releaseSpare()
        for chunk in full { chunk.records.release() }
        tail?.records.release()
    }
}
