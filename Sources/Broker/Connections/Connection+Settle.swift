import NIOCore
import ZaichikProtocol

// What becomes of deliveries besides a COMMIT, and of what is parked.
extension Connection {
    /// Settles deliveries of this connection, all or none.
    func settle(_ settlement: Settlement, request: UInt32) throws(FrameError) {
        let settling: Settling
        switch settlement.action {
        case .commit: settling = .commit
        case .return: settling = .giveBack(after: UInt64(settlement.delay) * 1000, reason: settlement.reason)
        case .touch: settling = .touch
        case .park: settling = .park(reason: settlement.reason)
        }
        let before = attachment.committed
        switch reader.queue.settle(settlement.deliveries, settling, of: &attachment, now: shard.now) {
        case .done: break
        case .notInFlight(let number): throw .notInFlight(number, request)
        case .tooManyParked:
            throw FrameError(
                .memoryFull, request: request,
                "a queue may have at most \(ParkedMessages.most) parked messages; release or drop some of them")
        }
        committed(attachment.committed - before)
        send(.ok(request: request, detail: ByteBuffer()))
        queueChanged(reader)
    }

    /// After a change of a queue, by whatever connection: holds move, and what may be delivered is.
    func queueChanged(_ reader: Reader) {
        shard.queueChanged(reader)
    }

    /// Tells the client which of the deliveries that it commits had been taken back before.
    func checkOverdue(_ count: UInt64) throws(FrameError) {
        guard let late = attachment.tellOverdue(upTo: count) else { return }
        let (first, last) = (late.numbers.lowerBound, late.numbers.upperBound)
        let which =
            first == last
            ? "delivery \(first) was not in flight any more, as its"
            : "\(late.count) of the deliveries \(first) to \(last) were not in flight any more, as their"
        throw FrameError(.commitTooLate, "\(which) deadline had passed; the others are committed")
    }

    // MARK: Moving

    /// Moves a queue in the topics that a pattern matches.
    ///
    /// - Parameter incarnation: The topic's, if no other is meant.
    func seek(
        _ reader: Reader, _ pattern: TopicPattern, to start: StartPosition, incarnation: UInt64?, request: UInt32
    ) throws(FrameError) {
        try reader.checkSeek(pattern, incarnation, in: core.registry, request: request)
        let tally = reader.seek(pattern, to: start)
        reader.step(now: shard.now, wakes: &shard.wakes)
        shard.finishInBackground(reader) { [self] in
            send(.ok(request: request, detail: CountDone(count: tally.topics).detail))
            queueChanged(reader)
            inputMayGoOn(of: reader)
        }
    }

    // MARK: Parked messages

    func listParked(of reader: Reader, after number: UInt64, most: UInt32, request: UInt32) {
        shard.sweepParked(of: reader) { [self] in
            let page = reader.parkedPage(after: number, most: most, now: shard.now)
            send(.parked(request: request, page: page, isLast: true))
            inputMayGoOn(of: reader)
        }
    }

    func settleParked(
        of reader: Reader, _ numbers: [ClosedRange<UInt64>], _ action: ParkedAction, request: UInt32
    ) {
        shard.sweepParked(of: reader) { [self] in
            do throws(FrameError) {
                let count = try reader.settleParked(numbers, action, request: request, now: shard.now)
                send(.ok(request: request, detail: CountDone(count: count).detail))
            } catch {
                send(error)
            }
            queueChanged(reader)
            inputMayGoOn(of: reader)
        }
    }
}

extension Reader {
    /// Checks that the queue reads the topic that a seek names; a pattern may match none.
    ///
    /// - Parameter incarnation: The topic's, if no other is meant.
    func checkSeek(
        _ pattern: TopicPattern, _ incarnation: UInt64?, in registry: TopicRegistry, request: UInt32
    ) throws(FrameError) {
        guard let name = pattern.name else { return }
        guard let topic = registry.topic(named: name), queue.reads(topic.id) else {
            throw FrameError(
                .unknownTopic, request: request, "the queue does not read '\(name)', so it is nowhere there")
        }
        guard let incarnation, incarnation != topic.incarnation else { return }
        throw FrameError(
            .otherIncarnation, request: request, "'\(name)' is not the topic that the sequence was learnt under")
    }

