/// A cursor that began with the last message of each key.
struct KeyedStart {
    let slot: Int
    /// The cursor's, which shows whether it is still there.
    let serial: UInt32
    let topic: Topic
    let latest: LatestOfKeys
}

/// The cursors of a queue that began so and have not passed the messages that were there. An object, as few queues ever
/// have one.
final class KeyedStarts {
    /// Those that wait until it is judged which messages they get; the first is being judged.
    var waiting: [KeyedStart] = []
    /// Those that read, by their slots.
    var reading: [Int: KeyedStart] = [:]

    /// Which of the messages that were there when it began a cursor is to get; nil if all.
    func latest(ofSlot slot: Int, serial: UInt32?) -> LatestOfKeys? {
        guard let start = reading[slot], start.serial == serial else { return nil }
        return start.latest
    }
}

// Starts at the last message of each key.
extension ClientQueue {
    /// Whether a cursor waits until it is judged which messages it gets.
    var isJudging: Bool { keyedStarts.map { !$0.waiting.isEmpty } ?? false }

    /// Whether the cursor in a slot waits for that.
    func isJudging(_ slot: Int) -> Bool {
        guard let starts = keyedStarts else { return false }
        return starts.waiting.contains { $0.slot == slot && $0.serial == cursors[slot]?.serial }
    }

    mutating func begin(_ start: KeyedStart) {
        let starts = keyedStarts ?? KeyedStarts()
        keyedStarts = starts
        starts.waiting.append(start)
    }

    /// Does the next step of judging, one cursor after the other. A cursor begins to read after its last step.
    mutating func judgeKeys() {
        guard let starts = keyedStarts, let start = starts.waiting.first else { return }
        let isReading = cursors.isReading(UInt32(start.slot), serial: start.serial)
        let hasMore = isReading ? start.latest.step(in: start.topic) : start.latest.release()
        guard !hasMore else { return }
        starts.waiting.removeFirst()
        guard isReading, let position = cursors[start.slot]?.position else { return dropIfEmpty() }
        starts.reading[start.slot] = start
        let stamp = start.topic.locked { $0.log.stamp(at: position) } ?? 0
        ready.insert(stamp: stamp, slot: start.slot, serial: start.serial)
    }

    /// Forgets which messages a cursor gets, if it has passed all of them, or is gone.
    mutating func endKeyedStart(ofSlot slot: Int) {
        guard let starts = keyedStarts, let start = starts.reading[slot] else { return }
        if let cursor = cursors[slot], cursor.serial == start.serial, !cursor.isDetached,
            cursor.position.sequence <= start.latest.range.upperBound
        {
            return
        }
        starts.reading[slot] = nil
        dropIfEmpty()
    }

    /// Has a cursor get all messages from now on: it is moved.
    mutating func forgetKeyedStart(ofSlot slot: Int) {
        keyedStarts?.reading[slot] = nil
        dropIfEmpty()
    }

    private mutating func dropIfEmpty() {
        if let starts = keyedStarts, starts.waiting.isEmpty, starts.reading.isEmpty { keyedStarts = nil }
    }
}
