/// The messages that the cursors of a topic still need: for each cursor the earliest one, and the lowest of these.
///
/// Each cursor has a seat here, so that entering, moving and leaving take one step whatever the number of readers. The
/// lowest hold is always known; it is searched for only when the last cursor at it has moved on.
///
/// A cursor that began in the past is a *latecomer* as long as it reads what was published before it came: that holds
/// messages, but does not count against the topic's limit, for otherwise every subscriber from the earliest message
/// would take the room of those that were there.
struct Holds {
    private struct Seat {
        /// The earliest message that the cursor needs.
        var needed: UInt64
        /// The earliest message needed that counts against the limit; ``free`` in a seat without a cursor.
        var counted: UInt64
        let waiter: Waiter
        /// The seat's index in `waiting`, counted from 1; 0 if its cursor does not wait. In a free seat, the next free
        /// seat.
        var link: UInt32
    }

    private static let free = UInt64.max
    private static let noSeat = UInt32.max

    private var seats: [Seat] = []
    private var firstFree = Self.noSeat
    /// Whether nothing is held any more, and cursors only leave.
    private var hasEnded = false
    /// The number of cursors that hold messages.
    private(set) var count = 0
    /// The lowest hold that counts against the limit; `.max` if there is none.
    private(set) var lowestCounted = Self.free
    /// How many cursors are at the lowest hold.
    private var atLowest = 0
    /// The number of cursors that need messages that do not count against the limit.
    private var latecomers = 0
    /// The seats of cursors that wait for the next message, in no order.
    private var waiting: [UInt32] = []

    /// Cursors that begin at a time that is yet to come; nil if there are none.
    var awaited: AwaitedTimes?

    /// How far holds were ever raised. A cursor beyond it needs no look at its seat, which lies apart from those of the
    /// client's other topics.
    private(set) var highestRaise: UInt64 = 0

    /// Memory of one cursor here, in bytes.
    static let bytesPerCursor = MemoryLayout<Seat>.stride + MemoryLayout<UInt32>.stride

    /// The lowest hold of all, latecomers included; `.max` if there is none.
    var lowest: UInt64 {
        latecomers == 0 || hasEnded ? lowestCounted : seats.reduce(lowestCounted) { min($0, $1.needed) }
    }

    var isWaitingEmpty: Bool { waiting.isEmpty }
    var waitingCount: Int { waiting.count }

    // MARK: Seats

    /// Gives a cursor its seat.
    ///
    /// - Parameters:
    ///   - needed: The earliest message it needs.
    ///   - counted: The earliest one of these that counts against the limit.
    mutating func enter(_ waiter: Waiter, needed: UInt64, counted: UInt64) -> UInt32 {
        let seat: UInt32
        let entry = Seat(needed: needed, counted: counted, waiter: waiter, link: 0)
        if firstFree != Self.noSeat {
            seat = firstFree
            firstFree = seats[Int(seat)].link
            seats[Int(seat)] = entry
        } else {
            seat = UInt32(seats.count)
            seats.append(entry)
        }
        if needed < counted { latecomers += 1 }
        count += 1
        noteLower(counted)
        return seat
    }

    /// The earliest message that the cursor in a seat holds.
    @inline(__always)
    func needed(_ seat: UInt32) -> UInt64 { seats[Int(seat)].needed }

    /// Whether no cursor holds an earlier message that counts against the limit.
    func isAtLowest(_ seat: UInt32) -> Bool { seats[Int(seat)].counted == lowestCounted }

    /// Moves a hold on. It never moves back.
    ///
    /// - Returns: Whether the lowest hold that counts has risen.
    mutating func move(_ seat: UInt32, to needed: UInt64) -> Bool {
        let before = seats[Int(seat)]
        guard needed > before.needed else { return false }
        seats[Int(seat)].needed = needed
        guard needed >= before.counted else { return false }
        if before.needed < before.counted { latecomers -= 1 }
        guard needed > before.counted else { return false }
        seats[Int(seat)].counted = needed
        return leaveLowest(before.counted)
    }

    /// Moves a hold back. What it holds in addition does not count against the limit, as with a cursor that begins in the
    /// past.
    mutating func moveBack(_ seat: UInt32, to needed: UInt64) {
        let before = seats[Int(seat)]
        guard needed < before.needed else { return }
        seats[Int(seat)].needed = needed
        if before.needed >= before.counted { latecomers += 1 }
    }

