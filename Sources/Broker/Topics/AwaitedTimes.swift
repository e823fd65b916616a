/// The cursors of a topic that begin at a time that is yet to come.
///
/// The first message of that time is found when it is published, before anything can be dropped: so it is known what
/// was meant for a cursor, however late its client reads.
final class AwaitedTimes {
    /// The times of cursors, in µs since 1970, by their seats.
    private var waiting: [UInt32: UInt64] = [:]
    /// None of those is earlier.
    private var earliest = UInt64.max
    /// The first messages of cursors whose times have come, by their seats.
    private var begun: [UInt32: UInt64] = [:]

    /// Memory of one cursor here, in bytes.
    static let bytesPerCursor = 64

    var isEmpty: Bool { waiting.isEmpty && begun.isEmpty }

    func wait(_ seat: UInt32, for time: UInt64) {
        waiting[seat] = time
        earliest = min(earliest, time)
    }

    /// Notes the first messages of the times that have come.
    @inline(__always)
    func resolve(_ log: TopicLog) {
        if earliest <= log.lastTimestamp { look(log) }
    }

    private func look(_ log: TopicLog) {
        earliest = .max
        for (seat, time) in waiting {
            let sequence = log.position(atOrAfter: time).sequence
            if sequence <= log.headSequence {
                begun[seat] = sequence
                waiting[seat] = nil
            } else {
                earliest = min(earliest, time)
            }
        }
    }

    /// The first message of a cursor; nil if its time has not come.
    func first(_ seat: UInt32) -> UInt64? { begun[seat] }

    func remove(_ seat: UInt32) {
        waiting[seat] = nil
        begun[seat] = nil
    }
}
