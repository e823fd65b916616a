import HeapModule

/// The cursors of a queue that may have something to deliver, by the stamp of what comes next.
///
/// A cursor that ends leaves its entry here; such entries are skipped, and removed when they are half of all entries.
struct ReadyCursors {
    struct Entry: Comparable {
        /// Of the cursor's next message, or smaller.
        var stamp: UInt64
        var slot: UInt32
        /// The cursor's serial, which shows whether the entry is still valid.
        var serial: UInt32

        static func < (left: Entry, right: Entry) -> Bool { left.stamp < right.stamp }
    }

    private var heap = Heap<Entry>()
    private var ended = 0

    var isEmpty: Bool { heap.isEmpty }

    mutating func insert(stamp: UInt64, slot: Int, serial: UInt32) {
        heap.insert(Entry(stamp: stamp, slot: UInt32(slot), serial: serial))
    }

    /// The first entry whose cursor still exists; nil if there is none.
    @inline(__always)
    mutating func first(in cursors: CursorTable) -> Entry? { ended == 0 ? heap.min : firstReading(in: cursors) }

    private mutating func firstReading(in cursors: CursorTable) -> Entry? {
        while let entry = heap.min {
            if cursors.isReading(entry.slot, serial: entry.serial) { return entry }
            heap.removeMin()
            ended -= 1
        }
        return nil
    }

    @inline(__always)
    mutating func removeFirst() { heap.removeMin() }

    /// Notes that a cursor with an entry has ended.
    mutating func cursorEnded(_ cursors: CursorTable) {
        ended += 1
        guard ended > 16, ended * 2 > heap.count else { return }
        heap = Heap(heap.unordered.filter { cursors.isReading($0.slot, serial: $0.serial) })
        ended = 0
    }

    /// Looks up the stamps of all entries: while there was one topic, they did not matter and were not kept up to date.
    mutating func restamp(in cursors: CursorTable) {
        heap = Heap(
            heap.unordered.compactMap { entry in
                guard cursors.isReading(entry.slot, serial: entry.serial), let cursor = cursors[Int(entry.slot)] else {
                    return nil
                }
                var entry = entry
                entry.stamp = cursor.topic.locked { $0.log.stamp(at: cursor.position) } ?? 0
                return entry
            })
        ended = 0
    }
}
