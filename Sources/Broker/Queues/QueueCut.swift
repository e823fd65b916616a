import ZaichikProtocol

/// Messages that an operator takes out of a queue: what they are is worked out in steps, before any of them goes.
///
/// What is pending up to a place in a topic goes by the cursor's floor; single messages ahead of it are noted to be passed
/// over. Either way the client is told of a gap when its queue comes there. What is in flight or parked stays.
final class QueueCut {
    /// Which messages are meant, of the topics that are meant.
    enum Extent: Equatable {
        case all
        /// The next so many pending ones, in the order of arrival.
        case next(UInt64)
        /// All but the last so many of each topic.
        case allBut(UInt64)
        case below(UInt64)
        /// Those accepted before a time, in µs since 1970.
        case before(UInt64)
        case key([UInt8])
        /// The oldest pending ones that are too many, in the order of arrival, with what is in flight and what comes again
        /// counted: what is left has at most so many messages, and so many bytes; 0: any number. They are lost to a
        /// limit.
        case above(messages: UInt64, bytes: UInt64)
    }

    /// The part of the queue in one topic.
    struct Part {
        let slot: Int
        let serial: UInt32
        let topic: Topic
        /// The next message that may be delivered.
        let next: UInt64
        /// What is to come again, or was put aside, is lost already if it is below this.
        let settled: UInt64
        /// The newest one.
        let head: UInt64
        /// The first message that stays; nothing goes from `next` on if they are the same.
        var floor: UInt64
        /// The log's offset of `next`, and after `head`.
        var offsets: Range<UInt64> = 0..<0
    }

    let extent: Extent
    /// nil: all that the queue reads.
    let topics: TopicPattern?
    /// Whether what is to come again goes, too.
    let takesReturned: Bool
    let isDryRun: Bool
    /// How many messages go, and their frame bytes.
    var messages: UInt64 = 0
    var bytes: UInt64 = 0
    /// How many topics of the queue were meant.
    private(set) var topicCount: UInt32 = 0
    /// Whether the messages of the key lie in more stretches than a queue may pass over: then nothing goes.
    var isTooScattered = false
    var parts: [Part] = []
    private var stage = Stage.measuring(nextSlot: 0)

    /// What the queue has in all, if that is limited.
    private var lag: (messages: UInt64, bytes: UInt64) = (0, 0)

    private enum Stage {
        case measuring(nextSlot: Int)
        case counting(StampSearch)
        case looking(KeySearch, part: Int)
        case weighing(part: Int)
        case cutting(part: Int)
        /// Messages of a key are taken out of a part.
        case taking(KeySearch, part: Int, Taken)
    }

    /// How far the messages of a key are taken out.
    private struct Taken {
        var begun = 0
        var pending = 0
    }

    private static let slotsPerStep = 64
    private static let partsPerStep = 16
    /// Ranges that are taken out in a step.
    private static let rangesPerStep = 1024

    init(_ extent: Extent, of topics: TopicPattern?, takesReturned: Bool, isDryRun: Bool) {
        self.extent = extent
        self.topics = topics
        self.takesReturned = takesReturned
        self.isDryRun = isDryRun
    }

    /// Whether single messages may go, so that the queue has to know what is in flight one by one.
    var makesHoles: Bool { if case .key = extent { !isDryRun } else { false } }

    /// Does the next step.
    ///
    /// - Returns: Whether more are left.
    func step(_ queue: inout ClientQueue, now: UInt64, wakes: inout WakeList) -> Bool {
        switch stage {
        case .measuring(let slot): return measure(queue, from: slot, now: now)
        case .counting(var search):
            guard search.step(&parts, queue) else {
                stage = .counting(search)
                return true
            }
            stage = nextStage(after: search)
        case .looking(var search, let part): return look(&search, part, queue)
        case .taking(let search, let part, var taken):
            let hasMore = take(search, part, &taken, &queue)
            stage =
                hasMore ? .taking(search, part: part, taken) : .looking(KeySearch(search.key), part: part + 1)
        case .weighing(let first):
            let end = min(first + Self.partsPerStep, parts.count)
            for part in parts[first..<end] { weigh(part, queue) }
            stage = end < parts.count ? .weighing(part: end) : .cutting(part: 0)
            return end < parts.count || !isDryRun
        case .cutting(let first):
            let end = min(first + Self.partsPerStep, parts.count)
            for part in parts[first..<end] {
                queue.cut(
                    part, takesReturned: takesReturned, isCounted: isCounted, isPurged: !isLimit, wakes: &wakes)
            }
            stage = .cutting(part: end)
            if end == parts.count { queue.workChanged() }
            return end < parts.count
        }
        return true
    }

