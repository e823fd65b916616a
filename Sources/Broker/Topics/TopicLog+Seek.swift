import DequeModule

// Positions of visible messages. If a message is not visible yet, its position is that of the head.
extension TopicLog {
    /// The position of the message with this sequence; of the earliest stored one if it is gone, the head if it is
    /// still to come.
    func position(of sequence: UInt64) -> LogPosition { position(ofStored: min(sequence, headSequence + 1)) }

    /// The position before a message, even if that is no longer kept or is yet to come.
    func position(before sequence: UInt64) -> LogPosition {
        sequence >= firstSequence && sequence <= headSequence ? position(of: sequence) : .unlocated(sequence)
    }

    /// The first message at or after a time, in µs since 1970.
    func position(atOrAfter time: UInt64) -> LogPosition {
        let index = segments.partition { $0.lastTimestamp >= time }
        guard index < segments.count else { return headPosition }
        let segment = segments[index]
        let run = max(segment.runs.partition { segment.timestamp(at: Int($0.offset)) >= time } - 1, 0)
        return visible(walk(index, from: Int(segment.runs[run].offset)) { $0.timestamp(at: $1) >= time })
    }

    /// The first message of a run that arrived after a stamp.
    func position(after stamp: UInt64) -> LogPosition {
        let index = segments.partition { $0.lastStamp > stamp }
        guard index < segments.count else { return headPosition }
        let segment = segments[index]
        let run = segment.runs.partition { segment.firstStamp + UInt64($0.stamp) > stamp }
        guard run < segment.runs.count else {
            return index + 1 < segments.count ? visible(begin(index + 1)) : headPosition
        }
        let offset = Int(segment.runs[run].offset)
        return visible(
            LogPosition(segment: firstNumber + index, offset: offset, sequence: segment.sequence(at: offset)))
    }

    /// The first message that begins at or after an offset of the log.
    func position(atOrAfterOffset offset: UInt64) -> LogPosition {
        let index = segments.partition { $0.end > offset }
        guard index < segments.count else { return headPosition }
        let segment = segments[index]
        guard offset > segment.start else { return visible(begin(index)) }
        let wanted = Int(offset - segment.start)
        let run = max(segment.runs.partition { Int($0.offset) > wanted } - 1, 0)
        return visible(walk(index, from: Int(segment.runs[run].offset)) { $1 >= wanted })
    }

    private func visible(_ position: LogPosition) -> LogPosition {
        position.sequence <= headSequence ? position : headPosition
    }

    /// The log's offset of a position; the start for a position before the log's start.
    func offset(of position: LogPosition) -> UInt64 {
        var position = position
        guard let index = locate(&position) else { return appendedEnd }
        return segments[index].start + UInt64(position.offset)
    }

    /// The log's offset of a position, and the timestamp of the message there.
    ///
    /// - Returns: nil if it is not stored yet.
    @inline(__always)
    func mark(at position: LogPosition) -> (offset: UInt64, timestamp: UInt64)? {
        var position = position
        guard let index = locate(&position) else { return nil }
        let segment = segments[index]
        return (segment.start + UInt64(position.offset), segment.timestamp(at: position.offset))
    }

    /// The log's offset of a message; the start if it is gone, the end if it is still to come.
    func offset(ofSequence sequence: UInt64) -> UInt64 {
        if sequence > headSequence { return end }
        if sequence <= firstSequence { return start }
        return offset(of: position(ofStored: sequence))
    }

    /// The segment that has a stored message, and how many of its bytes are written.
    ///
    /// - Returns: nil if the message is gone, or not stored yet.
    func segment(with sequence: UInt64) -> (Segment, used: Int)? {
        guard sequence >= firstSequence, sequence <= appendedSequence else { return nil }
        let segment = segments[segments.partition { $0.firstSequence > sequence } - 1]
        return (segment, segment.used)
    }

    /// The timestamp of the message at a position.
    ///
    /// - Returns: nil if it is not stored yet.
    func timestamp(at position: LogPosition) -> UInt64? {
        var position = position
        guard let index = locate(&position) else { return nil }
        return segments[index].timestamp(at: position.offset)
    }
}
