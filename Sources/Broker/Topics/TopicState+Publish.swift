import NIOCore
import ZaichikProtocol

/// What became of a run of publishes.
struct PublishResult {
    /// Frame bytes at the run's start that were judged: accepted, or found to be duplicates.
    var bytes = 0
    /// How many were judged.
    var count = 0
    var accepted = 0
    var acceptedBytes = 0
    /// The sequence of the first one accepted.
    var firstSequence: UInt64 = 0
    /// Those that were duplicates: their place in the run, and the sequence of the first with the key.
    var duplicates: [(index: Int, sequence: UInt64)] = []
    /// Queues that read the topic.
    var queues = 0
    /// Whether the log has kept the memory that it was offered.
    var isAdopted = false
    /// Why the rest of the run was not taken.
    var refusal: Refusal?

    enum Refusal { case full, blocked, memory }
}

extension TopicState {
    /// Appends a run of publishes, as far as there is room, and takes the cursors that wait for it.
    ///
    /// - Parameters:
    ///   - run: Whole, checked PUBLISH frames of this topic.
    ///   - count: How many.
    ///   - memory: The same bytes, if the log may keep them where they are.
    ///   - stamp: Their place in the order of arrival.
    mutating func publish(
        _ run: UnsafeRawBufferPointer, count: Int, in memory: ByteBuffer? = nil, stamp: UInt64, now: UInt64,
        wakes: inout WakeList
    ) -> PublishResult {
        var result = PublishResult(queues: queues)
        var run = run
        var count = count
        let room = room(for: run.count)
        if room < run.count {
            run = UnsafeRawBufferPointer(rebasing: run[..<RunScan.prefix(of: run, fitting: room)])
            count = RunScan.count(run)
            result.refusal = refusal
        }
        result.bytes = run.count
        result.count = count
        result.firstSequence = log.headSequence + 1
        guard run.count > 0 else { return result }
        if deduplicatesAtPublish {
            publishDistinct(run, stamp: stamp, now: now, result: &result)
        } else {
            if let memory, result.refusal == nil, run.count <= largestSegment {
                adopt(memory, stamp: stamp, now: now)
                result.isAdopted = true
            } else {
                append(run, stamp: stamp, now: now)
            }
            result.accepted = count
            result.acceptedBytes = run.count
        }
        counters.publishedBytes += UInt64(result.acceptedBytes)
        if result.accepted > 0 { wakeWaiters(stamp: stamp, wakes: &wakes) }
        return result
    }

    /// Queues that get what is published now. Who reads by a pattern reads a topic from its first message on, and is
    /// no subscriber before.
    private var queues: Int {
        guard log.headSequence == 0 else { return subscribers }
        return waiters.reduce(subscribers) { $0 + ($1.cursor == Waiter.unattached ? 1 : 0) }
    }

    private var refusal: PublishResult.Refusal {
        switch settings.overflow {
        case .drop: .memory
        case .reject: budget.isExhausted ? .memory : .full
        case .block: .blocked
        }
    }

    private mutating func append(_ run: UnsafeRawBufferPointer, stamp: UInt64, now: UInt64) {
        let before = log.memory
        if log.append(run, now: now, stamp: stamp, largestSegment: largestSegment) {
            budget.change(by: log.memory - before)
            expire(now: now)
            trim()
        }
    }

    private mutating func adopt(_ memory: ByteBuffer, stamp: UInt64, now: UInt64) {
        let before = log.memory
        log.adopt(memory, now: now, stamp: stamp)
        budget.change(by: log.memory - before)
        expire(now: now)
        trim()
    }

    /// Appends what is no duplicate, in stretches as long as they come.
    private mutating func publishDistinct(
        _ run: UnsafeRawBufferPointer, stamp: UInt64, now: UInt64, result: inout PublishResult
    ) {
        let keys = keys.begun
        let window = DeduplicationWindow.Span(window: settings.deduplicationWindow, now: now)
        let ahead = KeyBlock()
        var offset = 0
        var stretch = 0
        var index = 0
        while offset < run.count {
            if !ahead.has(UInt64(index)) { look(ahead: ahead, in: run, from: offset, index: index, keys) }
            let length = RunScan.frameLength(UnsafeRawBufferPointer(rebasing: run[offset...]))
            let sequence = result.firstSequence + UInt64(result.accepted)
            if let key = ahead.key(of: UInt64(index)), let first = keys.judge(key, sequence: sequence, window) {
                if offset > stretch {
                    append(UnsafeRawBufferPointer(rebasing: run[stretch..<offset]), stamp: stamp, now: now)
                }
                stretch = offset + length
                result.duplicates.append((index, first))
            } else {
                result.accepted += 1
                result.acceptedBytes += length
            }
            offset += length
            index += 1
        }
        if offset > stretch { append(UnsafeRawBufferPointer(rebasing: run[stretch..<offset]), stamp: stamp, now: now) }
        counters.duplicates += UInt64(result.duplicates.count)
    }

    /// Takes the fingerprints of the messages at `offset` and behind.
    private func look(
        ahead: KeyBlock, in run: UnsafeRawBufferPointer, from offset: Int, index: Int, _ keys: SeenKeys
    ) {
        var offset = offset
        ahead.begin(at: UInt64(index))
        while ahead.count < KeyBlock.size, offset < run.count {
            let frame = UnsafeRawBufferPointer(rebasing: run[offset...])
            ahead.add(RunScan.key(frame), of: keys)
            offset += RunScan.frameLength(frame)
        }
        keys.touch(ahead)
    }

    private mutating func wakeWaiters(stamp: UInt64, wakes: inout WakeList) {
        guard !waiters.isEmpty else { return }
        wakes.add(waiters, topicID: id, stamp: stamp)
        waiters.removeAll(keepingCapacity: true)
    }

    /// Takes the connections whose publishes wait, to have them try again.
    mutating func wakeBlocked(_ wakes: inout WakeList) {
        guard !blocked.isEmpty else { return }
        for waiter in blocked { wakes.add(Wake(topicID: id, waiter: waiter, stamp: 0)) }
        blocked.removeAll()
    }
}
