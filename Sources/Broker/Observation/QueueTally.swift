import ZaichikProtocol

/// What a client's queue adds up to over its topics. A queue may read a million, so it is added up in parts.
struct QueueTally: Equatable {
    var lag = QueueLag()
    /// Topics that the queue reads.
    var topics = 0
    /// Messages withheld because their key had been delivered, by cursors that are still there.
    var duplicates: UInt64 = 0
    /// Cursors whose topics were looked at for it.
    private(set) var looks = 0

    /// Adds the lag of one cursor.
    mutating func add(_ other: QueueLag) {
        looks += 1
        lag.pending += other.pending
        lag.inFlight += other.inFlight
        lag.bytes += other.bytes
        guard let oldest = other.oldest else { return }
        lag.oldest = min(lag.oldest ?? oldest, oldest)
    }
}

extension ClientQueue {
    /// Adds what some of the queue's slots have.
    func tally(_ slots: Range<Int>, into tally: inout QueueTally, now: UInt64) {
        // Every cursor with lag is ready, or has something in flight.
        let mayLag = hasReady || inFlightCount > 0
        for slot in slots.clamped(to: cursors.indices) {
            guard let cursor = cursors[slot] else { continue }
            if !cursor.isDetached { tally.topics += 1 }
            tally.duplicates += cursor.duplicates
            guard mayLag, !(cursor.isArmed && cursor.inFlight == 0) else { continue }
            tally.add(lag(of: cursor, now: now))
        }
    }

    /// What all of its slots have.
    func tally(now: UInt64) -> QueueTally {
        var tally = QueueTally()
        self.tally(cursors.indices, into: &tally, now: now)
        return tally
    }
}
