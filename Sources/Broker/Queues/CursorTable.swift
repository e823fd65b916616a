/// The cursors of a queue, in slots. A slot is reused after its cursor has ended.
///
/// Most clients read a few topics, so their cursors are searched one by one. Only those that read many get a
/// dictionary.
struct CursorTable {
    private static let few = 8

    private var cursors: [Cursor?] = []
    private var freeSlots: [Int] = []
    private var byTopic: [UInt32: UInt32]?
    private var lastSerial: UInt32 = 0
    /// The number of cursors, including those that only have deliveries in flight.
    private(set) var count = 0

    /// All slots, used or not.
    var slots: Range<Int> { cursors.indices }

    subscript(slot: Int) -> Cursor? {
        @inline(__always) _read { yield cursors[slot] }
        @inline(__always) _modify { yield &cursors[slot] }
    }

    /// Whether a slot still has the cursor with a serial, and that cursor is not detached.
    func isReading(_ slot: UInt32, serial: UInt32) -> Bool {
        guard Int(slot) < cursors.count else { return false }
        return cursors[Int(slot)]?.serial == serial && cursors[Int(slot)]?.isDetached == false
    }

    func slot(of topicID: UInt32) -> Int? {
        guard let byTopic else { return cursors.firstIndex { $0?.topic.id == topicID } }
        return byTopic[topicID].map(Int.init)
    }

    /// The slot that the next cursor will have.
    var nextSlot: Int { freeSlots.last ?? cursors.count }

    /// - Returns: Its slot.
    @discardableResult
    mutating func insert(_ cursor: Cursor) -> Int {
        let slot = nextSlot
        if freeSlots.popLast() == nil { cursors.append(nil) }
        count += 1
        replace(slot, with: cursor)
        byTopic?[cursor.topic.id] = UInt32(slot)
        if byTopic == nil, count > Self.few { makeDictionary() }
        return slot
    }

    /// Replaces the cursor in a slot with another one of the same topic.
    mutating func replace(_ slot: Int, with cursor: Cursor) {
        lastSerial &+= 1
        cursors[slot] = cursor
        cursors[slot]?.serial = lastSerial
    }

    mutating func remove(_ slot: Int) {
        guard let cursor = cursors[slot] else { return }
        cursors[slot] = nil
        count -= 1
        byTopic?[cursor.topic.id] = nil
        guard count > 0 else {
            cursors = []
            freeSlots = []
            byTopic = nil
            return
        }
        freeSlots.append(slot)
    }

    private mutating func makeDictionary() {
        var slots: [UInt32: UInt32] = [:]
        for (slot, cursor) in cursors.enumerated() {
            if let cursor { slots[cursor.topic.id] = UInt32(slot) }
        }
        byTopic = slots
    }
}
