/// The sums of a client's queue over its topics. A queue may read a million topics, so it is added up in parts.
struct QueueTally: Equatable {
    var lag = QueueLag()
    /// The number of cursors whose topics were visited.
    private(set) var looks = 0
    /// The slot with the largest part of the lag; nil if there is no lag.
    private(set) var worst: (slot: Int, messages: UInt64)?
    /// A slot whose topic the queue holds back while publishers wait; nil if there is none.
    var holding: Int?

    /// - Parameter worst: See there.
    init(lag: QueueLag = QueueLag(), worst: (slot: Int, messages: UInt64)? = nil) {
        self.lag = lag
        self.worst = worst
    }

    static func == (left: Self, right: Self) -> Bool { left.lag == right.lag && left.looks == right.looks }

    mutating func add(_ other: QueueLag, slot: Int) {
        looks += 1
        lag.add(other)
        if other.messages > worst?.messages ?? 0 { worst = (slot, other.messages) }
    }
}

extension ClientQueue {
    /// Adds some of the queue's slots.
    func tally(_ slots: Range<Int>, into tally: inout QueueTally, now: UInt64, first: FirstInFlight) {
        guard hasLag else { return }
        if slots.lowerBound == 0 { tally.lag.add(goneLag) }
        var rest = slots
        while let slot = cursors.firstLagging(in: rest) {
            rest = slot + 1..<rest.upperBound
            tally.add(lag(ofSlot: slot, now: now, first: first), slot: slot)
        }
    }

    /// The tally of all slots.
    func tally(now: UInt64, first: FirstInFlight) -> QueueTally {
        var tally = QueueTally()
        self.tally(cursors.slots, into: &tally, now: now, first: first)
        return tally
    }
}
