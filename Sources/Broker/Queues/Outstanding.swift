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
    /// Sequences that were read and wait for what is in flight of their keys. They count as pending.
    private(set) var aside = NumberRanges()
    /// Frame bytes of what is put aside.
    private(set) var asideBytes = 0
    /// Frame bytes of what is returned; shares, where only a part of a run was returned.
    private(set) var returnedBytes = 0

    private var all: [NumberRanges] { [inFlight, returned, parked, aside] }
    var isEmpty: Bool { all.allSatisfy(\.isEmpty) }
    /// How many ranges they are.
    var rangeCount: Int {
        inFlight.ranges.count + returned.ranges.count + parked.ranges.count + aside.ranges.count
    }
    /// The earliest message that the cursor is not done with; nil if there is none.
    var lowest: UInt64? { all.map(\.lowest).compactMap(\.self).min() }

    /// What of the messages from a sequence on the cursor is not to read, as it has them already: only a cursor that was set
    /// back comes to such messages.
    func next(from sequence: UInt64) -> ClosedRange<UInt64>? {
        all.compactMap { $0.next(from: sequence) }.min { $0.lowerBound < $1.lowerBound }
    }

    /// How many messages from a sequence on the cursor has already.
    func count(from sequence: UInt64) -> UInt64 {
        all.reduce(0) { $0 + $1.count(in: sequence...(.max)) }
    }

    /// What of a set of messages the cursor does not have already.
    func missing(of messages: NumberRanges) -> NumberRanges { all.reduce(messages) { $0.subtracting($1) } }

    func delivered(_ range: ClosedRange<UInt64>) { inFlight.insert(range) }
    func done(_ range: ClosedRange<UInt64>) { inFlight.remove(range) }

    func putAside(_ sequence: UInt64, bytes: Int) {
        aside.insert(sequence...sequence)
        asideBytes += bytes
    }

    /// Has a message that was put aside be read anew.
    func readAnew(_ sequence: UInt64, bytes: Int) { removeAside(sequence...sequence, bytes: bytes) }

    /// Delivers what was put aside.
    func deliveredAside(_ range: ClosedRange<UInt64>, bytes: Int) {
        removeAside(range, bytes: bytes)
        inFlight.insert(range)
    }

    /// Delivers again what was returned.
    func deliveredAgain(_ range: ClosedRange<UInt64>, bytes: Int) {
        removeReturned(range, bytes: bytes)
        inFlight.insert(range)
    }

    /// Is done with a message that was returned or put aside, without another delivery.
    func withheld(_ sequence: UInt64, bytes: Int) {
        guard aside.contains(sequence) else { return removeReturned(sequence...sequence, bytes: bytes) }
        aside.remove(sequence...sequence)
        asideBytes = aside.isEmpty ? 0 : max(asideBytes - bytes, 0)
    }

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

    /// Forgets what was returned, parked or put aside and is no longer kept.
    ///
    /// - Returns: The sequences that are lost.
    func lose(below floor: UInt64) -> [ClosedRange<UInt64>] {
        let before = returned.count
        let gone = returned.remove(below: floor) + parked.remove(below: floor) + aside.remove(below: floor)
        var lost = NumberRanges()
        for range in gone.sorted(by: { $0.lowerBound < $1.lowerBound }) { lost.insert(range) }
        if aside.isEmpty { asideBytes = 0 }
        if before > 0 { returnedBytes = returnedBytes / Int(before) * Int(returned.count) }
        return lost.ranges
    }

    /// How much of what was returned, of what was parked, and of what was put aside is lost below a floor.
    func lost(below floor: UInt64) -> (returned: UInt64, parked: UInt64, aside: UInt64) {
        (returned.count(below: floor), parked.count(below: floor), aside.count(below: floor))
    }

    private func removeAside(_ range: ClosedRange<UInt64>, bytes: Int) {
        guard !aside.remove(range).isEmpty else { return }
        asideBytes = aside.isEmpty ? 0 : max(asideBytes - bytes, 0)
    }

    private func removeReturned(_ range: ClosedRange<UInt64>, bytes: Int) {
        guard !returned.remove(range).isEmpty else { return }
        returnedBytes = returned.isEmpty ? 0 : max(returnedBytes - bytes, 0)
    }
}
