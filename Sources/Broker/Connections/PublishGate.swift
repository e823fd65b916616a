import DequeModule
import NIOCore
import ZaichikProtocol

/// The inbound path of one connection's publishes. It numbers them, parks those that find no room, and answers them in
/// order: publishes after one that waits have to wait too, whatever their topics.
struct PublishGate {
    /// Publishes whose answer is known: accepted and visible, duplicate or refused. They are numbered in this order,
    /// from 1.
    private(set) var answered: UInt64 = 0
    /// The number in the last CONFIRM.
    private var confirmed: UInt64 = 0
    /// Whether one of them asks for a CONFIRM that was not sent yet.
    private var owesConfirm = false
    /// Answers that wait until what was appended is visible, and the answers that follow them.
    private var unreleased: Deque<PublishAnswer> = []
    private var parked = ParkedPublishes()
    /// The producer whose publishes these are; nil if it has no name.
    var producer: ProducerSeat?
    /// The connection as a publisher; nil before its first publish.
    private var publisher: Publisher?

    /// The number of publishes received.
    var received: UInt64 { unreleased.reduce(answered) { $0 + UInt64($1.count) } + UInt64(parked.count) }
    /// Whether publishes wait for room.
    var isBlocked: Bool { parked.count > 0 }
    /// The topic that publishes wait for, and how many do.
    var waitsFor: Topic? { parked.topic }
    var waitingCount: UInt64 { UInt64(parked.count) }
    /// Whether answers are still to be given.
    var owesAnswers: Bool { isBlocked || !unreleased.isEmpty }
    /// Whether so many wait that nothing more is read from the client until there is room.
    @inline(__always)
    func isFull(_ budget: MemoryBudget) -> Bool { parked.isFull(budget) }

    // MARK: In

    /// Publishes a run, or parks it after the publishes that wait already.
    ///
    /// - Parameter memory: The same frames, if they take so much of a read's memory that the log may keep it.
    mutating func publish(
        _ frames: UnsafeRawBufferPointer, _ run: FrameScan.Run, in memory: ByteBuffer? = nil, _ connection: Connection
    ) {
        guard !isBlocked else { return park(frames, run, connection) }
        append(frames, run, in: memory, connection)
    }

    /// Publishes one message that needs individual treatment: a receipt, a check of its headers, or a refusal of its
    /// flags.
    mutating func publishAlone(_ message: Message, frame: ByteBuffer, _ connection: Connection, hasWaited: Bool = false)
    {
        let run = FrameScan.Run(
            topicID: message.topicID, bytes: frame.readableBytes, count: 1,
            wantsConfirm: !message.flags.contains(.unconfirmed))
        guard !isBlocked else { return frame.withUnsafeReadableBytes { park($0, run, connection) } }
        switch PublishCheck.outcome(of: message) {
        case .refused(let code, let reason): refuse(message, code, reason, connection)
        case .fine(let times):
            var frame = frame
            let isTraced = message.flags.contains(.trace) && PublishTrace.begin(&frame, message, connection)
            frame.withUnsafeReadableBytes {
                append(
                    $0, run, times, wantsReceipt: message.flags.contains(.receipt), isTraced: isTraced,
                    hasWaited: hasWaited, connection)
            }
        }
    }

    /// Refuses one message for a reason of its own.
    mutating func refuse(_ message: Message, _ code: ErrorCode, _ reason: String, _ connection: Connection) {
        connection.shard.topic(message.topicID)?.locked { $0.counters.rejected += 1 }
        refuse(1, code, reason, connection)
    }

    /// The connection as a publisher: made at its first publish, when it has told its name.
    @inline(__always)
    mutating func publisher(_ connection: Connection) -> Publisher { publisher ?? begin(connection) }

    @inline(never)
    private mutating func begin(_ connection: Connection) -> Publisher {
        let publisher = Publisher(
            handle: connection.handle, reader: connection.reader.handle, connectionID: connection.id,
            clientName: connection.identity.name,
            producerName: (producer?.name ?? connection.session?.name)?.string ?? "", budget: connection.core.budget)
        self.publisher = publisher
        return publisher
    }

