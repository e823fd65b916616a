/// What a client's queue adds up to over its topics. A queue may read a million, so it is added up in parts.
struct QueueTally: Equatable {
    var lag = QueueLag()
    /// Cursors whose topics were looked at for it.
    private(set) var looks = 0

    mutating func add(_ other: QueueLag) {
        looks += 1
        lag.add(other)
    }
}

extension ClientQueue {
    /// Adds what some of the queue's slots have.
    func tally(_ slots: Range<Int>, into tally: inout QueueTally, now: UInt64) {
        // Every cursor with lag is ready, or has something in flight.
        guard hasReady || inFlightCount > 0 else { return }
        for slot in slots.clamped(to: cursors.slots) where cursors[slot]?.hasLag == true {
            tally.add(lag(ofSlot: slot, now: now))
        }
    }

    /// What all of its slots have.
    func tally(now: UInt64) -> QueueTally {
        var tally = QueueTally()
        self.tally(cursors.slots, into: &tally, now: now)
        return tally
    }
}
