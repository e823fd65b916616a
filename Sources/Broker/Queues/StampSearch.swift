import ZaichikProtocol

/// Finds where a queue has delivered so many more messages, in the order of arrival over all of its topics: a search for
/// the stamp of the last of them, in steps.
struct StampSearch {
    /// What is counted.
    enum Measure: Equatable {
        case messages
        case bytes
    }

    private let count: UInt64
    let measure: Measure
    /// The stamps among which it is.
    private var low = UInt64.max
    private var high: UInt64 = 0
    /// Pending messages up to the stamp that is being tried, in the parts before `part`.
    private var sum: UInt64 = 0
    private var part = 0
    private var phase = Phase.bounding

    private enum Phase {
        case bounding
        case searching
        case placing
        case trimming
    }

    private static let partsPerStep = 128

    init(_ count: UInt64, of measure: Measure = .messages) {
        self.count = count
        self.measure = measure
    }

    /// Does the next step.
    ///
    /// - Returns: Whether the parts have got their floors.
    mutating func step(_ parts: inout [QueueCut.Part], _ queue: ClientQueue) -> Bool {
        let end = min(part + Self.partsPerStep, parts.count)
        for index in part..<end { look(&parts[index], queue) }
        part = end
        guard end == parts.count else { return false }
        part = 0
        return passEnded()
    }

    private var middle: UInt64 { low + (high - low) / 2 }

    private mutating func look(_ part: inout QueueCut.Part, _ queue: ClientQueue) {
        switch phase {
        case .bounding:
            guard part.next <= part.head else { return }
            let bounds = part.topic.locked { state in
                (
                    state.log.stamp(at: state.log.position(of: part.next)) ?? 0,
                    state.log.stamp(at: state.log.position(of: part.head)) ?? 0
                )
            }
            low = min(low, bounds.0)
            high = max(high, bounds.1)
        case .searching: sum += pending(part, before: part.end(after: middle), queue)
        case .placing: sum += pending(part, before: first(part), queue)
        case .trimming:
            let (first, end) = (first(part), part.end(after: low))
            // An earlier search may have found that more has to go.
            part.floor = max(part.floor, first)
            guard sum < count, first < end else { return }
            // The messages of that stamp are a run of one topic, of which some may stay.
            let (least, before) = (count - sum, pending(part, before: first, queue))
            var (few, many) = (first, end)
            while few < many {
                let half = few + (many - few) / 2
                if pending(part, before: half, queue) - before >= least { many = half } else { few = half + 1 }
            }
            part.floor = max(part.floor, few)
            sum += pending(part, before: few, queue) - before
        }
    }

    /// The first message of a part with the stamp that was found, or after it.
    private func first(_ part: QueueCut.Part) -> UInt64 { low > 0 ? part.end(after: low - 1) : part.next }

    /// How much below a sequence is pending.
    private func pending(_ part: QueueCut.Part, before sequence: UInt64, _ queue: ClientQueue) -> UInt64 {
        measure == .messages ? part.pending(before: sequence, queue) : part.pendingBytes(before: sequence)
    }

    private mutating func passEnded() -> Bool {
        switch phase {
        case .bounding:
            guard low <= high else { return true }
            phase = low < high ? .searching : .placing
        case .searching:
            if sum >= count { high = middle } else { low = middle + 1 }
            if low == high { phase = .placing }
        case .placing:
            phase = .trimming
            return false
        case .trimming: return true
        }
        sum = 0
        return false
    }
}

extension QueueCut.Part {
    /// The first message after a stamp.
    fileprivate func end(after stamp: UInt64) -> UInt64 {
        min(max(topic.locked { $0.log.position(after: stamp).sequence }, next), head + 1)
    }

    /// How many messages below a sequence are pending.
    fileprivate func pending(before sequence: UInt64, _ queue: ClientQueue) -> UInt64 {
        guard sequence > next else { return 0 }
        let ahead = queue.cursors[slot]?.outstanding?.count(in: next...sequence - 1) ?? (undone: 0, passed: 0)
        return sequence - next - min(ahead.undone + ahead.passed, sequence - next)
    }

    /// The frame bytes of the pending messages below a sequence, with those that the cursor has already.
    fileprivate func pendingBytes(before sequence: UInt64) -> UInt64 {
        guard sequence > next else { return 0 }
        let offset = topic.locked { $0.log.offset(ofSequence: min(sequence, head + 1)) }
        return min(max(offset, offsets.lowerBound), offsets.upperBound) - offsets.lowerBound
    }
}
