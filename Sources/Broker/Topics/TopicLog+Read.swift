import DequeModule
import NIOCore

/// How much a reader may take at once.
struct ReadLimit {
    var messages: Int
    /// One message may be longer, so that it can be had at all.
    var bytes: Int
    /// Only what arrived before this stamp.
    var before: UInt64 = .max
}

extension TopicLog {
    /// Whole frames that follow one another in one segment.
    struct Taken {
        var bytes: ByteBuffer
        var count: Int
        var firstSequence: UInt64
    }

    /// The segment's index, with the position put into it; nothing at the end of the log.
    func locate(_ position: inout LogPosition) -> Int? {
        guard position.sequence <= headSequence else { return nil }
        var index = position.segment - firstNumber
        if index < 0 || index >= segments.count || segments[index].firstSequence > position.sequence {
            position = self.position(of: position.sequence)
            // Everything may have been dropped.
            guard position.sequence <= headSequence else { return nil }
            index = position.segment - firstNumber
        }
        while position.offset == segments[index].used {
            index += 1
            position = LogPosition(segment: firstNumber + index, offset: 0, sequence: position.sequence)
        }
        return index
    }

    /// The stamp of the message at the position, or one before it that nothing of another topic separates from it.
    func stamp(at position: LogPosition) -> UInt64? {
        var position = position
        guard let index = locate(&position) else { return nil }
        let segment = segments[index]
        return segment.firstStamp + UInt64(segment.runs[segment.runIndex(at: position.offset)].stamp)
    }

    /// Takes what follows the position, and moves it.
    ///
    /// - Parameter isWanted: Asked for each message in turn, until it says no: that one is passed over if it is the
    ///   first, and left for the next read if not. Without it, messages are not looked at.
    /// - Returns: Nothing at the end, or if the next message may not be taken; a count of 0, if one was passed over.
    func read(
        _ position: inout LogPosition, limit: ReadLimit, isWanted: ((Segment, Int) -> Bool)? = nil
    ) -> Taken? {
        guard limit.messages > 0, let index = locate(&position) else { return nil }
        let segment = segments[index]
        let from = position.offset
        var end = segment.end(of: limit, from: from, sequence: position.sequence)
        guard end > from else { return nil }
        let sequence = position.sequence
        if let isWanted {
            end = segment.prefix(from: from, to: end, isWanted)
            guard end > from else {
                position.offset += segment.frameLength(at: from)
                position.sequence += 1
                return Taken(bytes: segment.slice(from: from, to: position.offset), count: 0, firstSequence: sequence)
            }
        }
        position.offset = end
        position.sequence = end == segment.used ? segment.lastSequence + 1 : segment.sequence(at: end)
        return Taken(
            bytes: segment.slice(from: from, to: end), count: Int(position.sequence - sequence),
            firstSequence: sequence)
    }
}

extension Segment {
    /// The offset behind the wanted messages that begin at `from`.
    fileprivate func prefix(from: Int, to end: Int, _ isWanted: (Segment, Int) -> Bool) -> Int {
        var offset = from
        while offset < end, isWanted(self, offset) { offset += frameLength(at: offset) }
        return offset
    }

    /// The run that has the offset.
    func runIndex(at offset: Int) -> Int {
        // A reader that keeps up is in the last run.
        if let last = runs.last, Int(last.offset) <= offset { return runs.count - 1 }
        return runs.partition { Int($0.offset) > offset } - 1
    }

    /// The offset up to which a reader at `from` may take.
    func end(of limit: ReadLimit, from: Int, sequence: UInt64) -> Int {
        var end = used
        if limit.before <= lastStamp {
            let first = runIndex(at: from)
            guard firstStamp + UInt64(runs[first].stamp) < limit.before else { return from }
            let beyond = runs.partition { firstStamp + UInt64($0.stamp) >= limit.before }
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

extension RandomAccessCollection where Index == Int {
    /// The index of the first element of which `isBeyond` holds; it holds for all that follow.
    func partition(_ isBeyond: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
