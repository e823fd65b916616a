import DequeModule
import NIOCore

extension TopicLog {
    /// The position at which the next message will become visible.
    var headPosition: LogPosition { position(ofStored: headSequence + 1) }

    /// The position after the newest stored byte.
    private var appendedPosition: LogPosition {
        guard let last = segments.last else {
            return LogPosition(segment: firstNumber, offset: 0, sequence: appendedSequence + 1)
        }
        return LogPosition(
            segment: firstNumber + segments.count - 1, offset: last.used, sequence: appendedSequence + 1)
    }

    /// The position of a stored message; of the earliest one if it is gone, the end if it is still to come.
    func position(ofStored sequence: UInt64) -> LogPosition {
        guard sequence <= appendedSequence, !segments.isEmpty else { return appendedPosition }
        let sequence = max(sequence, firstSequence)
        let index = segments.partition { $0.firstSequence > sequence } - 1
        let segment = segments[index]
        let run = segment.runs.partition { segment.sequence(at: Int($0.offset)) > sequence } - 1
        return walk(index, from: Int(segment.runs[run].offset)) { $0.sequence(at: $1) >= sequence }
    }

    func walk(_ index: Int, from start: Int, until found: (Segment, Int) -> Bool) -> LogPosition {
        let segment = segments[index]
        var offset = start
        while offset < segment.used, !found(segment, offset) { offset += segment.frameLength(at: offset) }
        guard offset < segment.used else {
            return index + 1 < segments.count ? begin(index + 1) : appendedPosition
        }
        return LogPosition(segment: firstNumber + index, offset: offset, sequence: segment.sequence(at: offset))
    }

    func begin(_ index: Int) -> LogPosition {
        LogPosition(segment: firstNumber + index, offset: 0, sequence: segments[index].firstSequence)
    }

    /// The index of the segment at a position, which is put into that segment.
    ///
    /// - Returns: nil if the message is not stored yet.
    func locate(_ position: inout LogPosition) -> Int? {
        guard position.sequence <= appendedSequence else { return nil }
        var index = position.segment - firstNumber
        if index < 0 || index >= segments.count || segments[index].firstSequence > position.sequence {
            position = self.position(ofStored: position.sequence)
            // Everything may have been dropped.
            guard position.sequence <= appendedSequence else { return nil }
            index = position.segment - firstNumber
        }
        while position.offset == segments[index].used {
            index += 1
            position = LogPosition(segment: firstNumber + index, offset: 0, sequence: position.sequence)
        }
        return index
    }

    /// The stretch of one publisher's messages that has a visible message, as far as one segment shows it.
    ///
    /// - Returns: nil if the message is gone, or not visible yet.
    func stretch(of sequence: UInt64) -> PublishedStretch? {
        guard sequence >= firstSequence, sequence <= headSequence else { return nil }
        return segments[segments.partition { $0.firstSequence > sequence } - 1].stretch(of: sequence)
    }

    /// The stamp of the message at the position, or of an earlier one with no message of another topic in between.
    ///
    /// - Returns: nil if the message is not visible.
    func stamp(at position: LogPosition) -> UInt64? {
        var position = position
        guard position.sequence <= headSequence, let index = locate(&position) else { return nil }
        return segments[index].stamp(at: position.offset)
    }

    /// Takes what follows the position, and moves it.
    ///
    /// A message that is withheld is skipped if it is the first, and left for the next read if not.
    ///
    /// - Parameters:
    ///   - now: For messages that are withheld at an age.
    ///   - withholds: Called for each message until it returns a reason. If nil, messages are not examined.
    func read(
        _ position: inout LogPosition, limit: ReadLimit, now: UInt64,
        withholds: ((Segment, Int) -> WithheldReason?)? = nil
    ) -> LogReading {
        guard position.sequence <= headSequence, let index = locate(&position) else { return .notHere }
        guard limit.messages > 0 else { return .limited }
        let segment = segments[index]
        let from = position.offset
        var limit = limit
        limit.messages = min(limit.messages, Int(headSequence + 1 - position.sequence))
        var end = segment.end(of: limit, from: from, sequence: position.sequence)
        guard end > from else { return .limited }
        guard limit.most == .max || segment.frameLength(at: from) <= limit.most else { return .tooLong }
        let sequence = position.sequence
        if segment.firstExpiry <= now || withholds != nil {
            let reason = segment.shorten(&end, from: from, now: now, withholds)
            if end == from, let reason {
                let length = segment.frameLength(at: from)
                position.offset += length
                position.sequence += 1
                return .withheld(reason, bytes: length)
            }
        }
        precondition(end <= segment.used, "a read reaches past what is written")
        position.offset = end
        position.sequence = end == segment.used ? segment.lastSequence + 1 : segment.sequence(at: end)
        return .messages(
            TakenRun(
                segment: segment, offsets: from..<end, count: Int(position.sequence - sequence),
                firstSequence: sequence, lastStamp: segment.stamp(at: end - 1)))
    }
}

extension RandomAccessCollection where Index == Int {
    /// The index of the first element for which `isBeyond` is true; it has to be true for all that follow.
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
