import ZaichikProtocol

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

    /// Sequences ahead of the cursor that an operator has taken out of the queue, and that the client is told of when the
    /// cursor comes there. The first ones may be behind the cursor already.
    private(set) var passed = NumberRanges()
    /// How many ranges of those are behind the cursor, how many messages are not, and their frame bytes.
    private var passedBehind = 0
    private var passedLeft: UInt64 = 0
    private(set) var passedBytes: UInt64 = 0

    /// The most ranges of them.
    static let mostPassed = PeerLimits.purgedStretches

    private var undone: [NumberRanges] { [inFlight, returned, parked, aside] }
    private var all: [NumberRanges] { passed.isEmpty ? undone : undone + [passed] }
    var isEmpty: Bool { all.allSatisfy(\.isEmpty) }
    /// How many ranges they are.
    var rangeCount: Int {
        inFlight.ranges.count + returned.ranges.count + parked.ranges.count + aside.ranges.count
    }
    /// The earliest message that the cursor is not done with; nil if there is none.
    var lowest: UInt64? { undone.map(\.lowest).compactMap(\.self).min() }

    /// What of the messages from a sequence on the cursor is not to read, as it has them already: only a cursor that was set
    /// back comes to such messages.
    func next(from sequence: UInt64) -> ClosedRange<UInt64>? {
        let undone = nextUndone(from: sequence)
        return passed.isEmpty ? undone : Self.earlier(undone, passed.next(from: sequence))
    }

    /// Likewise, without what was taken out of the queue.
    func nextUndone(from sequence: UInt64) -> ClosedRange<UInt64>? {
        // Asked for each stretch that is read, so no list of the sets is made.
        Self.earlier(
            Self.earlier(inFlight.next(from: sequence), returned.next(from: sequence)),
            Self.earlier(parked.next(from: sequence), aside.next(from: sequence)))
    }

    private static func earlier(_ one: ClosedRange<UInt64>?, _ other: ClosedRange<UInt64>?) -> ClosedRange<UInt64>? {
        guard let one, let other else { return one ?? other }
        return one.lowerBound <= other.lowerBound ? one : other
    }

    /// How many of some messages the cursor has already, and how many of them were taken out of the queue.
    func count(in range: ClosedRange<UInt64>) -> (undone: UInt64, passed: UInt64) {
        (undone.reduce(0) { $0 + $1.count(in: range) }, passed.count(in: range))
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

    /// How many ranges of each kind are found to be lost in one step.
    private static let lostAStep = 1024

    /// Forgets what was returned, parked or put aside and is no longer kept: the first of it, if it is much.
    ///
    /// - Returns: The sequences that are lost, and whether these are all.
    func lose(below end: UInt64) -> (lost: [ClosedRange<UInt64>], isAll: Bool) {
        let floor = [returned, parked, aside].reduce(end) { $1.bound($0, toRanges: Self.lostAStep) }
        let before = returned.count
        let gone = returned.remove(below: floor) + parked.remove(below: floor) + aside.remove(below: floor)
        var lost = NumberRanges()
        for range in gone.sorted(by: { $0.lowerBound < $1.lowerBound }) { lost.insert(range) }
        if aside.isEmpty { asideBytes = 0 }
        if before > 0 { returnedBytes = returnedBytes / Int(before) * Int(returned.count) }
        return (lost.ranges, floor == end)
    }

    // MARK: What was taken out

    /// Notes that messages ahead of the cursor are not to come.
    func pass(_ range: ClosedRange<UInt64>, bytes: UInt64) {
        passed.insert(range)
        passedLeft += range.numbers
        passedBytes += bytes
    }

    /// What was taken out of the queue at a sequence; nil if nothing was. It has been told of then.
    func tellPassed(at sequence: UInt64) -> ClosedRange<UInt64>? {
        guard let range = passed.next(from: sequence), range.lowerBound == sequence else { return nil }
        tellPassed(range.numbers, below: range.upperBound + 1)
        return range
    }

    /// Forgets what was taken out below a sequence, as the client was told. Not at once: each time would move all others.
    ///
    /// - Parameter count: How many they are.
    func tellPassed(_ count: UInt64, below sequence: UInt64) {
        guard count > 0 else { return }
        passedBytes = passedBytes / max(passedLeft, 1) * (passedLeft - min(count, passedLeft))
        passedLeft -= min(count, passedLeft)
        passedBehind += 1
        guard passedLeft > 0 else { return forgetPassed() }
        guard passedBehind * 2 > passed.ranges.count else { return }
        _ = passed.remove(below: sequence)
        passedBehind = 0
    }

    /// Has everything come that was taken out and not told: the queue is moved.
    func forgetPassed() {
        passed = NumberRanges()
        passedBehind = 0
        passedLeft = 0
        passedBytes = 0
    }

    /// Takes out messages that were to come again, or were put aside.
    ///
    /// - Parameter returned: Whether those that were to come again go, too.
    /// - Returns: The sequences that were there.
    func takeOut(_ range: ClosedRange<UInt64>, returned takesReturned: Bool) -> [ClosedRange<UInt64>] {
        let before = returned.count
        var gone = aside.remove(range)
        if takesReturned { gone += returned.remove(range) }
        if aside.isEmpty { asideBytes = 0 }
        if before > returned.count { returnedBytes = returnedBytes / Int(before) * Int(returned.count) }
        return gone.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Takes out messages that were to come again, or were put aside.
    ///
    /// - Parameter ranges: In ascending order.
    /// - Returns: The sequences that were there.
    func takeOut(_ ranges: ArraySlice<ClosedRange<UInt64>>) -> [ClosedRange<UInt64>] {
        let before = returned.count
        let gone = aside.remove(ranges) + returned.remove(ranges)
        if aside.isEmpty { asideBytes = 0 }
        if before > returned.count { returnedBytes = returnedBytes / Int(before) * Int(returned.count) }
        return gone.sorted { $0.lowerBound < $1.lowerBound }
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
