import DequeModule
import NIOCore
import ZaichikProtocol

/// The result of a cursor's turn.
struct TakeResult {
    var messages = 0
    /// Bytes taken or skipped.
    var bytes = 0
    /// Bytes taken.
    var delivered = 0
    /// Messages skipped, for whatever reason.
    var withheld = 0
    /// Of these, the duplicates.
    var duplicates: UInt64 = 0
    /// And those that were older than they asked for themselves.
    var outlived: UInt64 = 0
    /// Whether the cursor has got its first keys in this turn.
    var hasFirstKeys = false
    /// The stamp of the next message; nil if there is none, and the cursor waits.
    var next: UInt64?
    /// Whether memory is lacking for the keys of further deliveries.
    var lacksMemory = false
    /// Whether the next message has more bytes than may be in flight with the others.
    var exceedsWindow = false
    /// Whether too many messages wait for what is in flight of their keys.
    var isHeldByKeys = false
    /// Whether the topic was deleted.
    var isGone = false
    /// The runs that were taken.
    var runs = 0
    /// The last of them.
    var lastRun = RunFigures()
    /// Whether deliveries are done as soon as they are made.
    var isAutoCommitted = false
    /// The cursor's serial.
    var serial: UInt32 = 0

    fileprivate mutating func note(_ taken: TakenRun) {
        runs += 1
        messages += taken.count
        delivered += taken.size
        lastRun = taken.figures
    }
}

/// The arguments of a cursor's turn, besides the cursor.
struct TakeRequest {
    var limit: ReadLimit
    var now: UInt64
    /// Whether stamps matter, which they do not to a client that reads one topic.
    var wantsStamp: Bool
    /// How many bytes more may be in flight; nil if they are not bounded.
    var byteRoom: Int?
    /// The serial of the attachment that gets it.
    var attachment: UInt16
    /// Whether deliveries may be settled in another order than their own.
    var hasHoles = false
    /// Who has which keys, and the cursor's slot; nil if keys do not matter.
    var byKey: (owners: KeyOwners, slot: UInt32)?
    /// The cursor's reader.
    var reader: ReaderHandle
    /// Which of the messages that were there when it began the cursor is to get; nil if all.
    var latest: LatestOfKeys?
}

extension TopicState {
    /// Takes the messages that a cursor may have, moves the cursor, and makes it wait at the end of the log.
    mutating func take(
        _ cursor: inout Cursor, _ request: TakeRequest, topic: Topic, output: inout [QueueOutput],
        wakes: inout WakeList
    ) -> TakeResult {
        var result = TakeResult()
        guard !isGone else {
            result.isGone = true
            return result
        }
        if cursor.position.isAwaiting { passBeforeTime(&cursor) }
        passGaps(&cursor, request, topic: topic, output: &output)
        if cursor.outstanding != nil, !tellLost(&cursor, request, topic: topic, output: &output) {
            // The rest is told in the next turn, before anything else is.
            result.bytes = request.limit.bytes
            result.next = request.wantsStamp ? log.stamp(at: cursor.position) ?? 0 : 0
            result.serial = cursor.serial
            return result
        }
        let hadKeys = !cursor.keys.isEmpty
        let isHere = takeRuns(&cursor, request, topic, &result, &output)
        counters.delivered += UInt64(result.messages)
        cursor.duplicates += result.duplicates
        if result.withheld > 0 { cursor.hasBreaks = true }
        if deduplicatesAtDelivery {
            cursor.keys.settle(budget)
            result.hasFirstKeys = !hadKeys && !cursor.keys.isEmpty
        }
        moveHold(&cursor, wakes: &wakes)
        if !isHere || cursor.position.sequence > log.headSequence {
            cursor.isWaiting = true
            holds.wait(cursor.seat)
        } else {
            result.next = request.wantsStamp ? log.stamp(at: cursor.position) ?? 0 : 0
        }
        result.isAutoCommitted = cursor.isAutoCommitted
        result.serial = cursor.serial
        return result
    }