    /// Appends a run to its topic's log, and parks what has to wait for room.
    private mutating func append(
        _ frames: UnsafeRawBufferPointer, _ run: FrameScan.Run, _ times: MessageTimes = MessageTimes(),
        in memory: ByteBuffer? = nil, wantsReceipt: Bool = false, isTraced: Bool = false, hasWaited: Bool = false,
        _ connection: Connection
    ) {
        let shard = connection.shard
        guard let topic = shard.topic(run.topicID) else {
            return refuse(run.count, unknown: run.topicID, connection)
        }
        guard !topic.isReserved else {
            return refuse(
                run.count, .reservedName, "'\(topic.name)' belongs to the broker; clients cannot publish to it",
                connection
            )
        }
        guard !connection.core.operations.isDraining else {
            return refuseDraining(run, topic, connection)
        }
        connection.core.findMemory(for: frames.count, now: shard.now, wakes: &shard.wakes)
        let now = shard.now
        let publisher = publisher(connection)
        // The stamp is taken inside the lock, so that a topic's stamps never decrease.
        let result = topic.locked { state in
            state.publish(
                PublishRun(
                    frames: frames, count: run.count, memory: memory, stamp: shard.stamp(), now: now,
                    publisher: publisher, hasWaited: hasWaited, times: times, isTraced: isTraced),
                wakes: &shard.wakes)
        }
        if isTraced { PublishTrace.tell(result, in: topic, times, hasWaited: hasWaited, connection) }
        if result.isAdopted { connection.channel?.memoryWasAdopted() }
        connection.count(result)
        if let time = result.look { shard.delays.look(at: topic.id, at: time, now: now) }
        if result.count > 0 {
            give(
                PublishAnswer(
                    result, topicID: topic.id, wantsConfirm: run.wantsConfirm, wantsReceipt: wantsReceipt), connection)
        }
        guard let refusal = result.refusal else { return }
        let rest = UnsafeRawBufferPointer(rebasing: frames[result.bytes...])
        var left = run
        left.bytes = rest.count
        left.count -= result.count
        switch refusal {
        case .full:
            refuse(
                left.count, .topicFull, Self.full(topic, delays: times.delay > 0), connection)
        case .memory:
            refuse(
                left.count, .memoryFull, "the broker's memory is used up and '\(topic.name)' has nothing to drop",
                connection)
        case .gone: refuse(left.count, unknown: topic.id, connection)
        case .paused: refuse(left.count, .topicPaused, topic.pauseText(now: now), connection)
        case .blocked:
            parked.begin(waitingFor: topic, now: now)
            park(rest, left, connection)
        }
    }

    // MARK: Answers

    private mutating func refuse(_ count: Int, _ code: ErrorCode, _ message: String, _ connection: Connection) {
        connection.countRejected(count)
        give(PublishAnswer(rejected: count, code, message), connection)
    }

    @inline(never)
    private mutating func refuseDraining(_ run: FrameScan.Run, _ topic: Topic, _ connection: Connection) {
        topic.locked { $0.refused(run.count, .draining) }
        refuse(run.count, .draining, connection.core.operations.draining?.drainText ?? "", connection)
    }

    private static func full(_ topic: Topic, delays: Bool) -> String {
        delays
            ? "'\(topic.name)' is full: its delayed messages, and what its queues hold back, take as much as its limit allows"
            : "'\(topic.name)' is full: its queues hold back as much as its limit allows"
    }

    private mutating func refuse(_ count: Int, unknown topicID: UInt32, _ connection: Connection) {
        refuse(count, .unknownTopic, "there is no topic with id \(topicID); ask for it with TOPIC", connection)
    }

    /// Gives an answer, or queues it after answers that wait for their messages to be visible.
    private mutating func give(_ answer: PublishAnswer, _ connection: Connection) {
        guard unreleased.isEmpty, answer.awaits == nil else {
            unreleased.append(answer)
            return
        }
        settle(answer, connection)
    }

    private mutating func settle(_ answer: PublishAnswer, _ connection: Connection) {
        answer.write(after: answered, connection)
        note(answer)
        answered += UInt64(answer.count)
        if answer.wantsConfirm { owesConfirm = true }
    }

    /// Notes a refusal for the producer, if it has a name.
    @inline(__always)
    private func note(_ answer: PublishAnswer) {
        guard let producer, let code = answer.refusal else { return }
        producer.refused(answer.count, code, after: answered)
    }

    /// Ends the counting for a named producer, once nothing more is published: what was appended counts, visible or not.
    ///
    /// - Returns: The producer and how many publishes of this connection are answered; nil if it has no name.
    mutating func endProducer() -> (ProducerSeat, answered: UInt64)? {
        guard let producer else { return nil }
        for answer in unreleased {
            note(answer)
            answered += UInt64(answer.count)
        }
        unreleased = []
        self.producer = nil
        return (producer, answered)
    }

