import DequeModule
import ZaichikProtocol

/// A message that was put aside until somebody decides about it.
struct ParkedEntry {
    /// Its number among those that the queue has parked.
    let number: UInt64
    let slot: UInt32
    /// The serial of the cursor: another one in its slot has another subscription.
    let serial: UInt32
    let sequence: UInt64
    /// How often it was delivered.
    let attempts: UInt32
    let reason: String
    /// µs since 1970.
    let since: UInt64
}

/// The parked messages of a queue, in the order in which they were parked.
struct ParkedMessages {
    private(set) var messages: Deque<ParkedEntry> = []
    private var lastNumber: UInt64 = 0
    /// How many of the first of them may be gone.
    private var unchecked = 0
    private let budget: MemoryBudget

    /// The most messages that a queue may have parked.
    static let most = PeerLimits.parked
    private static let bytes = MemoryLayout<ParkedEntry>.stride * 2

    init(budget: MemoryBudget) { self.budget = budget }

    var count: Int { messages.count }
    /// Whether so many more may be parked.
    func hasRoom(for more: UInt64) -> Bool { UInt64(count) + more <= UInt64(Self.most) && !budget.isExhausted }

    mutating func add(
        slot: UInt32, serial: UInt32, _ sequences: ClosedRange<UInt64>, attempts: UInt32, reason: String, now: UInt64
    ) {
        for sequence in sequences {
            lastNumber += 1
            messages.append(
                ParkedEntry(
                    number: lastNumber, slot: slot, serial: serial, sequence: sequence, attempts: attempts,
                    reason: reason, since: now))
        }
        budget.charge(Int(sequences.numbers) * Self.bytes)
    }

    /// The index of the first message with a number from a given one on.
    private func index(from number: UInt64) -> Int { messages.partition { $0.number >= number } }

    /// The messages after a number.
    func after(_ number: UInt64) -> Deque<ParkedEntry>.SubSequence { messages[index(from: number + 1)...] }

    /// The first number of a range that no parked message has; nil if all of them are parked.
    func firstMissing(in range: ClosedRange<UInt64>) -> UInt64? {
        var expected = range.lowerBound
        for message in messages[index(from: range.lowerBound)...] {
            guard message.number == expected else { return expected }
            guard expected < range.upperBound else { return nil }
            expected += 1
        }
        return expected
    }

    /// Removes the messages with the numbers of some ranges, ascending and disjoint.
    mutating func remove(_ ranges: [ClosedRange<UInt64>]) -> Deque<ParkedEntry> {
        var removed: Deque<ParkedEntry> = []
        var kept: Deque<ParkedEntry> = []
        var next = 0
        for range in ranges {
            let first = index(from: range.lowerBound)
            let end = range.upperBound == .max ? messages.count : index(from: range.upperBound + 1)
            kept.append(contentsOf: messages[next..<first])
            removed.append(contentsOf: messages[first..<end])
            next = end
        }
        kept.append(contentsOf: messages[next...])
        messages = kept
        unchecked = min(unchecked, messages.count)
        budget.charge(-removed.count * Self.bytes)
        return removed
    }

    mutating func removeAll() { _ = remove([0...UInt64.max]) }

    // MARK: What is gone

    /// Whether some may be gone, with their subscriptions or for the topics' limits.
    var hasGone: Bool { unchecked > 0 }

    /// Notes that any of them may be gone.
    mutating func someMayBeGone() { unchecked = messages.count }

    /// Removes those that are gone among some that may be.
    mutating func forgetGone(most: Int, where isGone: (ParkedEntry) -> Bool) {
        let part = max(unchecked - most, 0)..<unchecked
        unchecked = part.lowerBound
        let kept = messages[part].filter { !isGone($0) }
        guard kept.count < part.count else { return }
        messages.replaceSubrange(part, with: kept)
        budget.charge((kept.count - part.count) * Self.bytes)
    }
}
