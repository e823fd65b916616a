import DequeModule

/// The cursors of a queue, in slots. A slot is reused after its cursor has ended.
///
/// There may be a million, and no step may copy or rehash them all: ``CursorMemory`` and ``TopicSlots`` grow in parts.
struct CursorTable {
    /// nil while there are no slots.
    private var memory: CursorMemory?
    private var freeSlots = FreeSlots()
    private var byTopic: TopicSlots?
    /// The slots of cursors whose subscriptions have ended, by topic; nil if there are none. They have deliveries in flight.
    private var endedSlots: [UInt32: Deque<Int>]?
    private var lastSerial: UInt32 = 0
    /// The number of cursors, including those that only have deliveries in flight.
    private(set) var count = 0

    /// A client with this many cursors gets an index of them; fewer are searched one by one.
    private static let few = 8

    /// All slots, used or not.
    var slots: Range<Int> { 0..<(memory?.count ?? 0) }

    subscript(slot: Int) -> Cursor? {
        @inline(__always) unsafeAddress { UnsafePointer(address(slot)) }
        @inline(__always) nonmutating unsafeMutableAddress { address(slot) }
    }

    /// Looks at a cursor where it is: a copy would cost the references in it.
    ///
    /// - Returns: nil if the slot is empty.
    @inline(__always)
    func look<Result>(_ slot: Int, _ body: (inout Cursor) -> Result) -> Result? {
        let place = address(slot)
        return place.pointee == nil ? nil : body(&place.pointee!)
    }

    /// Whether a slot has a cursor that may have a lag.
    @inline(__always)
    private func hasLag(_ slot: Int) -> Bool { look(slot) { $0.hasLag } ?? false }

    /// Notes that the cursor of a slot does not wait any more.
    @inline(__always)
    func mayLag(_ slot: Int) { memory?.lagging.insert(slot) }

    /// Forgets slots in a range whose cursors have no lag any more.
    func forgetLags(in range: Range<Int>) {
        guard let memory else { return }
        var rest = range.clamped(to: slots)
        while let slot = memory.lagging.first(in: rest) {
            if !hasLag(slot) { memory.lagging.remove(slot) }
            rest = slot + 1..<rest.upperBound
        }
    }

    /// The first slot in a range whose cursor may have a lag; nil if there is none.
    @inline(__always)
    func firstLagging(in range: Range<Int>) -> Int? {
        guard let memory else { return nil }
        var range = range.clamped(to: slots)
        while let slot = memory.lagging.first(in: range) {
            if hasLag(slot) { return slot }
            range = slot + 1..<range.upperBound
        }
        assert(!range.contains(where: hasLag), "a lag that was not noted")
        return nil
    }

    /// Changes a cursor in place.
    @inline(__always)
    mutating func update<Result>(_ slot: Int, _ change: (inout Cursor) -> Result) -> Result {
        guard let memory else { preconditionFailure("a slot of a queue that has none") }
        return change(&memory[slot].pointee!)
    }

    @inline(__always)
    private func address(_ slot: Int) -> UnsafeMutablePointer<Cursor?> {
        guard let memory else { preconditionFailure("a slot of a queue that has none") }
        return memory[slot]
    }

    /// Whether a slot still has the cursor with a serial, and that cursor is not detached.
    func isReading(_ slot: UInt32, serial: UInt32) -> Bool {
        guard slots.contains(Int(slot)) else { return false }
        return self[Int(slot)]?.serial == serial && self[Int(slot)]?.isDetached == false
    }

    /// The slot of the cursor that reads a topic; nil if none does. One whose subscription has ended does not.
    func slot(of topicID: UInt32) -> Int? {
        if let byTopic { return byTopic[topicID].map(Int.init) }
        return slots.first { self[$0]?.topic.id == topicID && self[$0]?.isDetached == false }
    }

    /// The slot that the next cursor will have.
    var nextSlot: Int { freeSlots.last ?? slots.upperBound }

    /// - Returns: Its slot.
    @discardableResult
    mutating func insert(_ cursor: Cursor) -> Int {
        let slot = nextSlot
        if freeSlots.popLast() == nil { appendSlot() }
        count += 1
        lastSerial &+= 1
        var cursor = cursor
        cursor.serial = lastSerial
        memory?.put(cursor, in: slot)
        mayLag(slot)
        byTopic?[cursor.topic.id] = UInt32(slot)
        if byTopic == nil, count > Self.few { makeIndex() }
        return slot
    }

    private mutating func appendSlot() {
        let memory = memory ?? CursorMemory()
        memory.append()
        self.memory = memory
    }

    /// Takes note that the subscription of a cursor has ended, which has a slot of its own from then on: its deliveries in
    /// flight are not those of a later subscription to the topic.
    mutating func ended(_ slot: Int) {
        guard let topic = self[slot]?.topic.id else { return }
        if byTopic?[topic] == UInt32(slot) { byTopic?[topic] = nil }
        guard self[slot]!.inFlight > 0 else { return }
        endedSlots = endedSlots ?? [:]
        endedSlots![topic, default: []].append(slot)
    }

    /// Whether there are cursors whose subscriptions have ended.
    var hasEnded: Bool { endedSlots != nil }

    /// The slots of cursors of a topic whose subscriptions have ended, in the order in which they ended.
    func endedSlots(of topicID: UInt32) -> Deque<Int> { endedSlots?[topicID] ?? [] }

    private mutating func forgetEnded(_ slot: Int, topicID: UInt32) {
        guard endedSlots != nil, var slots = endedSlots![topicID], let index = slots.firstIndex(of: slot) else {
            return
        }
        // So that it is not copied. Commits come in the order of the deliveries: it is mostly the first one.
        endedSlots![topicID] = nil
        slots.remove(at: index)
        if !slots.isEmpty { endedSlots![topicID] = slots }
        if endedSlots!.isEmpty { endedSlots = nil }
    }

    mutating func remove(_ slot: Int) {
        guard let topic = self[slot]?.topic.id else { return }
        if byTopic?[topic] == UInt32(slot) { byTopic?[topic] = nil }
        forgetEnded(slot, topicID: topic)
        memory?.empty(slot)
        count -= 1
        guard count > 0 else {
            memory = nil
            freeSlots = FreeSlots()
            byTopic = nil
            return
        }
        freeSlots.append(slot)
    }

    private mutating func makeIndex() {
        var index = TopicSlots()
        for slot in slots {
            if let cursor = self[slot], !cursor.isDetached { index[cursor.topic.id] = UInt32(slot) }
        }
        byTopic = index
    }
}
