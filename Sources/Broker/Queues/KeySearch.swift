import NIOCore
import ZaichikProtocol

/// Finds the messages of a key that a queue has still to deliver in a topic, or again: a walk through the log, in steps.
struct KeySearch {
    let key: [UInt8]
    /// Those that are to come for the first time.
    private(set) var pending = NumberRanges()
    /// Those that are to come again, or were put aside.
    private(set) var begun = NumberRanges()
    private(set) var pendingBytes: UInt64 = 0
    private(set) var bytes: UInt64 = 0
    private(set) var isTooScattered = false
    /// The next message to look at; nil until the first step.
    private var next: UInt64?

    private static let messagesPerStep = 512
    private static let bytesPerStep = 256 << 10

    init(_ key: [UInt8]) { self.key = key }

    var messages: UInt64 { pending.count + begun.count }
    /// The bytes of a pending one, on the average.
    var pendingShare: UInt64 { pendingBytes / max(pending.count, 1) }

    /// Does the next step.
    ///
    /// - Parameter takesReturned: Whether what is to come again is looked at, too.
    /// - Returns: Whether that was the last one.
    mutating func step(_ part: QueueCut.Part, _ queue: ClientQueue, takesReturned: Bool) -> Bool {
        guard let cursor = part.cursor(in: queue) else { return true }
        let outstanding = cursor.outstanding
        let begins = [outstanding?.aside.lowest, takesReturned ? outstanding?.returned.lowest : nil]
        var place = next ?? min(max(begins.compactMap(\.self).min() ?? part.next, part.settled), part.next)
        // What lies between messages that were delivered and those to come is not looked at.
        if place < part.next, let outstanding {
            let again = outstanding.nextUndone(from: place)?.lowerBound ?? part.next
            place = min(max(place, again), part.next)
        }
        guard place <= part.head else { return true }
        let limit = ReadLimit(
            messages: place < part.next
                ? min(Self.messagesPerStep, Int(clamping: part.next - place)) : Self.messagesPerStep,
            bytes: Self.bytesPerStep)
        let end = part.topic.locked { state in
            look(at: state.log, from: place, limit, cursor, isPending: place >= part.next, takesReturned)
        }
        next = end
        if pending.ranges.count + (outstanding?.passed.ranges.count ?? 0) > Outstanding.mostPassed {
            isTooScattered = true
            return true
        }
        return end > part.head
    }

    /// - Returns: The message to go on with.
    private mutating func look(
        at log: TopicLog, from place: UInt64, _ limit: ReadLimit, _ cursor: Cursor, isPending: Bool,
        _ takesReturned: Bool
    ) -> UInt64 {
        var position = log.position(of: place)
        var reading = log.read(&position, limit: limit, now: 0)
        // What was removed from the topic does not come anyway.
        while case .withheld = reading {
            guard position.sequence < place + UInt64(limit.messages) else { return position.sequence }
            reading = log.read(&position, limit: limit, now: 0)
        }
        // Messages may have been dropped since.
        guard case .messages(let taken) = reading else { return .max }
        var sequence = taken.firstSequence
        var offset = taken.offsets.lowerBound
        while offset < taken.offsets.upperBound {
            let length = taken.segment.frameLength(at: offset)
            if taken.segment.withKey(at: offset, { $0.map { $0.elementsEqual(key) } ?? false }) {
                note(sequence, length, cursor.outstanding, isPending: isPending, takesReturned)
            }
            offset += length
            sequence += 1
        }
        return sequence
    }

    private mutating func note(
        _ sequence: UInt64, _ length: Int, _ outstanding: Outstanding?, isPending: Bool, _ takesReturned: Bool
    ) {
        if let outstanding,
            outstanding.aside.contains(sequence)
                || takesReturned && outstanding.returned.contains(sequence)
        {
            begun.insert(sequence...sequence)
            bytes += UInt64(length)
        } else if isPending, outstanding?.has(sequence) != true {
            pending.insert(sequence...sequence)
            pendingBytes += UInt64(length)
            bytes += UInt64(length)
        }
    }
}

extension Outstanding {
    /// Whether the cursor has a message already, or it was taken out.
    fileprivate func has(_ sequence: UInt64) -> Bool { next(from: sequence)?.lowerBound == sequence }
}