    /// Takes what the request's limit allows.
    ///
    /// - Returns: Whether the next message is here.
    @inline(__always)
    private mutating func takeRuns(
        _ cursor: inout Cursor, _ request: TakeRequest, _ topic: Topic, _ result: inout TakeResult,
        _ output: inout [QueueOutput]
    ) -> Bool {
        var limit = request.limit
        var ahead: KeyBlock?
        if deduplicatesAtDelivery, lacksMemory(for: cursor) {
            result.lacksMemory = true
            limit.messages = 0
        }
        let choosesAmong = request.byKey != nil || cursor.isWithoutEcho || cursor.outstanding != nil
        while limit.messages > 0, limit.bytes > 0 {
            var part = limit
            if choosesAmong {
                let first = cursor.position.sequence
                switch prepare(&cursor, &part, request, topic, &output) {
                case .read: break
                case .passed:
                    if traced != nil { traceEcho(from: first, to: cursor.position, topic, &output) }
                    result.bytes += Self.echoBytes
                    limit.bytes -= Self.echoBytes
                    continue
                case .heldByKeys:
                    result.isHeldByKeys = true
                    return true
                }
            }
            switch read(&cursor, part, request, &ahead) {
            case .limited: return true
            case .tooLong:
                result.exceedsWindow = true
                return true
            case .notHere: return false
            case .withheld(let reason, let bytes):
                // Skipping takes time, so it counts like taking.
                withheld(reason, &result)
                if traced != nil { traceWithheld(reason.traceText, cursor.position, topic, &output) }
                if reason == .purged {
                    let sequence = cursor.position.sequence - 1
                    tellPurged(sequence, &cursor, request, topic: topic, output: &output)
                }
                result.bytes += bytes
                limit.bytes -= bytes
            case .messages(let taken):
                result.bytes += taken.size
                limit.bytes -= taken.size
                if choosesAmong, !admit(taken, &cursor, request) { continue }
                cursor.announce(topic, to: request.attachment, &output)
                if !cursor.isAutoCommitted { cursor.delivered(taken, hasHoles: request.hasHoles) }
                result.note(taken)
                limit.messages -= taken.count
                if let room = request.byteRoom { limit.bound(room - result.delivered) }
                output.append(.run(topic, taken))
            }
        }
        return true
    }

    /// What comes before a read for a cursor that does not get everything in order.
    private enum Preparation {
        /// It may read what the limit allows now.
        case read
        /// It has passed over messages that its own client has published, or that were taken out of the queue.
        case passed
        /// Too many messages wait for what is in flight of their keys.
        case heldByKeys
    }

    @inline(never)
    private mutating func prepare(
        _ cursor: inout Cursor, _ limit: inout ReadLimit, _ request: TakeRequest, _ topic: Topic,
        _ output: inout [QueueOutput]
    ) -> Preparation {
        if let outstanding = cursor.outstanding {
            if let purged = outstanding.tellPassed(at: cursor.position.sequence) {
                tell(purged, .purged, 0, &cursor, request, topic: topic, output: &output)
                cursor.position = .unlocated(purged.upperBound + 1)
                return .passed
            }
            passOutstanding(outstanding, &cursor.position, &limit)
        }
        if let owners = request.byKey?.owners {
            // Each message is judged by itself.
            limit.messages = 1
            guard !owners.isFull else { return .heldByKeys }
        }
        return cursor.isWithoutEcho && passEcho(&cursor, &limit, of: request.reader) ? .passed : .read
    }

    @inline(never)
    private mutating func withheld(_ reason: WithheldReason, _ result: inout TakeResult) {
        result.withheld += 1
        switch reason {
        case .duplicate: result.duplicates += 1
        case .outlived:
            result.outlived += 1
            counters.outlived += 1
        case .superseded, .purged: break
        }
    }

