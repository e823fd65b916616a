import NIOCore
import ZaichikProtocol

// Messages that are kept aside until their delay is over. docs/PROTOCOL.md, "Headers".
//
// They have no sequence before that, so no queue and no figure but `delayed_messages` knows of them. Duplicates are
// found when they are appended.
extension TopicState {
    /// How long before a message is due a loop begins to watch the time for it, in µs. What is due later is found once a
    /// second, by the loop that keeps the topic.
    static let watchedDelay: UInt64 = 3_000_000
    /// Bytes that are appended in one step.
    static let dueBytes = 64 << 10

    /// Keeps a message aside, if there is room for it.
    mutating func delay(_ run: PublishRun) -> PublishResult {
        var result = PublishResult(queues: holds.count + readersToCome, refusal: roomToDelay(run.frames.count))
        guard let refusal = result.refusal else {
            keepAside(run, &result)
            return result
        }
        if refusal == .blocked {
            waitForRoom(run.publisher.handle, isFirst: run.hasWaited)
        } else {
            refused(run.count, refusal == .full ? .topicFull : .memoryFull)
        }
        return result
    }

    /// Keeps a message aside, for which there is room.
    mutating func keepAside(_ run: PublishRun, _ result: inout PublishResult) {
        let aside = delayed ?? DelayedMessages(budget: budget)
        delayed = aside
        aside.insert(
            run.frames, due: run.now + run.times.delay * 1000, publisher: run.publisher,
            lifetime: run.times.expireAfter)
        result.bytes = run.frames.count
        result.count = run.count
        result.delayed = run.count
        result.look = timeToLook(now: run.now)
        if run.isTraced { noteTracedAside() }
    }

    /// Why there is no room for a message that is to be delayed; nil if there is.
    ///
    /// A topic that drops its oldest messages cannot drop these, so the limit is theirs alone.
    private func roomToDelay(_ bytes: Int) -> PublishResult.Refusal? {
        guard hasMemory(for: bytes) else { return settings.overflow == .block ? .blocked : .memory }
        let taken = delayedBytes + (settings.overflow == .drop ? 0 : countedBytes)
        guard taken > 0, taken + UInt64(bytes) > settings.limit else { return nil }
        return settings.overflow == .block ? .blocked : .full
    }

    /// Frame bytes of messages that are delayed.
    @inline(__always)
    var delayedBytes: UInt64 { delayed?.bytes ?? 0 }

    /// When a loop has to look for messages that are due, in µs since 1970; nil if one will, or if it is too early to say.
    /// Whoever asks has to look then.
    mutating func timeToLook(now: UInt64) -> UInt64? {
        guard let delayed, let next = delayed.nextDue, next < delayed.promised,
            next <= now + Self.watchedDelay
        else { return nil }
        delayed.promised = next
        return next
    }

    /// What ``appendDue(now:stamp:wakes:)`` has done.
    struct DueAppended {
        /// Duplicates among the messages that were due.
        var duplicates = 0
        /// Whether more are due.
        var hasMore = false
        /// When the caller has to look again, in µs since 1970; nil if it need not.
        var look: UInt64?
        /// Those of them that are traced.
        var traced: [TracedPublish] = []
    }

    /// Appends some of the messages that are due.
    ///
    /// - Parameter stamp: Makes the arrival stamp of what is appended next.
    mutating func appendDue(now: UInt64, stamp: () -> UInt64, wakes: inout WakeList) -> DueAppended {
        var appended = DueAppended()
        guard let delayed, !isGone else { return appended }
        if delayed.promised <= now { delayed.promised = .max }
        endPauseIfOver(now: now)
        // The look once a second finds them again.
        guard pause == nil else { return appended }
        var left = Self.dueBytes
        while left > 0, let due = delayed.take(now: now, most: left) {
            left -= due.frames.readableBytes
            giveMemory(for: due.frames.readableBytes, now: now)
            var result = PublishResult()
            due.frames.withUnsafeReadableBytes { frames in
                let run = PublishRun(
                    frames: frames, count: due.count, stamp: stamp(), now: now, publisher: due.publisher,
                    times: MessageTimes(expireAfter: due.lifetime < .max ? due.lifetime : nil),
                    isTraced: tracedAside(frames))
                accept(run, result: &result, wakes: &wakes)
            }
            appended.duplicates += result.duplicates.count
            appended.traced += result.traced
        }
        appended.hasMore = delayed.nextDue.map { $0 <= now } ?? false
        if !appended.hasMore { appended.look = timeToLook(now: now) }
        if delayed.count == 0 { self.delayed = nil }
        // What is no longer aside may leave room, if no queue holds it.
        wakeBlocked(&wakes)
        return appended
    }
}
