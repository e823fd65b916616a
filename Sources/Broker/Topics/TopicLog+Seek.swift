import DequeModule

extension TopicLog {
    /// Where the message with this sequence is: the earliest kept if it is gone, the end if it is still to come.
    func position(of sequence: UInt64) -> LogPosition {
        guard sequence <= headSequence, !segments.isEmpty else { return endPosition }
        let sequence = max(sequence, firstSequence)
        let index = segments.partition { $0.firstSequence > sequence } - 1
        let segment = segments[index]
        let run = segment.runs.partition { segment.sequence(at: Int($0.offset)) > sequence } - 1
        return walk(index, from: Int(segment.runs[run].offset)) { $0.sequence(at: $1) >= sequence }
    }

    /// The first message at or after a time, in µs since 1970.
    func position(atOrAfter time: UInt64) -> LogPosition {
        let index = segments.partition { $0.lastTimestamp >= time }
        guard index < segments.count else { return endPosition }
        let segment = segments[index]
        let run = max(segment.runs.partition { segment.timestamp(at: Int($0.offset)) >= time } - 1, 0)
        return walk(index, from: Int(segment.runs[run].offset)) { $0.timestamp(at: $1) >= time }
    }

    /// The first message of a run that arrived after a stamp.
    func position(after stamp: UInt64) -> LogPosition {
        let index = segments.partition { $0.lastStamp > stamp }
        guard index < segments.count else { return endPosition }
        let segment = segments[index]
        let run = segment.runs.partition { segment.firstStamp + UInt64($0.stamp) > stamp }
        guard run < segment.runs.count else {
            return index + 1 < segments.count ? begin(index + 1) : endPosition
        }
        let offset = Int(segment.runs[run].offset)
        return LogPosition(segment: firstNumber + index, offset: offset, sequence: segment.sequence(at: offset))
    }

    /// The earliest message after a stamp that is no longer kept, as far as is remembered; nothing, if all are kept.
    ///
    /// Exact to a segment: some messages of the first one may have been before the stamp.
    func firstDropped(after stamp: UInt64) -> UInt64? {
        dropped.first { $0.lastStamp > stamp }?.firstSequence
    }

    /// The log's offset of a position; of one before the log's start, the start.
    func offset(of position: LogPosition) -> UInt64 {
        var position = position
        guard let index = locate(&position) else { return end }
        return segments[index].start + UInt64(position.offset)
    }

    /// The timestamp of the message at a position; nothing at the end.
    func timestamp(at position: LogPosition) -> UInt64? {
        var position = position
        guard let index = locate(&position) else { return nil }
        return segments[index].timestamp(at: position.offset)
    }

    private func begin(_ index: Int) -> LogPosition {
        LogPosition(segment: firstNumber + index, offset: 0, sequence: segments[index].firstSequence)
    }

    private func walk(_ index: Int, from start: Int, until found: (Segment, Int) -> Bool) -> LogPosition {
        let segment = segments[index]
        var offset = start
        while offset < segment.used, !found(segment, offset) { offset += segment.frameLength(at: offset) }
        guard offset < segment.used else {
            return index + 1 < segments.count ? begin(index + 1) : endPosition
        }
        return LogPosition(segment: firstNumber + index, offset: offset, sequence: segment.sequence(at: offset))
    }
}