    /// Gives the answers that waited for a topic's messages to become visible.
    ///
    /// - Parameter head: The last message that is visible.
    mutating func released(_ topicID: UInt32, upTo head: UInt64, _ connection: Connection) {
        for index in unreleased.indices {
            guard let awaits = unreleased[index].awaits, awaits.topicID == topicID, awaits.sequence <= head else {
                continue
            }
            unreleased[index].awaits = nil
        }
        while let answer = unreleased.first, answer.awaits == nil {
            unreleased.removeFirst()
            settle(answer, connection)
        }
    }

    /// Sends a CONFIRM if an answered publish asks for one and was not confirmed before.
    mutating func confirm(_ connection: Connection) {
        guard owesConfirm else { return }
        owesConfirm = false
        guard answered > confirmed else { return }
        confirmed = answered
        connection.send(.confirm(answered))
    }

    // MARK: Waiting for room

    private mutating func park(
        _ frames: UnsafeRawBufferPointer, _ run: FrameScan.Run, _ connection: Connection
    ) {
        parked.add(frames, count: run.count, budget: connection.core.budget)
        parked.tell(connection)
    }

    /// Notes that a topic may have room: the publishes that wait are tried in the connection's turn. If none waits for
    /// that topic any more, the room goes to the next publisher.
    mutating func roomMade(in topicID: UInt32, _ connection: Connection) {
        guard !parked.roomMade(in: topicID) else { return }
        connection.shard.topic(topicID)?.locked { $0.wakeBlocked(&connection.shard.wakes) }
    }

    /// Tries the waiting publishes again if there may be room for them.
    mutating func retryIfRoom(_ connection: Connection) {
        if let topic = parked.topicWithRoom { retry(topic, connection) }
    }

    /// Publishes the waiting messages as far as there is room now.
    private mutating func retry(_ topic: Topic, _ connection: Connection) {
        let before = answered
        var frames = parked.take(budget: connection.core.budget)
        var hasWaited = true
        while frames.readableBytes > 0, !isBlocked {
            let length = frames.withUnsafeReadableBytes { readable -> Int in
                guard let run = FrameScan.run(readable, limit: connection.frameLimit) else { return 0 }
                append(
                    UnsafeRawBufferPointer(rebasing: readable[..<run.bytes]), run, hasWaited: hasWaited, connection)
                return run.bytes
            }
            if length > 0 {
                frames.moveReaderIndex(forwardBy: length)
            } else {
                retryAlone(&frames, hasWaited: hasWaited, connection)
            }
            hasWaited = false
        }
        frames.withUnsafeReadableBytes {
            parked.add($0, count: FrameScan.count($0), budget: connection.core.budget)
        }
        parked.tell(connection)
        // Room that is left goes to others.
        if !parked.isWaiting(for: topic) { topic.locked { $0.wakeBlocked(&connection.shard.wakes) } }
        if answered > before { confirm(connection) }
    }

    private mutating func retryAlone(_ frames: inout ByteBuffer, hasWaited: Bool, _ connection: Connection) {
        guard let header = FrameHeader(peeking: frames), let frame = frames.readSlice(length: header.frameLength),
            case .publish(let message)? = try? ClientFrame(decoding: frame)
        else { preconditionFailure("what is parked was checked before") }
        publishAlone(message, frame: frame, connection, hasWaited: hasWaited)
    }

    /// Refuses publishes that have waited too long for a topic whose queues make no progress.
    mutating func secondPassed(now: UInt64, _ connection: Connection) {
        guard parked.waitsInVain(now: now) else { return }
        refuseWaiting(
            .blockedTooLong,
            "the topic stayed full for \(ParkedPublishes.patience / 1_000_000) s without any progress", connection)
    }

    /// Refuses the publishes that wait for room.
    mutating func refuseWaiting(_ code: ErrorCode, _ reason: String, _ connection: Connection) {
        guard isBlocked else { return }
        let (frames, count) = drop(connection)
        frames.withUnsafeReadableBytes { bytes in
            // The topics count the publishes that were refused.
            var offset = 0
            while offset < bytes.count {
                let frame = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                connection.shard.topic(FrameScan.topicID(frame))?.locked { $0.refused(1, .blockedTooLong) }
                offset += FrameScan.frameLength(frame)
            }
        }
        refuse(count, code, reason, connection)
        parked.tell(connection)
        confirm(connection)
    }

    /// Gives up the waiting publishes: the connection is gone.
    mutating func close(_ connection: Connection) {
        publisher?.leave()
        let (_, count) = drop(connection)
        if count > 0 { connection.countRejected(count) }
    }

    private mutating func drop(_ connection: Connection) -> (frames: ByteBuffer, count: Int) {
        parked.stopWaiting(connection.handle, wakes: &connection.shard.wakes)
        let count = parked.count
        return (parked.take(budget: connection.core.budget), count)
    }
}
