import NIOCore
import ZaichikProtocol

/// The messages of a topic whose delay is not over, in the order in which they are due; those that are due in the same
/// millisecond in the order in which they were accepted.
///
/// They are charged to the memory budget, and count against the topic's limit.
final class DelayedMessages {
    private struct Entry: Comparable {
        /// In ms since 1970.
        var due: UInt64
        /// Counts the messages accepted.
        var number: UInt64
        var frame: ByteBuffer
        var publisher: Publisher
        /// In ms; `.max` if it may be of any age.
        var lifetime: UInt64

        static func < (left: Entry, right: Entry) -> Bool { (left.due, left.number) < (right.due, right.number) }
        static func == (left: Entry, right: Entry) -> Bool { left.number == right.number }
    }

    /// Messages of one publisher that are due, to be appended together.
    struct Due {
        var frames: ByteBuffer
        var count: Int
        var publisher: Publisher
        /// The shortest lifetime of them, in ms; `.max` if all may be of any age.
        var lifetime = UInt64.max
    }

    private var entries = StableHeap<Entry>()
    private var accepted: UInt64 = 0
    /// Frame bytes.
    private(set) var bytes: UInt64 = 0
    /// Bytes of the frames' buffers.
    private var buffers = 0
    private let budget: MemoryBudget
    private var charged = 0
    /// When a loop will look at the topic, in µs since 1970; `.max` if none will.
    var promised = UInt64.max

    /// Bytes of a frame's buffer without its contents, and of what a loop notes to look at it.
    private static let overhead = 128

    private static let givenBackAtOnce = 256

    init(budget: MemoryBudget) { self.budget = budget }

    deinit { budget.charge(-charged) }

    var count: Int { entries.count }
    var memory: Int { entries.memory + buffers }

    /// When the next message is due, in µs since 1970; nil if there is none.
    var nextDue: UInt64? { entries.min.map { $0.due * 1000 } }

    /// Keeps a message aside.
    ///
    /// - Parameters:
    ///   - frame: A whole, checked PUBLISH frame.
    ///   - due: In µs since 1970.
    ///   - lifetime: In ms; nil if it may be of any age.
    func insert(_ frame: UnsafeRawBufferPointer, due: UInt64, publisher: Publisher, lifetime: UInt64?) {
        let buffer = ByteBuffer(bytes: frame)
        accepted += 1
        bytes += UInt64(frame.count)
        buffers += buffer.storageCapacity + Self.overhead
        entries.insert(
            Entry(
                due: due / 1000 + (due % 1000 > 0 ? 1 : 0), number: accepted, frame: buffer, publisher: publisher,
                lifetime: lifetime ?? .max))
        settle()
    }

    /// Takes messages that are due: the next ones of one publisher.
    ///
    /// - Parameter most: Their bytes; a single message may have more.
    /// - Returns: nil if none is due.
    func take(now: UInt64, most: Int) -> Due? {
        guard let first = entries.min, first.due * 1000 <= now else { return nil }
        var due = Due(frames: ByteBuffer(), count: 0, publisher: first.publisher)
        while let next = entries.min, next.due * 1000 <= now, next.publisher === due.publisher,
            due.count == 0 || due.frames.readableBytes + next.frame.readableBytes <= most
        {
            var entry = entries.removeMin()
            bytes -= UInt64(entry.frame.readableBytes)
            buffers -= entry.frame.storageCapacity + Self.overhead
            if due.count == 0 { due.frames = entry.frame } else { due.frames.writeBuffer(&entry.frame) }
            due.count += 1
            due.lifetime = min(due.lifetime, entry.lifetime)
        }
        settle()
        return due
    }

    /// Gives up some of the messages: the topic has ended.
    func giveBackPart() {
        for _ in 0..<Swift.min(Self.givenBackAtOnce, entries.count) {
            let entry = entries.removeMin()
            bytes -= UInt64(entry.frame.readableBytes)
            buffers -= entry.frame.storageCapacity + Self.overhead
        }
        settle()
    }

    private func settle() {
        let memory = memory
        budget.charge(memory - charged)
        charged = memory
    }
}
