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
        reader.queue.releaseCommitted(wakes: &shard.wakes)
        shard.setAlarm(reader)
        if reader.queue.hasReady { reader.wakeOwner() }
    }

    /// Tells the client which of the deliveries that it commits had been taken back before.
    func checkOverdue(_ count: UInt64) throws(FrameError) {
        guard let late = attachment.tellOverdue(upTo: count) else { return }
        throw FrameError(
            .commitTooLate,
            """
            \(late.count) of the deliveries \(late.numbers.lowerBound) to \(late.numbers.upperBound) were not in flight \
            any more, as their deadline had passed; the others are committed
            """)
    }

    // MARK: Moving

    /// Moves a queue in the topics that a pattern matches.
    ///
    /// - Parameter incarnation: The topic's, if no other is meant.
    func seek(
        _ reader: Reader, _ pattern: TopicPattern, to start: StartPosition, incarnation: UInt64?, request: UInt32
    ) throws(FrameError) {
        if let incarnation, let name = pattern.name { try check(incarnation, of: name, request) }
        reader.seek(pattern, to: start)
        reader.step(now: shard.now, wakes: &shard.wakes)
        shard.finishInBackground(reader) { [self] in
            send(.ok(request: request, detail: CountDone(count: reader.topicsMoved).detail))
            queueChanged(reader)
            channel?.resumeInputIfHeld()
        }
    }

    // MARK: Parked messages

    /// The most rows in the answer to LIST PARKED: the client asks for those after them.
    private static let parkedRows = 512

    func listParked(of reader: Reader, after number: UInt64, most: UInt32, request: UInt32) {
        reader.queue.forgetGoneParked(now: shard.now)
        let parked = reader.queue.parked(after: number, most: min(Int(most), Self.parkedRows), now: shard.now)
        let rows = parked.compactMap { entry, topic in
            topic.locked { $0.log.parkedRow(entry.sequence) }.map { row in
                var row = row
                row.number = entry.number
                row.topicID = topic.id
                row.topic = topic.name.string
                row.parkedAt = entry.since
                row.attempts = entry.attempts
                row.reason = entry.reason
                return row
            }
        }
        send(.parked(request: request, page: RowPage(rows: rows, matching: reader.queue.parkedCount), isLast: true))
    }

    func settleParked(
        of reader: Reader, _ numbers: [ClosedRange<UInt64>], _ action: ParkedAction, request: UInt32
    ) throws(FrameError) {
        switch reader.queue.settleParked(numbers, action, now: shard.now) {
        case .success(let count):
            send(.ok(request: request, detail: CountDone(count: UInt32(count)).detail))
            queueChanged(reader)
        case .failure(let unknown):
            throw FrameError(
                .unknownMessage, request: request, "no message is parked under the number \(unknown.number); nothing was done")
        }
    }
}

extension FrameError {
    static func notInFlight(_ number: UInt64, _ request: UInt32) -> FrameError {
        FrameError(.notInFlight, request: request, "delivery \(number) is not in flight; nothing was done")
    }
}

extension TopicLog {
    /// What the list of parked messages shows of a message itself; nil if it is not stored.
    fileprivate func parkedRow(_ sequence: UInt64) -> ParkedMessage? {
        var position = position(ofStored: sequence)
        guard position.sequence == sequence,
            case .messages(let taken) = read(&position, limit: ReadLimit(messages: 1, bytes: .max)),
            case .deliver(let message)? = try? BrokerFrame(decoding: taken.bytes)
        else { return nil }
        var row = ParkedMessage()
        row.sequence = sequence
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
