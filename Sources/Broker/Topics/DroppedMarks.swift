import DequeModule

/// A record of what a log no longer has: it shows how far a start in the past missed its first message.
///
/// A mark stands for some MiB of dropped messages. There is a bounded number of marks; old ones are joined in pairs, so
/// that they grow coarser with age and none is ever forgotten.
struct DroppedMarks {
    private struct Mark {
        var firstSequence: UInt64
        var lastStamp: UInt64
        var bytes: Int
    }

    private var marks: Deque<Mark> = []

    private static let most = 256
    /// Short segments share a mark.
    private static let markBytes = TopicLog.largestSegment

    mutating func note(_ segment: Segment) {
        if let last = marks.last, last.bytes + segment.used <= Self.markBytes {
            marks[marks.count - 1].lastStamp = segment.lastStamp
            marks[marks.count - 1].bytes += segment.used
            return
        }
        marks.append(
            Mark(firstSequence: segment.firstSequence, lastStamp: segment.lastStamp, bytes: segment.used))
        if marks.count > Self.most { joinOldest() }
    }

    /// Joins the older half in pairs.
    private mutating func joinOldest() {
        var joined: Deque<Mark> = []
        let half = Self.most / 2
        for index in stride(from: 0, to: half, by: 2) {
            var mark = marks[index]
            mark.lastStamp = marks[index + 1].lastStamp
            mark.bytes += marks[index + 1].bytes
            joined.append(mark)
        }
        joined.append(contentsOf: marks.dropFirst(half))
        marks = joined
    }

    /// The first message of the earliest mark with messages after a stamp; nil if there is none.
    func first(after stamp: UInt64) -> UInt64? {
        let index = marks.partition { $0.lastStamp > stamp }
        return index < marks.count ? marks[index].firstSequence : nil
    }
}