    /// The most rows in the answer to LIST PARKED: the client asks for those after them.
    private static let parkedRows = PeerLimits.parkedRows

    /// The parked messages after a number.
    func parkedPage(after number: UInt64, most: UInt32, now: UInt64) -> RowPage<ParkedMessage> {
        let parked = queue.parked(after: number, most: min(Int(most), Self.parkedRows), now: now)
        let rows = parked.compactMap { entry, topic in
            topic.locked { $0.log.begun(entry.sequence) }.map { message in
                var row = message.row
                row.number = entry.number
                row.topicID = topic.id
                row.topic = topic.name.string
                row.parkedAt = entry.since
                row.attempts = entry.attempts
                row.reason = entry.reason
                return row
            }
        }
        return RowPage(rows: rows, matching: queue.parkedCount)
    }

    /// - Returns: How many messages were settled.
    func settleParked(
        _ numbers: [ClosedRange<UInt64>], _ action: ParkedAction, request: UInt32, now: UInt64
    ) throws(FrameError) -> UInt32 {
        switch queue.settleParked(numbers, action, now: now) {
        case .success(let count): return UInt32(count)
        case .failure(let unknown):
            throw FrameError(
                .unknownMessage, request: request,
                "no message is parked under the number \(unknown.number); nothing was done")
        }
    }
}

extension FrameError {
    static func notInFlight(_ number: UInt64, _ request: UInt32) -> FrameError {
        FrameError(.notInFlight, request: request, "delivery \(number) is not in flight; nothing was done")
    }
}

extension TopicLog {
    /// A message that a queue has in flight, to come again or parked. One that an operator has removed from the middle of the
    /// topic is still there.
    ///
    /// - Returns: nil if it is not stored any more.
    func begun(_ sequence: UInt64) -> TakenRun? {
        guard sequence >= firstSequence, sequence <= headSequence, let (segment, _) = segment(with: sequence) else {
            return nil
        }
        let start = position(ofStored: sequence).offset
        let end = start + segment.frameLength(at: start)
        return TakenRun(
            segment: segment, offsets: start..<end, count: 1, firstSequence: sequence,
            lastStamp: segment.stamp(at: end - 1))
    }

    /// One visible message that is stored.
    ///
    /// - Parameter now: Messages that are too old for what they asked for themselves are not found; 0: they are.
    /// - Returns: nil if it is gone, an operator has removed it, or it is yet to come.
    func message(_ sequence: UInt64, now: UInt64 = 0) -> TakenRun? {
        var position = position(ofStored: sequence)
        guard position.sequence == sequence,
            case .messages(let taken) = read(&position, limit: ReadLimit(messages: 1, bytes: .max), now: now)
        else { return nil }
        return taken
    }
}

extension TakenRun {
    /// What lists of messages show of the first of them.
    var row: ParkedMessage {
        guard case .deliver(let message)? = try? BrokerFrame(decoding: bytes) else {
            preconditionFailure("a message is stored that is no whole DELIVER")
        }
        var row = ParkedMessage()
        row.sequence = firstSequence
        row.timestamp = message.timestamp
        row.flags = message.flags
        if let key = message.key {
            row.keyLength = UInt16(key.readableBytes)
            if key.readableBytes == 0 { row.flags.insert(.emptyKey) }
            row.key = key.prefix(PeerLimits.parkedKey)
        }
        row.payloadLength = UInt32(message.payload.readableBytes)
        row.payload = message.payload.prefix(PeerLimits.parkedPayload)
        return row
    }
}

extension ByteBuffer {
    /// A copy of the first bytes, so that they do not keep a whole segment in memory.
    fileprivate func prefix(_ most: Int) -> ByteBuffer { ByteBuffer(bytes: readableBytesView.prefix(most)) }
}
