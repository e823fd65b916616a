import DequeModule

// How far a reader may take.
extension Segment {
    /// The run that has the offset.
    func runIndex(at offset: Int) -> Int {
        // A reader that keeps up is in the last run.
        if let last = runs.last, Int(last.offset) <= offset { return runs.count - 1 }
        return runs.partition { Int($0.offset) > offset } - 1
    }

    /// The stamp of the run that has the offset.
    func stamp(at offset: Int) -> UInt64 { firstStamp + UInt64(runs[runIndex(at: offset)].stamp) }

    /// Moves the end of what is read at `from` to the first message that is withheld.
    ///
    /// - Returns: Why that message is withheld; nil if none is.
    func shorten(
        _ end: inout Int, from: Int, now: UInt64, _ withholds: ((Segment, Int) -> WithheldReason?)?
    ) -> WithheldReason? {
        let isLookedThrough = firstExpiry <= now
        var offset = from
        while offset < end {
            var reason: WithheldReason?
            if isLookedThrough, isPurged(at: offset) {
                reason = .purged
            } else if isLookedThrough, isOutlived(at: offset, now: now) {
                reason = .outlived
            } else if let withholds {
                reason = withholds(self, offset)
            }
            if let reason {
                end = offset
                return reason
            }
            offset += frameLength(at: offset)
        }
        return nil
    }

    /// The offset up to which a reader at `from` may take.
    func end(of limit: ReadLimit, from: Int, sequence: UInt64) -> Int {
        var end = used
        if limit.before <= lastStamp {
            let first = runIndex(at: from)
            guard firstStamp + UInt64(runs[first].stamp) < limit.before else { return from }
            // Where publishes alternate between topics, it is the next run.
            var beyond = first + 1
            if beyond < runs.count, firstStamp + UInt64(runs[beyond].stamp) < limit.before {
                beyond = runs.partition { firstStamp + UInt64($0.stamp) >= limit.before }
            }
            if beyond < runs.count { end = Int(runs[beyond].offset) }
        }
        if end - from <= limit.bytes, Int(lastSequence - sequence) < limit.messages { return end }
        return walk(from: from, to: end, sequence: sequence, limit: limit)
    }

    private func walk(from: Int, to end: Int, sequence: UInt64, limit: ReadLimit) -> Int {
        let lastAllowed = sequence + UInt64(limit.messages)
        var offset = from
        // By whole runs first, so that a walk over frames is never longer than one.
        let beyond = runs.partition {
            let start = Int($0.offset)
            return start > from && (start > end || start - from > limit.bytes || self.sequence(at: start) > lastAllowed)
        }
        if beyond > 0, Int(runs[beyond - 1].offset) > from { offset = Int(runs[beyond - 1].offset) }
        var taken = offset == from ? 0 : self.sequence(at: offset) - sequence
        while offset < end, taken < UInt64(limit.messages) {
            let next = offset + frameLength(at: offset)
            if next - from > limit.bytes, taken > 0 { break }
            offset = next
            taken += 1
        }
        return offset
    }
}
