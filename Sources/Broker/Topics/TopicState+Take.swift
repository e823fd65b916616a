import DequeModule
import NIOCore
import ZaichikProtocol

/// What a cursor's turn gave.
struct TakeResult {
    var messages = 0
    /// Taken or passed over.
    var bytes = 0
    /// The stamp of what comes next; nothing: the cursor has everything and is armed.
    var next: UInt64?
}

/// What a cursor's turn needs besides the cursor.
struct TakeRequest {
    var limit: ReadLimit
    var now: UInt64
    /// To be told of the next message when there is none left.
    var waiter: Waiter
    /// Whether stamps matter: they do not to a client that reads one topic.
    var wantsStamp: Bool
}

extension TopicState {
    /// Takes what a cursor may have, moves it, and arms it at the end.
    mutating func take(
        _ cursor: inout Cursor, _ request: TakeRequest, topic: Topic, output: inout [QueueOutput],
        wakes: inout WakeList
    ) -> TakeResult {
        var result = TakeResult()
        passGaps(&cursor, now: request.now, topic: topic, output: &output)
        var limit = request.limit
        var ahead: KeyBlock?
        while limit.messages > 0, limit.bytes > 0, let taken = read(&cursor, limit, now: request.now, &ahead) {
            let size = taken.bytes.readableBytes
            guard taken.count > 0 else {
                // Passing over costs time, so it counts like taking.
                cursor.duplicates += 1
                result.bytes += size
                limit.bytes -= size
                continue
            }
            announce(&cursor, topic, &output)
            output.append(.run(topic, taken))
            cursor.inFlight += taken.count
            if cursor.inFlight == taken.count { cursor.committedSequence = taken.firstSequence - 1 }
            result.messages += taken.count
            result.bytes += size
            limit.messages -= taken.count
            limit.bytes -= size
        }
        moveHold(&cursor, wakes: &wakes)
        if cursor.position.sequence > log.headSequence {
            arm(&cursor, request.waiter)
        } else {
            result.next = request.wantsStamp ? log.stamp(at: cursor.position) ?? 0 : 0
        }
        return result
    }

    private mutating func arm(_ cursor: inout Cursor, _ waiter: Waiter) {
        guard !cursor.isArmed else { return }
        cursor.isArmed = true
        waiters.append(waiter)
    }

    /// - Parameter ahead: Keys that were looked at before their turn: a read that ends at a duplicate leaves some.
    private func read(
        _ cursor: inout Cursor, _ limit: ReadLimit, now: UInt64, _ ahead: inout KeyBlock?
    ) -> TopicLog.Taken? {
        guard deduplicatesAtDelivery else { return log.read(&cursor.position, limit: limit) }
        let window = DeduplicationWindow.Span(window: settings.deduplicationWindow, now: now)
        let keys = cursor.keys.begun
        let block = ahead ?? KeyBlock()
        ahead = block
        return log.read(&cursor.position, limit: limit) { segment, offset in
            let sequence = segment.sequence(at: offset)
            if !block.has(sequence) { segment.look(ahead: block, from: offset, most: limit.messages, keys) }
            guard let key = block.key(of: sequence) else { return true }
            return keys.judge(key, sequence: sequence, window) == nil
        }
    }

    /// Moves the cursor past what can no longer be delivered, and tells it.
    private mutating func passGaps(
        _ cursor: inout Cursor, now: UInt64, topic: Topic, output: inout [QueueOutput]
    ) {
        let first = cursor.position.sequence
        let floor = floor(now: now, at: cursor.position)
        guard first < floor.sequence, first <= log.headSequence else { return }
        let lost = floor.sequence - first
        announce(&cursor, topic, &output)
        output.append(.gap(floor.reason, topic, first: first, last: floor.sequence - 1))
        cursor.gapMessages += lost
        cursor.position = log.position(of: floor.sequence)
        if cursor.inFlight == 0 { cursor.committedSequence = floor.sequence - 1 }
    }

    private func announce(_ cursor: inout Cursor, _ topic: Topic, _ output: inout [QueueOutput]) {
        guard !cursor.isAnnounced else { return }
        cursor.isAnnounced = true
        output.append(.announcement(topic))
    }

    /// Holds what the cursor still needs, and lets go of the rest.
    mutating func moveHold(_ cursor: inout Cursor, wakes: inout WakeList) {
        let needed = cursor.inFlight > 0 ? cursor.committedSequence + 1 : cursor.position.sequence
        let oldest = min(needed, log.headSequence + 1)
        guard oldest != cursor.held else { return }
        let held = cursor.held
        cursor.held = oldest
        guard log.segmentIndex(of: oldest) != log.segmentIndex(of: held) else { return }
        log.addHolder(from: held, -1)
        log.addHolder(from: oldest, 1)
        release(wakes: &wakes)
    }

    /// Removes what nobody holds any more, and has publishers that wait for room try again.
    mutating func release(wakes: inout WakeList) {
        if let first = log.segments.first, first.holders == 0, log.segments.count > 1 { trim() }
        wakeBlocked(&wakes)
    }

    /// Begins a cursor, and arms it if there is nothing for it.
    ///
    /// - Returns: The cursor, and the stamp of its next message if it is there.
    mutating func attach(
        _ topic: Topic, from start: StartPosition, standing: Standing, now: UInt64, waiter: Waiter
    ) -> (cursor: Cursor, stamp: UInt64?) {
        let position = position(of: start, standing: standing, now: now)
        var cursor = Cursor(topic: topic, position: position, held: min(position.sequence, log.headSequence + 1))
        log.addHolder(from: cursor.held, 1)
        subscribers += 1
        guard position.sequence <= log.headSequence else {
            arm(&cursor, waiter)
            return (cursor, nil)
        }
        // A place whose message is gone is a gap, told where the earliest that is left stands.
        return (cursor, log.stamp(at: position) ?? 0)
    }

    mutating func detach(_ cursor: inout Cursor, waiter: Waiter, wakes: inout WakeList) {
        log.addHolder(from: cursor.held, -1)
        subscribers -= 1
        if cursor.isArmed {
            if let index = waiters.firstIndex(of: waiter) { waiters.swapRemove(at: index) }
            cursor.isArmed = false
        }
        release(wakes: &wakes)
    }
}

extension Segment {
    /// Takes the fingerprints of the messages at `offset` and behind.
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

extension Array {
    /// Removes an element where order does not matter.
    mutating func swapRemove(at index: Int) {
        swapAt(index, count - 1)
        removeLast()
    }
}
