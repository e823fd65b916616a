import ZaichikProtocol

/// What a client's queue adds up to over its topics. A queue may read a million, so it is added up in parts.
struct QueueTally: Equatable {
    var lag = QueueLag()
}

extension ClientQueue {
    /// Adds what some of the queue's slots have.
    func tally(_ slots: Range<Int>, into tally: inout QueueTally, now: UInt64) {
        // Every cursor with lag is ready, or has something in flight.
        guard hasReady || inFlightCount > 0 else { return }
        tally.lag = tally.lag + lag(of: slots, now: now)
    }

    /// What all of its slots have.
    func tally(now: UInt64) -> QueueTally {
        var tally = QueueTally()
        self.tally(cursors.slots, into: &tally, now: now)
        return tally
    }
}