    /// A queue without memory for keys waits: if it forgot keys early, it would deliver duplicates.
    @inline(__always)
    private func lacksMemory(for cursor: Cursor) -> Bool {
        budget.isExhausted && cursor.keys.memory > budget.share
    }

    /// With deduplication, messages are judged by their timestamps: the outcome is the same for every reader, however
    /// slow, and for every replay.
    ///
    /// - Parameter ahead: Keys that were looked up ahead: a read that ends at a duplicate leaves some.
    private func read(
        _ cursor: inout Cursor, _ limit: ReadLimit, _ request: TakeRequest, _ ahead: inout KeyBlock?
    ) -> LogReading {
        let (now, latest) = (request.now, request.latest)
        guard deduplicatesAtDelivery else {
            guard let latest else { return log.read(&cursor.position, limit: limit, now: now) }
            return log.read(&cursor.position, limit: limit, now: now) { segment, offset in
                latest.isSuperseded(segment.sequence(at: offset)) ? .superseded : nil
            }
        }
        let length = settings.deduplicationWindow
        let keys = cursor.keys.started
        let block = ahead ?? KeyBlock()
        ahead = block
        return log.read(&cursor.position, limit: limit, now: now) { segment, offset in
            let sequence = segment.sequence(at: offset)
            if latest?.isSuperseded(sequence) == true { return .superseded }
            if !block.has(sequence) { segment.look(ahead: block, from: offset, most: limit.messages, keys) }
            guard let key = block.key(of: sequence) else { return nil }
            let window = DeduplicationWindow.Span(window: length, now: segment.timestamp(at: offset))
            return keys.judge(key, sequence: sequence, window) == nil ? nil : .duplicate
        }
    }

    /// Moves the cursor past messages that can no longer be delivered to it, and reports them as gaps.
    @inline(__always)
    private mutating func passGaps(
        _ cursor: inout Cursor, _ request: TakeRequest, topic: Topic, output: inout [QueueOutput]
    ) {
        let first = cursor.position.sequence
        guard first <= log.headSequence else { return }
        let floor = floor(of: cursor, now: request.now)
        let goneBefore = first + UInt64(cursor.goneAtStart)
        cursor.goneAtStart = 0
        if let outstanding = cursor.outstanding {
            passGaps(&cursor, outstanding, floor, goneBefore, request, topic: topic, output: &output)
        }
        guard first < floor.sequence else { return }
        defer { cursor.position = log.position(of: floor.sequence) }
        guard cursor.outstanding == nil else { return }
        tell(first...floor.sequence - 1, floor.reason, goneBefore, &cursor, request, topic: topic, output: &output)
    }

    /// Reports what of a cursor that has messages ahead of it will not come: what it has of those is no gap.
    @inline(never)
    private func passGaps(
        _ cursor: inout Cursor, _ outstanding: Outstanding, _ floor: (sequence: UInt64, reason: GapReason),
        _ goneBefore: UInt64, _ request: TakeRequest, topic: Topic, output: inout [QueueOutput]
    ) {
        let first = cursor.position.sequence
        guard first < floor.sequence else { return }
        let below = first...floor.sequence - 1
        var lost = NumberRanges()
        lost.insert(below)
        let gaps =
            outstanding.missing(of: lost).ranges.map { ($0, floor.reason) }
            + outstanding.passed.intersection(below).map { ($0, GapReason.purged) }
        for (range, reason) in gaps.sorted(by: { $0.0.lowerBound < $1.0.lowerBound }) {
            tell(range, reason, goneBefore, &cursor, request, topic: topic, output: &output)
        }
        outstanding.tellPassed(outstanding.passed.count(in: below), below: floor.sequence)
    }

