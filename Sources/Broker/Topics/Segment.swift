import NIOCore
import ZaichikProtocol

/// A piece of a topic's log: consecutive DELIVER frames, in memory that is written once.
///
/// This file and ``FrameScan`` are the only ones that touch the log's memory by address. A `ByteBuffer` that is
/// appended to while slices of it are held copies itself whole, so the segment takes the address of its buffer's memory
/// once and writes after `used` only, where no slice reaches. What is before `used` never changes; slices of it go to
/// any number of sockets without a copy. Measured against one copy per reader: 3 to 5 times the fan-out.
///
/// A class, so that looking at one in the log's list costs a reference and not a copy of it: only the log that has it
/// appends to it. Its memory is charged to the budget until it is freed, which is when the log has dropped it and no
/// socket needs a slice of it any more.
///
/// A long run is not copied at all: the buffer into which the socket was read becomes the segment.
final class Segment {
    /// The start of a group of messages that arrived with no message of another topic in between.
    struct Run {
        /// Arrival stamp of its first message, less the segment's first stamp.
        var stamp: UInt32
        var offset: UInt32
    }

    /// Consecutive messages of one publisher.
    private struct Stretch {
        /// The number of messages here up to its last one.
        var end: UInt32
        var publisher: Publisher
    }

    /// The memory. Its writer index is at its end; only what is before `used` may be sliced.
    private let buffer: ByteBuffer
    private let base: UnsafeMutableRawPointer
    /// Capacity in frame bytes.
    let capacity: Int
    private let budget: MemoryBudget
    /// Bytes charged to the budget: its buffer, its index and itself.
    private(set) var charged: Int
    /// Whether memory had run out when the segment was made.
    private let isFromReserve: Bool
    /// Bytes written.
    private(set) var used = 0
    /// The log's offset of the first byte.
    let start: UInt64
    let firstSequence: UInt64
    private(set) var count: UInt64 = 0
    private(set) var runs: [Run] = []
    /// The publisher of the newest messages here.
    private var publisher: Publisher
    /// The stretches of messages before those: most segments have none.
    private var stretches: [Stretch] = []
    let firstStamp: UInt64
    private(set) var lastStamp: UInt64
    private(set) var lastTimestamp: UInt64 = 0
    /// The time before which no message here is too old for what it asked for itself, in µs since 1970; `.max` if none of
    /// them has asked.
    private(set) var firstExpiry = UInt64.max
    /// Whether one of the messages here is traced.
    private(set) var hasTraced = false
    /// The offsets of messages that an operator has removed, in ascending order: most segments have none. With some, every
    /// read looks through the segment.
    private(set) var purged: [UInt32] = []
    /// Frame bytes of those.
    private(set) var purgedBytes: UInt64 = 0

    /// A run is indexed anew when it has grown by this many bytes, so that a search walks no further.
    static let longestRun = 16 << 10
    /// Bytes of the objects themselves: the segment, its buffer's storage and the index's array.
    private static let overhead = 256