    /// Ends a cursor's hold and its waiting.
    ///
    /// - Returns: Whether the lowest hold that counts has risen.
    mutating func leave(_ seat: UInt32) -> Bool {
        stopWaiting(seat)
        let before = seats[Int(seat)]
        if before.needed < before.counted { latecomers -= 1 }
        seats[Int(seat)].needed = Self.free
        seats[Int(seat)].counted = Self.free
        seats[Int(seat)].link = firstFree
        firstFree = seat
        count -= 1
        guard count > 0 else {
            // Nobody is left that a raise has moved.
            self = Holds()
            return true
        }
        return leaveLowest(before.counted)
    }

    /// Releases everything for good: the topic is gone. From now on a cursor that leaves costs no search for the lowest hold,
    /// however many there are.
    mutating func end() {
        hasEnded = true
        lowestCounted = Self.free
        atLowest = 0
    }

    /// Releases everything before a sequence for the cursors that hold back counted messages before it.
    ///
    /// - Returns: The earliest message that one of these cursors needed; nil if there were no such cursors.
    mutating func raise(to sequence: UInt64) -> UInt64? {
        var lowest: UInt64?
        highestRaise = max(highestRaise, sequence)
        for index in seats.indices where seats[index].counted < sequence {
            lowest = min(lowest ?? .max, seats[index].needed)
            if seats[index].needed < seats[index].counted { latecomers -= 1 }
            seats[index].needed = sequence
            seats[index].counted = sequence
        }
        lookForLowest()
        return lowest
    }

    /// Releases everything before a sequence for all cursors.
    ///
    /// - Returns: The earliest message that one of the cursors needed; nil if none of them needed a message before the
    ///   sequence.
    mutating func raiseAll(to sequence: UInt64) -> UInt64? {
        let lowest = lowest
        for index in seats.indices where seats[index].needed < sequence && seats[index].counted >= sequence {
            seats[index].needed = sequence
            if seats[index].counted == sequence { latecomers -= 1 }
        }
        _ = raise(to: sequence)
        return lowest < sequence ? lowest : nil
    }

    /// Visits the cursors in some seats.
    ///
    /// - Returns: Whether there are no seats after these.
    func visit(_ places: Range<Int>, _ body: (HeldSeat) -> Void) -> Bool {
        for seat in seats[places.clamped(to: seats.indices)] where seat.counted != Self.free {
            body(HeldSeat(needed: seat.needed, counted: seat.counted, waiter: seat.waiter))
        }
        return places.upperBound >= seats.count
    }

    private mutating func noteLower(_ sequence: UInt64) {
        if sequence < lowestCounted {
            lowestCounted = sequence
            atLowest = 1
        } else if sequence == lowestCounted {
            atLowest += 1
        }
    }

    private mutating func leaveLowest(_ before: UInt64) -> Bool {
        guard before == lowestCounted else { return false }
        atLowest -= 1
        guard atLowest == 0 else { return false }
        lookForLowest()
        return true
    }

    private mutating func lookForLowest() {
        lowestCounted = Self.free
        atLowest = 0
        for seat in seats where seat.counted != Self.free { noteLower(seat.counted) }
    }

    // MARK: Waiting for the next message

    mutating func wait(_ seat: UInt32) {
        guard seats[Int(seat)].link == 0 else { return }
        waiting.append(seat)
        seats[Int(seat)].link = UInt32(waiting.count)
    }

    mutating func stopWaiting(_ seat: UInt32) {
        let place = Int(seats[Int(seat)].link)
        guard place > 0 else { return }
        let last = waiting.removeLast()
        if last != seat {
            waiting[place - 1] = last
            seats[Int(last)].link = UInt32(place)
        }
        seats[Int(seat)].link = 0
    }

    /// Calls `body` for each cursor that waits; none of them waits afterwards.
    mutating func wakeAll(_ body: (Waiter) -> Void) {
        guard !waiting.isEmpty else { return }
        for seat in waiting {
            seats[Int(seat)].link = 0
            body(seats[Int(seat)].waiter)
        }
        waiting.removeAll(keepingCapacity: true)
    }
}
