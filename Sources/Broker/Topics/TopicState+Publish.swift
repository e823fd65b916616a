import NIOCore
import ZaichikProtocol

/// A run of publishes to one topic.
struct PublishRun {
    /// Whole, checked PUBLISH frames of this topic.
    var frames: UnsafeRawBufferPointer
    var count: Int
    /// The same bytes, if the log may adopt their memory; nil if not.
    var memory: ByteBuffer?
    /// Their arrival stamp.
    var stamp: UInt64
    var now: UInt64
    /// The publisher, to be told when there is room, or when its messages are visible.
    var publisher: Publisher
    /// Whether these publishes have waited already, and stay first in line if they have to wait again.
    var hasWaited = false
    /// What they ask for. A message that is to be delayed is a run by itself.
    var times = MessageTimes()
    /// Whether there are traced messages among them. Such a publish is a run by itself.
    var isTraced = false
}

extension TopicState {
    /// Appends a run of publishes, as far as there is room, and wakes the cursors that wait for it. A publisher that
    /// has to wait is noted in the same step, so that no room is made in between.
    mutating func publish(_ run: PublishRun, wakes: inout WakeList) -> PublishResult {
        guard !isGone else { return PublishResult(refusal: .gone) }
        if decisions != nil, let result = heldBack(run, wakes: &wakes) { return result }
        giveMemory(for: run.frames.count, now: run.now)
        if run.times.delay > 0 { return delay(run) }
        let room = room(for: run.frames)
        var result = PublishResult(queues: holds.count + readersToCome, refusal: room.refusal)
        guard let refusal = room.refusal else {
            accept(run, result: &result, wakes: &wakes)
            return result
        }
        var part = run
        part.frames = UnsafeRawBufferPointer(rebasing: run.frames[..<room.bytes])
        part.count = FrameScan.count(part.frames)
        part.memory = nil
        if refusal == .blocked {
            waitForRoom(run.publisher.handle, isFirst: run.hasWaited)
        } else {
            refused(run.count - part.count, refusal == .full ? .topicFull : .memoryFull)
        }
        accept(part, result: &result, wakes: &wakes)
        return result
    }

    /// Judges whether all of a transaction's messages for this topic may be appended.
    ///
    /// - Parameter delayed: Of the bytes, those of messages that are kept aside until their delay is over.
    /// - Returns: The reason if they may not. ``PublishResult/Refusal/blocked`` as well as `full` means that there is no
    ///   room: a transaction does not wait.
    mutating func judge(bytes: Int, delayed: Int, count: Int, now: UInt64) -> PublishResult.Refusal? {
        guard !isGone else { return .gone }
        if pause != nil {
            endPauseIfOver(now: now)
            if pause != nil { return .paused }
        }
        giveMemory(for: bytes, now: now)
        return refusal(of: bytes, delayed: delayed, count: count)
    }

    /// Appends a run of a transaction. Its room was judged before, and the topic was not left since.
    mutating func append(judged run: PublishRun, wakes: inout WakeList) -> PublishResult {
        var result = PublishResult(queues: holds.count + readersToCome)
        if run.times.delay > 0 { keepAside(run, &result) } else { accept(run, result: &result, wakes: &wakes) }
        return result
    }

    /// Counts publishes that were refused.
    mutating func refused(_ count: Int, _ code: ErrorCode) {
        counters.rejected += UInt64(count)
        counters.refusal = code
    }

    /// Appends a run for which there is room.
    mutating func accept(_ run: PublishRun, result: inout PublishResult, wakes: inout WakeList) {
        result.bytes = run.frames.count
        result.count = run.count
        result.firstSequence = log.appendedSequence + 1
        guard run.count > 0 else { return }
        budget.charge(publishers.note(run.publisher, after: log.appendedSequence, time: log.lastTimestamp))
        append(run, result: &result)
        counters.publishedBytes += UInt64(result.acceptedBytes)
        guard result.accepted > 0 else { return }
        makeVisible(run, result: &result, wakes: &wakes)
        if run.isTraced { result.traced = noteTraced(run, result) }
        dropOverLimit(now: run.now)
    }

    private mutating func append(_ run: PublishRun, result: inout PublishResult) {
        if deduplicatesAtPublish { return publishDistinct(run, result: &result) }
        if let memory = run.memory, run.frames.count <= largestSegment {
            log.adopt(memory, by: run.publisher, now: run.now, stamp: run.stamp, budget: budget)
            segmentAdded(now: run.now)
            result.isAdopted = true
        } else {
            append(run.frames, run)
        }
        result.accepted = run.count
        result.acceptedBytes = run.frames.count
    }

    private mutating func makeVisible(_ run: PublishRun, result: inout PublishResult, wakes: inout WakeList) {
        guard releasesAtOnce else {
            result.isReleased = false
            awaitingRelease.append((result.lastSequence, run.publisher.handle))
            return
        }
        log.release(upTo: log.appendedSequence)
        holds.awaited?.resolve(log)
        wakeWaiting(stamp: run.stamp, wakes: &wakes)
    }

    private mutating func append(_ frames: UnsafeRawBufferPointer, _ run: PublishRun) {
        let added = log.append(
            frames, by: run.publisher, now: run.now, stamp: run.stamp, expiry: run.times.expireAfter,
            isTraced: run.isTraced, budget: budget, largestSegment: largestSegment)
        if added {
            segmentAdded(now: run.now)
        }
    }

    private mutating func segmentAdded(now: UInt64) {
        expire(now: now)
        trim()
        noteMemory()
    }

    /// Appends the messages that are not duplicates, each stretch between duplicates in one go.
    private mutating func publishDistinct(_ run: PublishRun, result: inout PublishResult) {
        let keys = keys.started
        let window = DeduplicationWindow.Span(window: settings.deduplicationWindow, now: run.now)
        let ahead = KeyBlock()
        let frames = run.frames
        var offset = 0
        var stretch = 0
        var index = 0
        while offset < frames.count {
            if !ahead.has(UInt64(index)) { look(ahead: ahead, in: frames, from: offset, index: index, keys) }
            let length = FrameScan.frameLength(UnsafeRawBufferPointer(rebasing: frames[offset...]))
            let sequence = result.firstSequence + UInt64(result.accepted)
            if let key = ahead.key(of: UInt64(index)), let first = keys.judge(key, sequence: sequence, window) {
                if offset > stretch { append(UnsafeRawBufferPointer(rebasing: frames[stretch..<offset]), run) }
                stretch = offset + length
                result.duplicates.append((index, first))
            } else {
                result.accepted += 1
                result.acceptedBytes += length
            }
            offset += length
            index += 1
        }
        if offset > stretch { append(UnsafeRawBufferPointer(rebasing: frames[stretch..<offset]), run) }
        counters.duplicates += UInt64(result.duplicates.count)
        keys.settle(budget)
    }

    /// Computes the fingerprints of the messages at `offset` and after it.
    private func look(
        ahead: KeyBlock, in run: UnsafeRawBufferPointer, from offset: Int, index: Int, _ keys: SeenKeys
    ) {
        var offset = offset
        ahead.begin(at: UInt64(index))
        while ahead.count < KeyBlock.size, offset < run.count {
            let frame = UnsafeRawBufferPointer(rebasing: run[offset...])
            ahead.add(FrameScan.key(frame), of: keys)
            offset += FrameScan.frameLength(frame)
        }
        keys.touch(ahead)
    }
}