    /// Memory for frames to come.
    init(
        capacity: Int, start: UInt64, firstSequence: UInt64, stamp: UInt64, publisher: Publisher, budget: MemoryBudget
    ) {
        var buffer = LargeMemory.allocator(for: capacity).buffer(capacity: capacity)
        buffer.moveWriterIndex(to: buffer.capacity)
        // The storage lives as long as `buffer` does, and is never moved because nobody mutates it through a buffer.
        base = buffer.withVeryUnsafeBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress!) }
        self.capacity = buffer.capacity
        charged = buffer.storageCapacity + Self.overhead
        self.budget = budget
        self.buffer = buffer
        self.start = start
        self.firstSequence = firstSequence
        firstStamp = stamp
        lastStamp = stamp
        self.publisher = publisher
        isFromReserve = budget.isExhausted
        budget.charge(charged, fromReserve: isFromReserve)
    }

    deinit { budget.charge(-charged, fromReserve: isFromReserve) }

    /// Adopts a read's own memory with the frames in it. Only the segment writes to them from now on.
    ///
    /// - Parameter frames: Whole PUBLISH frames of this topic, checked; they must not be in use elsewhere.
    init(
        adopting frames: ByteBuffer, start: UInt64, firstSequence: UInt64, timestamp: UInt64, stamp: UInt64,
        publisher: Publisher, budget: MemoryBudget
    ) {
        buffer = frames.slice()
        base = buffer.withUnsafeReadableBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress!) }
        capacity = buffer.readableBytes
        charged = buffer.storageCapacity + Self.overhead
        self.budget = budget
        self.start = start
        self.firstSequence = firstSequence
        firstStamp = stamp
        lastStamp = stamp
        self.publisher = publisher
        isFromReserve = budget.isExhausted
        budget.charge(charged, fromReserve: isFromReserve)
        runs.reserveCapacity(capacity / Self.longestRun + 1)
        deliver(capacity, timestamp: timestamp, stamp: stamp, continues: false)
    }

    var lastSequence: UInt64 { firstSequence + count - 1 }
    /// The log's offset after the last byte.
    var end: UInt64 { start + UInt64(used) }
    var free: Int { capacity - used }

    /// Whether a run with this stamp can be indexed here.
    func accepts(stamp: UInt64) -> Bool { stamp - firstStamp <= UInt64(UInt32.max) }

    /// Copies frames to the end and makes them deliveries.
    ///
    /// - Parameters:
    ///   - source: Whole PUBLISH frames of this topic, checked, that fit.
    ///   - publisher: The connection that sent them.
    ///   - continues: Whether no message of another topic has arrived since the last run here.
    func append(
        _ source: UnsafeRawBufferPointer, by publisher: Publisher, timestamp: UInt64, stamp: UInt64, continues: Bool
    ) {
        if publisher !== self.publisher { follow(publisher) }
        (base + used).copyMemory(from: source.baseAddress!, byteCount: source.count)
        deliver(source.count, timestamp: timestamp, stamp: stamp, continues: continues)
    }

    /// Notes that what follows is of another publisher.
    @inline(never)
    private func follow(_ publisher: Publisher) {
        let capacity = stretches.capacity
        stretches.append(Stretch(end: UInt32(count), publisher: self.publisher))
        self.publisher = publisher
        if stretches.capacity != capacity { charge((stretches.capacity - capacity) * MemoryLayout<Stretch>.stride) }
    }

    /// The stretch of messages that has the message with a sequence, which has to be here.
    func stretch(of sequence: UInt64) -> PublishedStretch {
        let index = stretches.partition { UInt64($0.end) > sequence - firstSequence }
        guard index < stretches.count else { return PublishedStretch(publisher: publisher, end: lastSequence + 1) }
        return PublishedStretch(
            publisher: stretches[index].publisher, end: firstSequence + UInt64(stretches[index].end))
    }

    /// Turns the PUBLISH frames that lie after `used` into deliveries.
    private func deliver(_ size: Int, timestamp: UInt64, stamp: UInt64, continues: Bool) {
        let relativeStamp = UInt32(stamp - firstStamp)
        let indexed = runs.capacity
        // Nothing is indexed before this offset.
        var nextEntry = used
        if continues, let last = runs.last { nextEntry = Int(last.offset) + Self.longestRun }
        // Outside of the loop, as it is a call into another module each time.
        let cleared = FrameWord(type: .max, flags: ~MessageFlags.delivered.rawValue).bits
        let type = FrameWord(type: BrokerOpcode.deliver.rawValue, flags: 0).bits
        let first = firstSequence + count
        var sequence = first
        let limit = used + size
        while used < limit {
            if used >= nextEntry {
                runs.append(Run(stamp: relativeStamp, offset: UInt32(used)))
                nextEntry = used + Self.longestRun
            }
            let frame = base + used
            let word = FrameWord(at: frame)
            frame.storeBytes(of: (word.bits & ~cleared | type).littleEndian, as: UInt64.self)
            frame.storeBytes(of: sequence.littleEndian, toByteOffset: MessageLayout.sequenceOffset, as: UInt64.self)
            frame.storeBytes(of: timestamp.littleEndian, toByteOffset: MessageLayout.timestampOffset, as: UInt64.self)
            sequence += 1
            used += word.frameLength
        }
        count += sequence - first
        lastTimestamp = timestamp
        lastStamp = stamp
        if runs.capacity != indexed { charge((runs.capacity - indexed) * MemoryLayout<Run>.stride) }
    }

    /// Notes that a message just appended is withheld from readers at an age, in ms.
    func expire(after age: UInt64) { firstExpiry = min(firstExpiry, lastTimestamp + age * 1000) }

    /// Notes that a message just appended is traced.
    func trace() { hasTraced = true }

    func isTraced(at offset: Int) -> Bool {
        MessageFlags(rawValue: load(UInt8.self, offset + MessageLayout.flagsOffset)).contains(.trace)
    }

    /// Marks messages as removed.
    ///
    /// - Parameters:
    ///   - offsets: In ascending order, and not marked already.
    ///   - bytes: Their frame bytes.
    func purge(_ offsets: [UInt32], bytes: UInt64) {
        guard !offsets.isEmpty else { return }
        let before = purged.capacity
        if let last = purged.last, offsets[0] <= last {
            purged = (purged + offsets).sorted()
        } else {
            purged += offsets
        }
        purgedBytes += bytes
        firstExpiry = 0
        charge((purged.capacity - before) * MemoryLayout<UInt32>.stride)
    }

    /// The place of the first mark at or after a sequence, among all marks.
    func placeOfPurged(from sequence: UInt64) -> Int {
        purged.partition { self.sequence(at: Int($0)) >= sequence }
    }

    func isPurged(at offset: Int) -> Bool {
        guard !purged.isEmpty else { return false }
        let place = purged.partition { Int($0) >= offset }
        return place < purged.count && Int(purged[place]) == offset
    }

    /// Whether the message at `offset` is older than it asked for itself.
    func isOutlived(at offset: Int, now: UInt64) -> Bool {
        let flags = MessageFlags(rawValue: load(UInt8.self, offset + MessageLayout.flagsOffset))
        guard flags.contains(.headers) else { return false }
        let first = offset + MessageLayout.keyOffset + Int(load(UInt16.self, offset + MessageLayout.keyLengthOffset))
        let payload = UnsafeRawBufferPointer(start: base + first, count: offset + frameLength(at: offset) - first)
        guard let lifetime = MessageTimes.lifetime(in: payload) else { return false }
        return now >= timestamp(at: offset) + lifetime
    }

    private func charge(_ bytes: Int) {
        charged += bytes
        budget.charge(bytes, fromReserve: isFromReserve)
    }

    /// Bytes of whole frames that were read here, shared. From any thread: what is read does not change any more.
    func slice(_ offsets: Range<Int>) -> ByteBuffer {
        buffer.getSlice(at: offsets.lowerBound, length: offsets.count)!
    }

    func frameLength(at offset: Int) -> Int {
        Int(load(UInt32.self, offset)) + FrameHeader.lengthSize
    }

    func sequence(at offset: Int) -> UInt64 { load(UInt64.self, offset + MessageLayout.sequenceOffset) }
    func timestamp(at offset: Int) -> UInt64 { load(UInt64.self, offset + MessageLayout.timestampOffset) }

    /// Calls `body` with the key of the message at `offset`, or with nil if it has none.
    func withKey<R>(at offset: Int, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
        let length = Int(load(UInt16.self, offset + MessageLayout.keyLengthOffset))
        let flags = MessageFlags(rawValue: load(UInt8.self, offset + MessageLayout.flagsOffset))
        guard length > 0 || flags.contains(.emptyKey) else { return body(nil) }
        return body(UnsafeRawBufferPointer(start: base + offset + MessageLayout.keyOffset, count: length))
    }

    private func load<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, _ offset: Int) -> T {
        T(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: T.self))
    }
}
