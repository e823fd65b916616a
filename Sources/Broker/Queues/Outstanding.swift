/// What a cursor has delivered and is not done with, once that is more than a run behind which all is done: something was
/// returned or parked, or was settled ahead of what was delivered before it.
///
/// A cursor without such a hole has none, and costs nothing for it.
final class Outstanding {
    /// Sequences in flight at some attachment.
    private(set) var inFlight = NumberRanges()
    /// Sequences that come again.
    private(set) var returned = NumberRanges()
    /// Sequences put aside until somebody decides about them.
    private(set) var parked = NumberRanges()
    /// Frame bytes of what is returned; shares, where only a part of a run was returned.
    private(set) var returnedBytes = 0

    var isEmpty: Bool { inFlight.isEmpty && returned.isEmpty && parked.isEmpty }
    /// The earliest message that the cursor is not done with; nil if there is none.
    var lowest: UInt64? { [inFlight.lowest, returned.lowest, parked.lowest].compactMap(\.self).min() }

    /// What of the messages from a sequence on the cursor is not to read, as it has them already: only a cursor that was set
    /// back comes to such messages.
    func next(from sequence: UInt64) -> ClosedRange<UInt64>? {
        [inFlight, returned, parked].compactMap { $0.next(from: sequence) }.min { $0.lowerBound < $1.lowerBound }
    }

    /// How many messages from a sequence on the cursor has already.
    func count(from sequence: UInt64) -> UInt64 {
        [inFlight, returned, parked].reduce(0) { $0 + $1.count(in: sequence...(.max)) }
    }

    /// What of a range the cursor has already.
    func intersection(_ range: ClosedRange<UInt64>) -> [ClosedRange<UInt64>] {
        [inFlight, returned, parked].flatMap { $0.intersection(range) }
    }

    func delivered(_ range: ClosedRange<UInt64>) { inFlight.insert(range) }
    func done(_ range: ClosedRange<UInt64>) { inFlight.remove(range) }

    /// Delivers again what was returned.
    func deliveredAgain(_ range: ClosedRange<UInt64>, bytes: Int) {
        removeReturned(range, bytes: bytes)
        inFlight.insert(range)
    }

    /// Is done with what was returned, without another delivery.
    func withheld(_ range: ClosedRange<UInt64>, bytes: Int) { removeReturned(range, bytes: bytes) }

    /// - Returns: What of it was in flight: the rest belongs to a subscription that has ended.
    func giveBack(_ range: ClosedRange<UInt64>, bytes: Int) -> [ClosedRange<UInt64>] {
        let parts = inFlight.remove(range)
        for part in parts {
            returned.insert(part)
            returnedBytes += bytes * Int(part.numbers) / Int(range.numbers)
        }
        return parts
    }

    /// - Returns: What of it was in flight.
    func park(_ range: ClosedRange<UInt64>) -> [ClosedRange<UInt64>] {
        let parts = inFlight.remove(range)
        for part in parts { parked.insert(part) }
        return parts
    }

    /// Has a parked message come again.
    ///
    /// - Returns: Whether it was parked.
    func release(_ sequence: UInt64) -> Bool {
        guard !parked.remove(sequence...sequence).isEmpty else { return false }
        returned.insert(sequence...sequence)
        return true
    }

    /// - Returns: Whether it was parked.
    func drop(_ sequence: UInt64) -> Bool { !parked.remove(sequence...sequence).isEmpty }

    /// Forgets what was returned or parked and is no longer kept.
    ///
    /// - Returns: The sequences that are lost.
    func lose(below floor: UInt64) -> [ClosedRange<UInt64>] {
        let before = returned.count
        var lost = NumberRanges()
        for range in returned.remove(below: floor) + parked.remove(below: floor) { lost.insert(range) }
        if before > 0 { returnedBytes = returnedBytes / Int(before) * Int(returned.count) }
        return lost.ranges
    }

    /// How much of what was returned, and of what was parked, is lost below a floor.
    func lost(below floor: UInt64) -> (returned: UInt64, parked: UInt64) {
        (returned.count(below: floor), parked.count(below: floor))
    }

    private func removeReturned(_ range: ClosedRange<UInt64>, bytes: Int) {
        returned.remove(range)
        returnedBytes = returned.isEmpty ? 0 : max(returnedBytes - bytes, 0)
    }
}