    private func tell(
        _ range: ClosedRange<UInt64>, _ reason: GapReason, _ goneBefore: UInt64, _ cursor: inout Cursor,
        _ request: TakeRequest, topic: Topic, output: inout [QueueOutput]
    ) {
        cursor.announce(topic, to: request.attachment, &output)
        // What was gone at the start is one gap, what was lost since is another.
        let since = reason == .expired ? range.lowerBound : min(max(goneBefore, range.lowerBound), range.upperBound + 1)
        if since > range.lowerBound {
            output.append(.gap(.expired, topic, first: range.lowerBound, last: since - 1))
        }
        if since <= range.upperBound {
            for (part, reason) in parts(of: since...range.upperBound, reason) {
                output.append(.gap(reason, topic, first: part.lowerBound, last: part.upperBound))
            }
        }
        cursor.gapMessages += range.numbers
        cursor.hasBreaks = true
    }

    /// Moves the cursor's hold to the messages that it still needs.
    mutating func moveHold(_ cursor: inout Cursor, wakes: inout WakeList) {
        let needed = min(cursor.earliestNeeded(from: holds.needed(cursor.seat)), log.headSequence + 1)
        guard holds.move(cursor.seat, to: needed) else {
            assert(holds.needed(cursor.seat) >= needed, "a cursor needs a message that it does not hold")
            return
        }
        holdRaised(&wakes)
    }

    /// Lets go what a cursor holds before a sequence.
    mutating func release(_ seat: UInt32, before sequence: UInt64, _ wakes: inout WakeList) {
        if holds.move(seat, to: sequence) { holdRaised(&wakes) }
    }

    /// Drops messages that are no longer held, and lets a publisher that waits for room try again.
    private mutating func holdRaised(_ wakes: inout WakeList) {
        holdsRaised &+= 1
        if let first = log.oldest, first.lastSequence < holds.lowestCounted { trim() }
        if !blocked.isEmpty { wakeBlocked(&wakes) }
    }

    /// Begins a cursor, which waits if there are no messages for it.
    ///
    /// - Returns: The cursor, and the stamp of its next message, which is nil if there is none yet; nil if the topic was
    ///   deleted.
    ///   `latest` has to be judged before it takes the first one; nil if it gets all messages.
    mutating func attach(
        _ topic: Topic, from start: CursorStart, now: UInt64, waiter: Waiter
    ) -> (cursor: Cursor, stamp: UInt64?, latest: LatestOfKeys?)? {
        guard !isGone else { return nil }
        let first = firstSequence(from: start, now: now)
        // Messages that are no longer kept are the cursor's first gap.
        let needed = min(max(first, earliest(now: now)), log.headSequence + 1)
        let isFirstMessage = if case .firstMessage = start { true } else { false }
        let seat = holds.enter(waiter, needed: needed, counted: isFirstMessage ? needed : log.headSequence + 1)
        let isHere = first <= log.headSequence
        let position = log.position(before: first)
        var cursor = Cursor(topic: topic, position: position, seat: seat)
        cursor.goneAtStart = needed > first ? UInt32(clamping: needed - first) : 0
        if let time = awaitedTime(of: start) { wait(&cursor, for: time) }
        var latest: LatestOfKeys?
        if start.isLastOfEachKey, isHere { latest = LatestOfKeys(needed...log.headSequence, budget: budget) }
        guard isHere else {
            cursor.isWaiting = true
            holds.wait(seat)
            return (cursor, nil, nil)
        }
        return (cursor, log.stamp(at: position) ?? 0, latest)
    }

    mutating func detach(_ cursor: inout Cursor, wakes: inout WakeList) {
        cursor.isWaiting = false
        endWaitingForTime(cursor)
        if holds.leave(cursor.seat) { holdRaised(&wakes) }
        trim()
    }
}

extension Segment {
    /// Computes the fingerprints of the messages at `offset` and after it.
    fileprivate func look(ahead: KeyBlock, from offset: Int, most: Int, _ keys: SeenKeys) {
        var offset = offset
        ahead.begin(at: sequence(at: offset))
        while ahead.count < min(most, KeyBlock.size), offset < used {
            withKey(at: offset) { ahead.add($0, of: keys) }
            offset += frameLength(at: offset)
        }
        keys.touch(ahead)
    }
}
