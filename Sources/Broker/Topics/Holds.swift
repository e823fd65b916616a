/// What the cursors of a topic still need: for each the earliest message it is not done with, and the lowest of them.
///
/// Each cursor has a seat here, so that entering, moving and leaving take one step whatever the number of readers. The
/// lowest hold is known at any time; it is looked for anew only when the last cursor at it has moved on.
///
/// A cursor that began in the past is a *latecomer* as long as it reads what was published before it came: that holds
/// messages, but does not count against the topic's limit, for otherwise every subscriber from the earliest message
/// would take the room of those that were there.
struct Holds {
    private struct Seat {
        /// The earliest message needed that counts against the limit; ``free`` in a seat without a cursor.
        var counted: UInt64
        let waiter: Waiter
        /// The seat's place among those that wait for a message, from 1; 0: it does not wait. In a free seat, the next
        /// free one.
        var link: UInt32
    }

    private static let free = UInt64.max
    private static let noSeat = UInt32.max

    private var seats: [Seat] = []
    private var firstFree = Self.noSeat
    /// Cursors that hold something.
    private(set) var count = 0
    /// The lowest hold that counts against the limit; `.max` if there is none.
    private(set) var lowestCounted = Self.free
    /// How many cursors are at it.
    private var atLowest = 0
    /// What latecomers need, by seat; nil if there are none.
    private var latecomers: [UInt32: UInt64]?
    /// The seats of cursors that wait for the next message, in no order.
    private var waiting: [UInt32] = []

    /// Memory of one cursor here, in bytes.
    static let bytesPerCursor = MemoryLayout<Seat>.stride + MemoryLayout<UInt32>.stride

    /// The lowest hold of all, latecomers included; `.max` if there is none.
    var lowest: UInt64 {
        guard let latecomers else { return lowestCounted }
        return latecomers.values.reduce(lowestCounted) { min($0, $1) }
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
        let entry = Seat(counted: counted, waiter: waiter, link: 0)
        if firstFree != Self.noSeat {
            seat = firstFree
            firstFree = seats[Int(seat)].link
            seats[Int(seat)] = entry
        } else {
            seat = UInt32(seats.count)
            seats.append(entry)
        }
        if needed < counted { latecomers = (latecomers ?? [:]).merging([seat: needed]) { $1 } }
        count += 1
        noteLower(counted)
        return seat
    }

    /// The earliest message that the cursor in a seat holds.
    func needed(_ seat: UInt32) -> UInt64 { latecomers?[seat] ?? seats[Int(seat)].counted }

    /// Moves a hold on. It never moves back.
    ///
    /// - Returns: Whether the lowest hold that counts has risen.
    mutating func move(_ seat: UInt32, to needed: UInt64) -> Bool {
        if let before = latecomers?[seat] {
            guard needed > before else { return false }
            guard needed >= seats[Int(seat)].counted else {
                latecomers?[seat] = needed
                return false
            }
            removeLatecomer(seat)
        }
        let before = seats[Int(seat)].counted
        guard needed > before else { return false }
        seats[Int(seat)].counted = needed
        return leaveLowest(before)
    }

    /// Ends a cursor's hold and its waiting.
    ///
    /// - Returns: Whether the lowest hold that counts has risen.
    mutating func leave(_ seat: UInt32) -> Bool {
        stopWaiting(seat)
        removeLatecomer(seat)
        let before = seats[Int(seat)].counted
        seats[Int(seat)].counted = Self.free
        seats[Int(seat)].link = firstFree
        firstFree = seat
        count -= 1
        guard count > 0 else {
            self = Holds()
            return true
        }
        return leaveLowest(before)
    }

    /// Takes what is before a sequence from the cursors that hold back, as far as it counts, something before it.
    ///
    /// - Returns: The earliest message that one of these needed; nil if there were none.
    mutating func raise(to sequence: UInt64) -> UInt64? {
        var lowest: UInt64?
        for index in seats.indices where seats[index].counted < sequence {
            let needed = needed(UInt32(index))
            lowest = min(lowest ?? needed, needed)
            seats[index].counted = sequence
            removeLatecomer(UInt32(index))
        }
        lookForLowest()
        return lowest
    }

    /// Takes what is before a sequence from all cursors.
    ///
    /// - Returns: The earliest message that one of these needed; nil if none needed any of it.
    mutating func raiseAll(to sequence: UInt64) -> UInt64? {
        let lowest = lowest
        for (seat, needed) in latecomers ?? [:] where needed < sequence {
            if seats[Int(seat)].counted <= sequence { removeLatecomer(seat) } else { latecomers?[seat] = sequence }
        }
        _ = raise(to: sequence)
        return lowest < sequence ? lowest : nil
    }

    private mutating func removeLatecomer(_ seat: UInt32) {
        guard latecomers != nil else { return }
        latecomers?[seat] = nil
        if latecomers?.isEmpty == true { latecomers = nil }
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

    private mutating func stopWaiting(_ seat: UInt32) {
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
