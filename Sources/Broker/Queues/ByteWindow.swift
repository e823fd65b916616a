import DequeModule
import ZaichikProtocol

/// Bounds the bytes of a client's deliveries in flight. Only the queue of a client that asked for it has one: it knows the
/// length of each delivery, so that the bound is exact to the byte.
final class ByteWindow {
    /// In bytes; nil if they are no longer bounded.
    var limit: Int?
    /// Of the deliveries in flight, the oldest first. Those made before there was a bound are not among them.
    private var lengths: Deque<UInt32> = []
    private var bytes = 0
    /// Deliveries in flight that were made before there was a bound. Of each run of them only the sum of the lengths is known,
    /// so those of a run count as equally long.
    private var earlier = (count: 0, bytes: 0)
    /// What may still be delivered before the end; nil until the end has come.
    private var last: Last?
    private let budget: MemoryBudget
    /// Lengths that the budget was charged for, in units of a fixed number.
    private var chargedParts = 0

    private struct Last {
        var bytes: Int
        /// Whether the next delivery may have any length.
        var takesAny: Bool
    }

    private static let part = 1 << 10

    /// - Parameter inFlight: Deliveries made before.
    init(limit: Int, inFlight: InFlight, budget: MemoryBudget) {
        self.limit = limit
        self.budget = budget
        for run in inFlight.runs { earlier = (earlier.count + Int(run.count), earlier.bytes + run.bytes) }
    }

    /// How many bytes more may be in flight; 0 if none.
    var room: Int {
        if let last { return max(last.bytes, 0) }
        return limit.map { max($0 - bytes - earlier.bytes, 0) } ?? .max
    }
    /// Whether the next delivery may be longer than the room, as no other is in flight: otherwise it never could be made.
    var takesAny: Bool { last?.takesAny ?? (lengths.isEmpty && earlier.count == 0) }
    var isFull: Bool { room == 0 && !takesAny }

    /// Bounds what a turn takes.
    func bound(_ limit: inout ReadLimit) {
        if takesAny { limit.bytes = min(limit.bytes, max(room, 1)) } else { limit.bound(room) }
    }

    /// Notes deliveries.
    func delivered(_ frames: UnsafeRawBufferPointer) {
        var offset = 0
        while offset < frames.count {
            let length = FrameScan.frameLength(UnsafeRawBufferPointer(rebasing: frames[offset...]))
            lengths.append(UInt32(length))
            offset += length
        }
        bytes += frames.count
        charge()
        if let last { self.last = Last(bytes: last.bytes - frames.count, takesAny: false) }
    }

    /// Notes commits of the oldest deliveries.
    func committed(_ retired: InFlight.Retired) {
        guard earlier.count == 0 else {
            earlier = (earlier.count - retired.count, earlier.bytes - retired.bytes)
            return
        }
        for _ in 0..<retired.count { bytes -= Int(lengths.removeFirst()) }
        charge()
    }

    /// Notes that runs are not in flight any more.
    ///
    /// - Parameter places: How many deliveries are in flight before each of them.
    func settled(_ runs: Deque<InFlight.Run>, at places: [Int]) {
        var gone: [Range<Int>] = []
        var count = 0
        for (run, place) in zip(runs, places) {
            let early = max(min(earlier.count - place, Int(run.count)), 0)
            if early > 0 {
                let bytes = early == run.count ? run.bytes : run.bytes * early / Int(run.count)
                earlier = (earlier.count - early, earlier.bytes - bytes)
            }
            let first = max(place - earlier.count, 0) + count
            let range = first..<(first + Int(run.count) - early)
            count += range.count
            gone.append(range)
        }
        removeLengths(gone)
        charge()
    }

    /// So many ranges are removed one by one; each may move all lengths behind it.
    private static let fewRanges = 4

    /// - Parameter gone: Ascending and disjoint.
    private func removeLengths(_ gone: [Range<Int>]) {
        for range in gone { for length in lengths[range] { bytes -= Int(length) } }
        guard gone.count > Self.fewRanges else {
            for range in gone.reversed() { lengths.removeSubrange(range) }
            return
        }
        var rest = Deque<UInt32>(minimumCapacity: lengths.count)
        var next = 0
        for range in gone {
            rest.append(contentsOf: lengths[next..<range.lowerBound])
            next = range.upperBound
        }
        rest.append(contentsOf: lengths[next...])
        lengths = rest
    }

    /// Has no more delivered than there is room for now, whatever is committed.
    func end() {
        if last == nil { last = Last(bytes: room, takesAny: takesAny) }
    }

    /// Gives back what was charged: the client is gone.
    func close() {
        lengths = []
        charge()
    }

    private func charge() {
        let parts = lengths.count / Self.part
        guard parts != chargedParts else { return }
        budget.charge((parts - chargedParts) * Self.part * MemoryLayout<UInt32>.stride)
        chargedParts = parts
    }
}
