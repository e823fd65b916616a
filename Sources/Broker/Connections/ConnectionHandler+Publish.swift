import NIOCore
import ZaichikProtocol

/// How far a connection's publishes have come.
struct PublishProgress {
    /// Publishes that were judged: accepted, duplicate or refused. They are numbered in this order, from 1.
    var answered: UInt64 = 0
    /// Whether one of them wants a CONFIRM that was not sent yet.
    var owesConfirm = false
    /// Publishes that wait because a topic is full: whole frames.
    var parked = ByteBuffer()
    var parkedCount = 0
    /// Since when, in µs since 1970.
    var parkedSince: UInt64 = 0
    /// The topic they wait for.
    var blockedTopic: UInt32 = 0
    /// Whether there may be room now.
    var wantsRetry = false
    /// Whether the client was told that they wait.
    var isTold = false

    /// How many bytes may wait.
    static let parkedLimit = 1 << 20
    /// How long they may wait, in µs.
    static let parkedPatience: UInt64 = 30_000_000

    var isParked: Bool { parkedCount > 0 }
    var received: UInt64 { answered + UInt64(parkedCount) }
}

// The way in: a publish from the socket's bytes into a topic's log.
extension ConnectionHandler {
    /// Publishes a run, or has it wait behind what waits.
    ///
    /// - Parameter memory: The same frames, if they take so much of a read's memory that the log may keep it.
    func publish(_ frames: UnsafeRawBufferPointer, _ run: FrameScan.Run, in memory: ByteBuffer? = nil) {
        guard !publishes.isParked else { return park(frames, run) }
        append(frames, run, in: memory)
    }

    /// Appends a run to its topic's log, and parks what has to wait for room.
    ///
    /// - Returns: What became of it; nothing, if the topic may not be published to.
    @discardableResult
    private func append(
        _ frames: UnsafeRawBufferPointer, _ run: FrameScan.Run, in memory: ByteBuffer? = nil
    ) -> PublishResult? {
        guard let topic = shard.topic(run.topicID) else {
            refuse(run.count, .unknownTopic, "there is no topic with id \(run.topicID); ask for it with TOPIC")
            return nil
        }
        guard !topic.name.isReserved else {
            refuse(run.count, .reservedName, "'\(topic.name)' is the broker's own, nobody else publishes to it")
            return nil
        }
        let now = shard.now
        // The stamp is taken inside the lock, so that a topic's stamps never decrease.
        let result = topic.locked { state in
            state.publish(
                frames, count: run.count, in: memory, stamp: shard.stamp(), now: now, wakes: &shard.wakes)
        }
        if result.isAdopted { reads.isShared = true }
        count(result)
        publishes.answered += UInt64(result.count)
        if run.wantsConfirm { publishes.owesConfirm = true }
        for duplicate in result.duplicates {
            let number = publishes.answered - UInt64(result.count) + UInt64(duplicate.index) + 1
            send(
                .receipt(
                    .duplicate, publish: number, topicID: topic.id, sequence: duplicate.sequence,
                    queues: UInt32(result.queues)))
        }
        if let refusal = result.refusal {
            let rest = UnsafeRawBufferPointer(rebasing: frames[result.bytes...])
            var left = run
            left.bytes = rest.count
            left.count -= result.count
            refuse(rest, left, of: topic, refusal)
        }
        return result
    }

    private func refuse(
        _ frames: UnsafeRawBufferPointer, _ run: FrameScan.Run, of topic: Topic, _ refusal: PublishResult.Refusal
    ) {
        if refusal != .blocked { topic.locked { $0.counters.rejected += UInt64(run.count) } }
        switch refusal {
        case .full:
            refuse(run.count, .topicFull, "'\(topic.name)' holds as much for its queues as its limit allows")
        case .memory:
            refuse(run.count, .memoryFull, "the broker's memory is used up and '\(topic.name)' has nothing to drop")
        case .blocked: park(frames, run)
        }
    }

    private func count(_ result: PublishResult) {
        counters.published += UInt64(result.accepted)
        counters.publishedBytes += UInt64(result.acceptedBytes)
        counters.duplicates += UInt64(result.duplicates.count)
        shard.totals.batches += 1
        shard.totals.published += UInt64(result.accepted)
        shard.totals.publishedBytes += UInt64(result.acceptedBytes)
        shard.totals.duplicates += UInt64(result.duplicates.count)
    }

    func refuse(_ count: Int, _ code: ErrorCode, _ message: String) {
        for _ in 0..<count {
            publishes.answered += 1
            send(.reject(code: code.rawValue, publish: publishes.answered, message: message))
        }
        publishes.owesConfirm = true
        counters.rejected += UInt64(count)
        shard.totals.rejected += UInt64(count)
    }

    /// Publishes one message that wants something for itself: a receipt, or its headers checked.
    func publishAlone(_ message: Message, frame: ByteBuffer) {
        let run = FrameScan.Run(
            topicID: message.topicID, bytes: frame.readableBytes, count: 1,
            wantsConfirm: !message.flags.contains(.unconfirmed))
        guard !publishes.isParked else { return frame.withUnsafeReadableBytes { park($0, run) } }
        if message.flags.contains(.headers), !MessageHeaders.areWellFormed(message.payload) {
            return refuse(1, .malformedHeaders, "flag bit 1 promises headers, and the payload does not begin with them")
        }
        let number = publishes.answered + 1
        guard let result = frame.withUnsafeReadableBytes({ append($0, run) }), result.accepted > 0,
            message.flags.contains(.receipt)
        else { return }
        send(
            .receipt(
                .accepted, publish: number, topicID: message.topicID, sequence: result.firstSequence,
                queues: UInt32(result.queues)))
    }

