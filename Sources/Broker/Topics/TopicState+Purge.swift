import ZaichikProtocol

// What an operator removes from a topic. docs/PROTOCOL.md, "ACT".
extension TopicState {
    /// What is kept, without what was removed from its middle.
    func retained(now: UInt64) -> (messages: UInt64, bytes: UInt64) {
        let earliest = earliest(now: now)
        let purged = log.purged(from: earliest)
        return (
            log.headSequence + 1 - earliest - purged.messages,
            log.end - log.offset(ofSequence: earliest) - purged.bytes
        )
    }

    /// What is kept below a sequence, and its frame bytes.
    func kept(below sequence: UInt64, now: UInt64) -> (messages: UInt64, bytes: UInt64) {
        let end = min(sequence, log.headSequence + 1)
        return kept(from: earliest(now: now), below: end)
    }

    /// What of some messages is there.
    func kept(from first: UInt64, below end: UInt64) -> (messages: UInt64, bytes: UInt64) {
        guard first < end else { return (0, 0) }
        let (marked, after) = (log.purged(from: first), log.purged(from: end))
        return (
            end - first - (marked.messages - after.messages),
            log.offset(ofSequence: end) - log.offset(ofSequence: first) - (marked.bytes - after.bytes)
        )
    }

    /// Removes everything below a sequence, as far as it is visible. Readers that have yet to get or to commit some of it lose
    /// it, and are told when they come to it. Keys that were seen stay seen.
    ///
    /// What is stored goes in steps: ``hasMoreToDrop`` says whether ``dropMore(now:)`` has to be called.
    ///
    /// - Returns: What went.
    mutating func purge(below sequence: UInt64, now: UInt64, wakes: inout WakeList) -> (messages: UInt64, bytes: UInt64)
    {
        let end = min(sequence, log.headSequence + 1)
        expire(now: now)
        let gone = kept(below: end, now: now)
        guard end > purgedBelow else { return (0, 0) }
        // Also if all of it has expired: what is in flight of that is held no longer.
        decide { decisions in
            decisions.purgedMessages += gone.messages
            decisions.purgedBelow = end
        }
        keptFloor = max(keptFloor, end)
        if holds.raiseAll(to: end) != nil { holdsRaised &+= 1 }
        dropPurged()
        noteMemory()
        wakeBlocked(&wakes)
        return gone
    }

    /// Drops segments that were purged as a whole, the last one as well: a few at a time.
    mutating func dropPurged() {
        guard readersToCome == 0, !isGone, purgedBelow > log.firstSequence else { return }
        let purged = purgedBelow
        if log.drop(keepsLast: false, DropAllowance(), while: { $0.lastSequence < purged }) { hasMoreToDrop = true }
    }

    /// Removes messages of a key, as far as they are there.
    ///
    /// - Parameter isDryRun: Whether nothing is to be removed.
    /// - Returns: Those that went, or would go, in ascending order.
    mutating func purge(
        _ found: TopicKeySearch.Found, isDryRun: Bool, now: UInt64
    ) -> [(sequence: UInt64, bytes: UInt64)] {
        guard let segment = log.segment(with: found.first)?.0 else { return [] }
        let earliest = earliest(now: now)
        let fresh = found.offsets.indices.filter {
            found.sequences[$0] >= earliest && !segment.isPurged(at: Int(found.offsets[$0]))
        }
        if !isDryRun {
            _ = log.purge(from: found.first, at: fresh.map { found.offsets[$0] })
            if !fresh.isEmpty { decide { $0.purgedMessages += UInt64(fresh.count) } }
        }
        return fresh.map { (found.sequences[$0], found.lengths[$0]) }
    }

    /// Divides what a cursor has lost by the reason. What it holds may have risen since a purge, but what was below that was
    /// lost by it.
    ///
    /// - Parameter reason: Why what is below its floor is lost, as far as the floor shows it.
    func parts(of lost: ClosedRange<UInt64>, _ reason: GapReason) -> [(ClosedRange<UInt64>, GapReason)] {
        guard reason == .limit, purgedBelow > lost.lowerBound else { return [(lost, reason)] }
        guard purgedBelow <= lost.upperBound else { return [(lost, .purged)] }
        return [(lost.lowerBound...(purgedBelow - 1), .purged), (purgedBelow...lost.upperBound, reason)]
    }

    /// Tells the reader of a message that was removed from the middle of the log; one gap for those that follow each other.
    func tellPurged(
        _ sequence: UInt64, _ cursor: inout Cursor, _ request: TakeRequest, topic: Topic, output: inout [QueueOutput]
    ) {
        cursor.gapMessages += 1
        cursor.hasBreaks = true
        if case .gap(.purged, let last, let first, let end)? = output.last, last === topic, end + 1 == sequence {
            output[output.count - 1] = .gap(.purged, topic, first: first, last: sequence)
            return
        }
        cursor.announce(topic, to: request.attachment, &output)
        output.append(.gap(.purged, topic, first: sequence, last: sequence))
    }
}

/// Looks for the messages of one key in a topic, a part of a segment at a time: outside of the topic's lock, as what is written does
/// not change.
struct TopicKeySearch {
    private let key: [UInt8]
    private var next: UInt64
    /// Messages of a segment that are looked at in one step.
    private static let mostLooks = 1024
    /// One past the last message that is looked at.
    let end: UInt64

    /// - Parameters:
    ///   - first: The first message to look at.
    ///   - end: One past the last one.
    init(_ key: [UInt8], from first: UInt64, below end: UInt64) {
        self.key = key
        next = first
        self.end = end
    }

    /// The messages found in one segment.
    struct Found {
        var first: UInt64
        /// How many were looked at.
        var looked = 0
        var offsets: [UInt32] = []
        var sequences: [UInt64] = []
        var lengths: [UInt64] = []
    }

    /// - Returns: What the next segment has; nil if all were looked at.
    mutating func step(_ topic: Topic) -> Found? {
        let from = next
        guard from < end else { return nil }
        let place = topic.locked { state -> (Segment, offset: Int, used: Int)? in
            let from = max(from, state.log.firstSequence)
            guard let (segment, used) = state.log.segment(with: from) else { return nil }
            return (segment, state.log.position(ofStored: from).offset, used)
        }
        guard let (segment, start, used) = place else { return nil }
        var found = Found(first: 0)
        var offset = start
        while offset < used {
            let sequence = segment.sequence(at: offset)
            guard sequence < end, found.looked < Self.mostLooks else { break }
            found.looked += 1
            let length = segment.frameLength(at: offset)
            if segment.withKey(at: offset, { $0.map { key.elementsEqual($0) } ?? false }) {
                found.offsets.append(UInt32(offset))
                found.sequences.append(sequence)
                found.lengths.append(UInt64(length))
            }
            offset += length
            next = sequence + 1
        }
        if offset == start { next = end }
        found.first = found.sequences.first ?? 0
        return found
    }
}