    private var isCounted: Bool { if case .next = extent { true } else { isLimit } }
    private var isLimit: Bool { if case .above = extent { true } else { false } }

    /// What is done when so many messages, or bytes, are found.
    private func nextStage(after search: StampSearch) -> Stage {
        guard case .above(_, let most) = extent else { return .weighing(part: 0) }
        if search.measure == .messages, most > 0, lag.bytes > most {
            return .counting(StampSearch(lag.bytes - most, of: .bytes))
        }
        return .cutting(part: 0)
    }

    /// - Returns: nil if nothing is to go.
    private func searchForLimit(_ messages: UInt64, _ bytes: UInt64) -> StampSearch? {
        if messages > 0, lag.messages > messages { return StampSearch(lag.messages - messages) }
        return bytes > 0 && lag.bytes > bytes ? StampSearch(lag.bytes - bytes, of: .bytes) : nil
    }

    private func measure(_ queue: ClientQueue, from first: Int, now: UInt64) -> Bool {
        let end = min(first + Self.slotsPerStep, queue.cursors.slots.count)
        for slot in first..<max(end, first) {
            guard let cursor = queue.cursors[slot], !cursor.isDetached,
                topics?.matches(cursor.topic.name) ?? true
            else { continue }
            topicCount += 1
            let part = cursor.topic.locked { state in
                let next = max(state.nextPosition(of: cursor).sequence, state.floor(of: cursor, now: now).sequence)
                if isLimit {
                    var cursor = cursor
                    let own = state.lag(of: &cursor, now: now)
                    lag = (lag.messages + own.messages, lag.bytes + own.bytes)
                }
                return Part(
                    slot: slot, serial: cursor.serial, topic: cursor.topic, next: next,
                    settled: state.settledFloor(of: cursor, now: now).sequence, head: state.log.headSequence,
                    floor: state.end(of: extent),
                    offsets: min(state.log.offset(ofSequence: next), state.log.end)..<state.log.end)
            }
            if part.next <= part.head || cursor.outstanding != nil { parts.append(part) }
        }
        guard end >= queue.cursors.slots.count else {
            stage = .measuring(nextSlot: end)
            return true
        }
        switch extent {
        case .next(let count): stage = .counting(StampSearch(count))
        case .above(let messages, let bytes):
            guard let search = searchForLimit(messages, bytes) else { return false }
            stage = .counting(search)
        case .key(let key): stage = .looking(KeySearch(key), part: 0)
        case .all, .allBut, .below, .before: stage = .weighing(part: 0)
        }
        return true
    }

    /// Adds up what goes of a part.
    private func weigh(_ part: Part, _ queue: ClientQueue) {
        guard let cursor = part.cursor(in: queue) else { return }
        let outstanding = cursor.outstanding
        if part.floor > part.next {
            let range = part.next...part.floor - 1
            let ahead = outstanding?.count(in: range) ?? (undone: 0, passed: 0)
            let count = range.numbers - min(ahead.undone + ahead.passed, range.numbers)
            let size = part.topic.locked { state in
                state.log.offset(of: state.log.position(of: part.floor)) - state.log.offset(ofSequence: part.next)
            }
            messages += count
            // Exact, unless the cursor was moved to before messages that it has already.
            bytes += count == range.numbers ? size : size / range.numbers * count
        }
        guard let outstanding, !isCounted, let begun = part.begun else { return }
        let (returned, aside) = (
            takesReturned ? outstanding.returned.count(in: begun) : 0, outstanding.aside.count(in: begun)
        )
        messages += returned + aside
        if returned > 0 { bytes += UInt64(outstanding.returnedBytes) / outstanding.returned.count * returned }
        if aside > 0 { bytes += UInt64(outstanding.asideBytes) / outstanding.aside.count * aside }
    }

