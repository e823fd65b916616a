import DequeModule
import NIOCore
import ZaichikProtocol

/// What a cursor's turn gave.
struct TakeResult {
    var messages = 0
    /// Taken or passed over.
    var bytes = 0
    /// Passed over.
    var duplicates: UInt64 = 0
    /// Whether the cursor has keys since this turn.
    var hasFirstKeys = false
    /// The stamp of what comes next; nil if nothing is there, and the cursor waits.
    var next: UInt64?
    /// Whether there is no memory for the keys that a delivery would have to be remembered by.
    var lacksMemory = false
}

/// What a cursor's turn needs besides the cursor.
struct TakeRequest {
    var limit: ReadLimit
    var now: UInt64
    /// Whether stamps matter: they do not to a client that reads one topic.
    var wantsStamp: Bool
}

extension TopicState {
    /// Takes what a cursor may have, moves it, and has it wait where the log ends.
    mutating func take(
        _ cursor: inout Cursor, _ request: TakeRequest, topic: Topic, output: inout [QueueOutput],
        wakes: inout WakeList
    ) -> TakeResult {
        var result = TakeResult()
        passGaps(&cursor, now: request.now, topic: topic, output: &output)
        var limit = request.limit
        var ahead: KeyBlock?
        let hadKeys = !cursor.keys.isEmpty
        var isHere = cursor.position.sequence <= log.headSequence
        result.lacksMemory = lacksMemory(for: cursor)
        reading: while limit.messages > 0, limit.bytes > 0, !result.lacksMemory {
            switch read(&cursor, limit, &ahead) {
            case .limited: break reading
            case .notHere:
                isHere = false
                break reading
            case .unwanted(let bytes):
                // Passing over costs time, so it counts like taking.
                result.duplicates += 1
                result.bytes += bytes
                limit.bytes -= bytes
            case .messages(let taken):
                announce(&cursor, topic, &output)
                cursor.delivered(taken)
                result.messages += taken.count
                result.bytes += taken.size
                limit.messages -= taken.count
                limit.bytes -= taken.size
                output.append(.run(topic, taken))
            }
        }
        cursor.duplicates += result.duplicates
        if result.duplicates > 0 { cursor.hasBreaks = true }
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
        return result
    }

    /// A queue waits rather than forget keys before their time: it would get duplicates.
    @inline(__always)
    private func lacksMemory(for cursor: Cursor) -> Bool {
        deduplicatesAtDelivery && budget.isExhausted && cursor.keys.memory > budget.share
    }

    /// With deduplication, messages are judged by their timestamps: the outcome is the same for every reader, however
    /// slow, and for every replay.
    ///
    /// - Parameter ahead: Keys that were looked at before their turn: a read that ends at a duplicate leaves some.
    private func read(_ cursor: inout Cursor, _ limit: ReadLimit, _ ahead: inout KeyBlock?) -> LogReading {
        guard deduplicatesAtDelivery else { return log.read(&cursor.position, limit: limit) }
        let length = settings.deduplicationWindow
        let keys = cursor.keys.started
        let block = ahead ?? KeyBlock()
        ahead = block
        return log.read(&cursor.position, limit: limit) { segment, offset in
            let sequence = segment.sequence(at: offset)
            if !block.has(sequence) { segment.look(ahead: block, from: offset, most: limit.messages, keys) }
            guard let key = block.key(of: sequence) else { return true }
            let window = DeduplicationWindow.Span(window: length, now: segment.timestamp(at: offset))
            return keys.judge(key, sequence: sequence, window) == nil
        }
    }

    /// Moves the cursor past what can no longer be delivered to it, and says so.
    @inline(__always)
    private mutating func passGaps(
        _ cursor: inout Cursor, now: UInt64, topic: Topic, output: inout [QueueOutput]
    ) {
        let first = cursor.position.sequence
        guard first <= log.headSequence else { return }
        let floor = floor(of: cursor, now: now)
        cursor.beginsWithGap = false
        guard first < floor.sequence else { return }
        announce(&cursor, topic, &output)
        output.append(.gap(floor.reason, topic, first: first, last: floor.sequence - 1))
        cursor.gapMessages += floor.sequence - first
        cursor.hasBreaks = true
        cursor.position = log.position(of: floor.sequence)
    }

    private func announce(_ cursor: inout Cursor, _ topic: Topic, _ output: inout [QueueOutput]) {
        guard !cursor.isAnnounced else { return }
        cursor.isAnnounced = true
        output.append(.announcement(topic))
    }

    /// Holds what the cursor still needs, and lets go of the rest.
    mutating func moveHold(_ cursor: inout Cursor, wakes: inout WakeList) {
        let needed = min(cursor.earliestNeeded, log.headSequence + 1)
        guard holds.move(cursor.seat, to: needed) else {
            assert(holds.needed(cursor.seat) >= needed, "a cursor needs a message that it does not hold")
            return
        }
        holdRaised(&wakes)
    }

    /// Removes what nobody holds any more, and has a publisher that waits for room try again.
    private mutating func holdRaised(_ wakes: inout WakeList) {
        holdsRaised &+= 1
        if let first = log.oldest, first.lastSequence < holds.lowestCounted { trim() }
        if !blocked.isEmpty { wakeBlocked(&wakes) }
    }

    /// Begins a cursor, and has it wait if there is nothing for it.
    ///
    /// - Returns: The cursor, and the stamp of its next message if it is there.
    mutating func attach(
        _ topic: Topic, from start: CursorStart, now: UInt64, waiter: Waiter
    ) -> (cursor: Cursor, stamp: UInt64?) {
        let first = firstSequence(from: start, now: now)
        // What is no longer kept is the cursor's first gap.
        let needed = min(max(first, earliest(now: now)), log.headSequence + 1)
        let isFirstMessage = if case .firstMessage = start { true } else { false }
        let seat = holds.enter(waiter, needed: needed, counted: isFirstMessage ? needed : log.headSequence + 1)
        let isHere = first <= log.headSequence
        let position = isHere && first >= log.firstSequence ? log.position(of: first) : .unlocated(first)
        var cursor = Cursor(topic: topic, position: position, seat: seat)
        cursor.beginsWithGap = needed > first
        guard isHere else {
            cursor.isWaiting = true
            holds.wait(seat)
            return (cursor, nil)
        }
        return (cursor, log.stamp(at: position) ?? 0)
    }

    mutating func detach(_ cursor: inout Cursor, wakes: inout WakeList) {
        cursor.isWaiting = false
        if holds.leave(cursor.seat) { holdRaised(&wakes) }
        trim()
    }
}

extension Segment {
    /// Takes the fingerprints of the messages at `offset` and after it.
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
