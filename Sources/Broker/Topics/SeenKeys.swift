/// The keys of a ``DeduplicationWindow`` that has some: a log of them in the order in which they came, and a table that
/// finds them.
///
/// A table that is too full or too large is replaced by another step by step: new keys go to the new one, and those
/// that have not been moved are looked for in the old one too.
final class SeenKeys {
    private let seed = KeyFingerprint.Seed.random()
    private var log = KeyLog()
    private var table = KeyTable(bits: KeyTable.smallestBits)
    private var move: TableMove?
    /// Addresses of keys whose two buckets are full. There are hardly ever any.
    private var crowded: [UInt32] = []
    /// New keys since the last part of a move.
    private var waiting = 0
    /// Steps done: one is an expired record, or what takes about as long, some 16 ns.
    private(set) var steps = 0
    /// The sum of what was read ahead; stored so that the compiler keeps the reads.
    private var touched: UInt32 = 0

    /// How many expired records one new key removes at most, so that the cost of a burst is spread.
    private static let expiredAtOnce = 4
    /// How many steps of a move some new keys do together: four records each, so that the new table is not full before.
    private static let stepsAtOnce = 128
    private static let keysAtOnce = 16
    private static let mostCrowded = 8

    private var budget: MemoryBudget?
    /// Bytes charged to the budget.
    private var charged = 0

    deinit {
        budget?.charge(-charged)
        log.release()
        table.release()
        move?.table.release()
    }

    var count: Int { log.count }
    /// In bytes.
    var memory: Int { Self.overhead + log.memory + table.size + (move?.table.size ?? 0) }
    /// Bytes of the objects themselves.
    private static let overhead = 256

    /// Charges the current memory of the keys to a budget; it is given back when they are freed.
    func settle(_ budget: MemoryBudget) {
        let memory = memory
        guard memory != charged else { return }
        budget.charge(memory - charged)
        charged = memory
        self.budget = budget
    }

    var capacity: Int { table.count + (move?.table.count ?? 0) }
    /// Whether no keys are left, so that the memory can be freed.
    var isDone: Bool { log.count == 0 && move == nil && table.bits == KeyTable.smallestBits }

    @inline(__always)
    func fingerprint(_ key: UnsafeRawBufferPointer) -> KeyFingerprint { KeyFingerprint(key, seed: seed) }

    /// Reads the slots of keys that will be judged. Done for a number of them at once, the waits for memory overlap.
    @inline(__always)
    func touch(_ block: KeyBlock) {
        let table = table
        touched &+= block.sum { table.touch($0) }
        if let move, move.isMoving { touched &+= block.sum { move.table.touch($0) } }
    }

    /// See ``DeduplicationWindow/judge(_:sequence:window:now:)``.
    func judge(_ key: KeyFingerprint, sequence: UInt64, _ window: DeduplicationWindow.Span) -> UInt64? {
        let (slot, found) = table.find(key, in: log)
        if let found, !window.isOver(found.time) { return found.sequence }
        // A record that has left the window may hide a later one that is still in the old table during a move.
        if let other = findElsewhere(key, window) { return other.sequence }
        let place = log.append(KeyRecord(key: key, time: window.now, sequence: sequence))
        store(key, at: place, in: slot)
        makeRoom(window)
        return nil
    }

    /// A key within the window that is not in the table it should be in.
    @inline(__always)
    private func findElsewhere(_ key: KeyFingerprint, _ window: DeduplicationWindow.Span) -> KeyRecord? {
        if !crowded.isEmpty, let index = indexInCrowded(key) {
            if let record = log.record(at: crowded[index]), !window.isOver(record.time) { return record }
        }
        guard let move, move.isMoving, let record = move.table.find(key, in: log).record else { return nil }
        return window.isOver(record.time) ? nil : record
    }

    private func indexInCrowded(_ key: KeyFingerprint) -> Int? {
        crowded.firstIndex { log.has($0) && log.record(at: $0)?.key == key }
    }

    @inline(__always)
    private func store(_ key: KeyFingerprint, at place: UInt32, in slot: KeyTable.Slot?) {
        if !crowded.isEmpty, let index = indexInCrowded(key) {
            crowded[index] = place
        } else if let slot {
            table.set(slot, to: key, at: place)
        } else {
            crowded.removeAll { !log.has($0) }
            crowded.append(place)
        }
    }

    /// Stores a key that the log has, if it is not stored with a later record.
    private func restore(_ key: KeyFingerprint, at place: UInt32) {
        let (slot, found) = table.find(key, in: log)
        var stored = found == nil ? nil : slot.map { table.place(in: $0) }
        if !crowded.isEmpty, let index = indexInCrowded(key) { stored = crowded[index] }
        if let stored, log.isLater(stored, than: place) { return }
        store(key, at: place, in: slot)
    }

    // MARK: Room

    /// Does the share of expiry and growth that falls to one new key.
    @inline(__always)
    private func makeRoom(_ window: DeduplicationWindow.Span) {
        var left = Self.expiredAtOnce
        log.expire(window, steps: &left)
        steps += Self.expiredAtOnce - left
        if move != nil {
            waiting += 1
            if waiting >= Self.keysAtOnce { step(Self.stepsAtOnce) }
        }
        if move == nil {
            if log.count > table.count / 16 * 10 || crowded.count > Self.mostCrowded { grow() }
        } else if log.count > table.count / 16 * 14 {
            // A move ends long before this point; if it has not, it is finished now, as no key may be lost.
            while move != nil { step(.max / 2) }
        }
    }

    private func grow() {
        move = TableMove(to: KeyTable(bits: table.bits + 1))
        // A small table is allocated at once.
        step(Self.stepsAtOnce)
    }

    /// Begins to use a table whose memory is ready.
    private func use(_ new: KeyTable) {
        let left = crowded
        crowded = []
        move?.begin(from: table, log: log)
        table = new
        for place in left where log.has(place) {
            if let record = log.record(at: place) { restore(record.key, at: place) }
        }
    }

    private func step(_ most: Int) {
        waiting = 0
        guard var move = self.move else { return }
        steps += move.step(most, to: table, log: log) { key, place in restore(key, at: place) }
        self.move = move
        if move.isReady {
            use(move.table)
        } else if move.isDone {
            move.table.release()
            self.move = nil
        }
    }

    /// See ``DeduplicationWindow/forget(window:now:most:)``.
    func forget(_ window: DeduplicationWindow.Span, most: Int) -> Int {
        let before = steps
        var left = min(most, .max / 2)
        let limit = before + left
        log.expire(window, steps: &left)
        steps = limit - left
        log.releaseSpare()
        if move == nil, table.bits > KeyTable.smallestBits, log.count <= table.count / 8 {
            move = TableMove(to: KeyTable(for: log.count))
        }
        while move != nil, steps < limit { step(limit - steps) }
        return steps - before
    }
}