    /// Confirms what was answered, if anybody wants to know.
    func confirm() {
        guard publishes.owesConfirm else { return }
        publishes.owesConfirm = false
        send(.confirm(publishes.answered))
    }

    func answerPing(_ token: UInt64) {
        pings.append(WaitingPing(token: token, publishes: publishes.received, lists: desk.asked))
        answerPings()
    }

    /// Answers the pings before which everything is answered.
    func answerPings() {
        while let ping = pings.first, publishes.answered >= ping.publishes, desk.answered >= ping.lists {
            pings.removeFirst()
            confirm()
            send(.pong(ping.token))
        }
    }

    // MARK: Waiting for room

    private func park(_ frames: UnsafeRawBufferPointer, _ run: FrameScan.Run) {
        guard publishes.parked.readableBytes + frames.count <= PublishProgress.parkedLimit else {
            giveUpParked("more than \(PublishProgress.parkedLimit) bytes wait for room")
            return refuse(
                run.count, .blockedTooLong, "publishes wait for room in a topic, and this is too much of them")
        }
        if !publishes.isParked {
            publishes.parkedSince = shard.now
            waitForRoom(run.topicID)
        }
        publishes.parked.writeBytes(frames)
        publishes.parkedCount += run.count
        if !publishes.isTold { tellBlocked(true) }
    }

    private func waitForRoom(_ topicID: UInt32) {
        publishes.blockedTopic = topicID
        let waiter = Waiter(client: handle, cursor: Waiter.unattached)
        shard.topic(topicID)?.locked { state in
            if !state.blocked.contains(waiter) { state.blocked.append(waiter) }
        }
    }

    private func tellBlocked(_ isBlocked: Bool) {
        publishes.isTold = isBlocked
        send(.blocked(isBlocked, topicID: publishes.blockedTopic, waiting: UInt64(publishes.parkedCount)))
    }

    /// Publishes what waits, as far as there is room now.
    func retryParked() {
        publishes.wantsRetry = false
        guard publishes.isParked else { return }
        var parked = publishes.parked
        publishes.parked = ByteBuffer()
        publishes.parkedCount = 0
        let since = publishes.parkedSince
        let answered = publishes.answered
        while parked.readableBytes > 0, !publishes.isParked {
            let length = parked.withUnsafeReadableBytes { readable -> Int in
                guard let run = FrameScan.run(readable, limit: frameLimit) else { return 0 }
                publish(UnsafeRawBufferPointer(rebasing: readable[..<run.bytes]), run)
                return run.bytes
            }
            if length > 0 { parked.moveReaderIndex(forwardBy: length) } else { retryAlone(&parked) }
        }
        if publishes.isParked {
            publishes.parkedCount += parked.withUnsafeReadableBytes { FrameScan.count($0) }
            publishes.parked.writeBuffer(&parked)
            // Who makes progress waits anew.
            publishes.parkedSince = publishes.answered > answered ? shard.now : since
            confirm()
            answerPings()
        } else {
            unblocked()
        }
    }

    private func retryAlone(_ parked: inout ByteBuffer) {
        guard let header = FrameHeader(peeking: parked), let frame = parked.readSlice(length: header.frameLength),
            case .publish(let message)? = try? ClientFrame(decoding: frame)
        else { preconditionFailure("what is parked was checked before") }
        publishAlone(message, frame: frame)
    }

    private func unblocked() {
        tellBlocked(false)
        confirm()
        answerPings()
        shard.markDirty(self)
    }

    /// Counts what still waited when the connection went.
    func dropParked() {
        shard.totals.rejected += UInt64(publishes.parkedCount)
        publishes.parkedCount = 0
        publishes.parked = ByteBuffer()
    }

    /// Refuses what has waited too long.
    func giveUpParked(_ reason: String) {
        guard publishes.isParked else { return }
        let count = publishes.parkedCount
        publishes.parked = ByteBuffer()
        publishes.parkedCount = 0
        refuse(count, .blockedTooLong, reason)
        unblocked()
    }
}

/// The headers that a payload begins with, if flag bit 1 says so. docs/PROTOCOL.md, "Headers".
enum MessageHeaders {
    /// `u16 count`, then per header `u16 length, name, u32 length, value`.
    static func areWellFormed(_ payload: ByteBuffer) -> Bool {
        var payload = payload
        guard let count = payload.readInteger(endianness: .little, as: UInt16.self) else { return false }
        for _ in 0..<count {
            guard let name = payload.readInteger(endianness: .little, as: UInt16.self),
                let text = payload.readSlice(length: Int(name)),
                String(validating: text.readableBytesView, as: UTF8.self) != nil,
                let value = payload.readInteger(endianness: .little, as: UInt32.self),
                payload.readSlice(length: Int(value)) != nil
            else { return false }
        }
        return true
    }
}