    private func look(_ search: inout KeySearch, _ part: Int, _ queue: ClientQueue) -> Bool {
        guard part < parts.count else {
            stage = .cutting(part: parts.count)
            return false
        }
        guard search.step(parts[part], queue, takesReturned: takesReturned) else {
            stage = .looking(search, part: part)
            return true
        }
        messages += search.messages
        bytes += search.bytes
        if search.isTooScattered {
            isTooScattered = true
            stage = .cutting(part: parts.count)
            return false
        }
        stage =
            isDryRun
            ? .looking(KeySearch(search.key), part: part + 1) : .taking(search, part: part, Taken())
        return true
    }

    private func take(_ search: KeySearch, _ part: Int, _ taken: inout Taken, _ queue: inout ClientQueue) -> Bool {
        let most = Self.rangesPerStep
        let begun = search.begun.ranges[taken.begun...].prefix(most)
        let pending = search.pending.ranges[taken.pending...].prefix(most - begun.count)
        queue.takeOut(begun: begun, pending: pending, share: search.pendingShare, of: parts[part])
        taken.begun += begun.count
        taken.pending += pending.count
        return taken.begun < search.begun.ranges.count || taken.pending < search.pending.ranges.count
    }
}

extension QueueCut.Part {
    /// Which of the messages that are to come again, or were put aside, go; nil if none do.
    fileprivate var begun: ClosedRange<UInt64>? { settled < floor ? settled...floor - 1 : nil }

    /// nil if the subscription has ended since.
    func cursor(in queue: ClientQueue) -> Cursor? {
        queue.cursors.isReading(UInt32(slot), serial: serial) ? queue.cursors[slot] : nil
    }
}

extension TopicState {
    /// The first message that is not meant, as far as that is a place in the topic.
    fileprivate func end(of extent: QueueCut.Extent) -> UInt64 {
        let head = log.headSequence
        switch extent {
        case .all: return head + 1
        case .allBut(let count): return head + 1 - min(count, head)
        case .below(let sequence): return min(sequence, head + 1)
        case .before(let time): return log.position(atOrAfter: time).sequence
        case .next, .key, .above: return 0
        }
    }
}

extension ClientQueue {
    /// Takes what is below a part's floor out of the queue.
    ///
    /// - Parameters:
    ///   - isCounted: Whether only what the cursor has not come to is meant.
    ///   - isPurged: Whether an operator takes it out, and not a limit.
    fileprivate mutating func cut(
        _ part: QueueCut.Part, takesReturned: Bool, isCounted: Bool, isPurged: Bool, wakes: inout WakeList
    ) {
        guard let cursor = part.cursor(in: self) else { return }
        if let outstanding = cursor.outstanding, !isCounted, let begun = part.begun {
            takenOut(part.slot, outstanding.takeOut(begun, returned: takesReturned))
        }
        guard part.floor > max(cursor.ownFloor, cursor.position.sequence) else { return }
        cursors[part.slot]!.ownFloor = part.floor
        cursors[part.slot]!.isFloorPurged = isPurged
        if isPurged { counters.moves &+= 1 }
        let needed = min(cursor.lowestUndone ?? part.floor, part.floor)
        cursor.topic.locked { $0.release(cursor.seat, before: needed, &wakes) }
    }

    /// Takes messages of a key out of the queue: some that are to come again or were put aside, and some that are pending.
    ///
    /// - Parameter share: The bytes of a pending one.
    fileprivate mutating func takeOut(
        begun: ArraySlice<ClosedRange<UInt64>>, pending: ArraySlice<ClosedRange<UInt64>>, share: UInt64,
        of part: QueueCut.Part
    ) {
        guard let cursor = part.cursor(in: self), !begun.isEmpty || !pending.isEmpty else { return }
        let outstanding = cursor.outstanding ?? Outstanding()
        cursors[part.slot]!.outstanding = outstanding
        takenOut(part.slot, outstanding.takeOut(begun))
        for range in pending { outstanding.pass(range, bytes: share * range.numbers) }
    }

    private mutating func takenOut(_ slot: Int, _ taken: [ClosedRange<UInt64>]) {
        for sequence in taken.joined() {
            work?.keys?.forget(KeyOwners.Message(slot: UInt32(slot), sequence: sequence))
        }
        noteTakenOut(slot, taken)
        counters.moves &+= 1
    }

    /// Goes back to less to note, if nothing more is left.
    fileprivate mutating func workChanged() { endWorkIfDone() }
}
