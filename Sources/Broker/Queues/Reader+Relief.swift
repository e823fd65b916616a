import ZaichikProtocol

// The limit of lag of a session's own: its oldest messages leave the queue.
extension Reader {
    /// Lets the oldest pending messages go, in arrival order, until the lag is within the limits. What is in flight stays.
    /// The client is told of the gap where it is.
    func skip(to settings: SessionSettings, now: UInt64, wakes: inout WakeList) {
        let relief = LagRelief(queue.cursors, now: now)
        var floors: [Int: UInt64] = [:]
        if settings.lagMessages > 0 {
            floors = relief.floors(keeping: settings.lagMessages) { $0.messages(from: $1) }
        }
        if settings.lagBytes > 0 {
            floors.merge(relief.floors(keeping: settings.lagBytes) { $0.bytes(from: $1) }) { max($0, $1) }
        }
        for (slot, floor) in floors { queue.raiseFloor(ofSlot: slot, to: floor, wakes: &wakes) }
    }
}

extension ClientQueue {
    /// Takes what is before a sequence from the cursor of a slot.
    fileprivate mutating func raiseFloor(ofSlot slot: Int, to floor: UInt64, wakes: inout WakeList) {
        guard let cursor = cursors[slot], floor > max(cursor.ownFloor, cursor.position.sequence) else { return }
        cursors[slot]!.ownFloor = floor
        cursors[slot]!.isFloorPurged = false
        let needed = min(cursor.lowestUndone ?? floor, floor)
        cursor.topic.locked { $0.release(cursor.seat, before: needed, &wakes) }
    }
}

/// Finds out which messages of a queue have to go, so that no more are left than a limit allows. A value; it asks the
/// topics, and changes nothing.
private struct LagRelief {
    /// The part of a queue in one topic.
    struct Part {
        let slot: Int
        let topic: Topic
        /// The next message that may be delivered.
        let next: UInt64
        /// Of what is in flight, and of what comes again.
        let begun: UInt64
        let begunBytes: UInt64

        /// What is left if the first pending message is this one.
        func messages(from sequence: UInt64) -> UInt64 {
            begun + topic.locked { $0.log.headSequence + 1 - min(max(sequence, next), $0.log.headSequence + 1) }
        }

        /// Likewise, in frame bytes.
        func bytes(from sequence: UInt64) -> UInt64 {
            begunBytes + topic.locked { $0.log.end - $0.log.offset(ofSequence: max(sequence, next)) }
        }

        /// The first message after a stamp.
        func sequence(after stamp: UInt64) -> UInt64 {
            max(topic.locked { $0.log.position(after: stamp).sequence }, next)
        }
    }

    private let parts: [Part]
    /// The stamps of the first and of the last pending message.
    private let stamps: Range<UInt64>

    init(_ cursors: CursorTable, now: UInt64) {
        var parts: [Part] = []
        var (first, last) = (UInt64.max, UInt64(0))
        for slot in cursors.slots {
            guard let cursor = cursors[slot], !cursor.isDetached, cursor.hasLag else { continue }
            cursor.topic.locked { state in
                let next = max(state.nextPosition(of: cursor).sequence, state.floor(of: cursor, now: now).sequence)
                parts.append(
                    Part(
                        slot: slot, topic: cursor.topic, next: next,
                        begun: UInt64(cursor.inFlight) + (cursor.outstanding?.returned.count ?? 0),
                        begunBytes: UInt64(cursor.inFlightBytes + (cursor.outstanding?.returnedBytes ?? 0))))
                let log = state.log
                guard next <= log.headSequence else { return }
                first = min(first, log.stamp(at: log.position(of: next)) ?? 0)
                last = max(last, log.stamp(at: log.position(of: log.headSequence)) ?? 0)
            }
        }
        self.parts = parts
        stamps = first <= last ? first..<last + 1 : 0..<0
    }

    /// The floor of each slot, so that no more than `limit` is left.
    ///
    /// - Parameter rest: What a part of the queue has left from a sequence on.
    func floors(keeping limit: UInt64, _ rest: (Part, UInt64) -> UInt64) -> [Int: UInt64] {
        func left(after stamp: UInt64) -> UInt64 {
            parts.reduce(0) { $0 + rest($1, $1.sequence(after: stamp)) }
        }
        // The smallest stamp after which no more is left.
        var (low, high) = (stamps.lowerBound, stamps.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if left(after: middle) <= limit { high = middle } else { low = middle + 1 }
        }
        guard low < stamps.upperBound else {
            return Dictionary(uniqueKeysWithValues: parts.map { ($0.slot, $0.sequence(after: .max - 1)) })
        }
        var floors = Dictionary(uniqueKeysWithValues: parts.map { ($0.slot, $0.sequence(after: low)) })
        // The messages of that stamp are a run of one topic, of which some may stay.
        let spare = limit - left(after: low)
        for part in parts {
            let (first, end) = (part.sequence(after: low - 1), floors[part.slot]!)
            guard first < end else { continue }
            let most = rest(part, end) + spare
            var (few, many) = (first, end)
            while few < many {
                let middle = few + (many - few) / 2
                if rest(part, middle) <= most { many = middle } else { few = middle + 1 }
            }
            floors[part.slot] = few
        }
        return floors
    }
}
