/// The cursors of a queue, in slots. A slot is reused after its cursor has ended.
///
/// There may be a million, and no step may copy or rehash them all. So slots beyond the first ones are in pages, and
/// ``TopicSlots`` grows in parts.
struct CursorTable {
    /// The first slots: all that most clients have.
    private var first: [Cursor?] = []
    /// The others, ``pageSize`` a page.
    private var pages: [[Cursor?]] = []
    private var freeSlots: [Int] = []
    private var byTopic: TopicSlots?
    private var lastSerial: UInt32 = 0
    /// The number of cursors, including those that only have deliveries in flight.
    private(set) var count = 0

    private static let pageSize = 1024
    /// A client with this many cursors gets an index of them; fewer are searched one by one.
    private static let few = 8

    /// All slots, used or not.
    var slots: Range<Int> {
        guard let last = pages.last else { return first.indices }
        return 0..<pages.count * Self.pageSize + last.count
    }

    subscript(slot: Int) -> Cursor? {
        @inline(__always) _read {
            if slot < Self.pageSize { yield first[slot] } else { yield pages[Self.page(slot)][Self.index(slot)] }
        }
        @inline(__always) _modify {
            if slot < Self.pageSize { yield &first[slot] } else { yield &pages[Self.page(slot)][Self.index(slot)] }
        }
    }

    private static func page(_ slot: Int) -> Int { slot / pageSize - 1 }
    private static func index(_ slot: Int) -> Int { slot % pageSize }

    /// Whether a slot still has the cursor with a serial, and that cursor is not detached.
    func isReading(_ slot: UInt32, serial: UInt32) -> Bool {
        guard slots.contains(Int(slot)) else { return false }
        return self[Int(slot)]?.serial == serial && self[Int(slot)]?.isDetached == false
    }

    func slot(of topicID: UInt32) -> Int? {
        // All slots are among the first ones while there is no index.
        byTopic.map { $0[topicID].map(Int.init) } ?? first.firstIndex { $0?.topic.id == topicID }
    }

    /// The slot that the next cursor will have.
    var nextSlot: Int { freeSlots.last ?? slots.upperBound }

    /// - Returns: Its slot.
    @discardableResult
    mutating func insert(_ cursor: Cursor) -> Int {
        let slot = nextSlot
        if freeSlots.popLast() == nil { appendSlot() }
        count += 1
        replace(slot, with: cursor)
        byTopic?[cursor.topic.id] = UInt32(slot)
        if byTopic == nil, count > Self.few { makeIndex() }
        return slot
    }

    private mutating func appendSlot() {
        guard first.count == Self.pageSize else { return first.append(nil) }
        if pages.last?.count ?? Self.pageSize == Self.pageSize {
            pages.append([])
            pages[pages.count - 1].reserveCapacity(Self.pageSize)
        }
        pages[pages.count - 1].append(nil)
    }

    /// Replaces the cursor in a slot with another one of the same topic.
    mutating func replace(_ slot: Int, with cursor: Cursor) {
        lastSerial &+= 1
        var cursor = cursor
        cursor.serial = lastSerial
        self[slot] = cursor
    }

    mutating func remove(_ slot: Int) {
        guard let cursor = self[slot] else { return }
        self[slot] = nil
        count -= 1
        byTopic?[cursor.topic.id] = nil
        guard count > 0 else {
            first = []
            pages = []
            freeSlots = []
            byTopic = nil
            return
        }
        freeSlots.append(slot)
    }

    private mutating func makeIndex() {
        var index = TopicSlots()
        for (slot, cursor) in first.enumerated() {
            if let cursor { index[cursor.topic.id] = UInt32(slot) }
        }
        byTopic = index
    }
}
