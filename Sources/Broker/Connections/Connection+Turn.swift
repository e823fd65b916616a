import NIOCore
import ZaichikProtocol

// The outbound path: from the queue to the socket.
extension Connection {
    /// Runs shorter than this, in bytes, are copied into the answers: this is cheaper than a piece of their own, and a
    /// few bytes do not keep a segment alive.
    private static let copied = 1 << 10
    /// Bytes of memory that a connection keeps for its next answers.
    private static let keptCapacity = 4 << 10

    /// Sends answers and as many deliveries as window, socket and budget allow.
    ///
    /// - Parameter budget: Bytes of deliveries to send at most; 0 sends answers only.
    func turn(now: UInt64, horizon: UInt64, budget: Int) -> ClientQueue.Turn {
        guard isOutputOpen, let channel else { return .done }
        gate.retryIfRoom(self)
        answerPings()
        let turn = deliver(channel, now: now, horizon: horizon, budget: budget)
        reader.queue.releaseCommitted(wakes: &shard.wakes)
        shard.setAlarm(reader)
        flush()
        serveDesk()
        channel.resumeInputIfHeld()
        if turn == .done { endIfAllIsSent() }
        return turn
    }

    /// Sends deliveries, in portions no larger than what the client may have unsent.
    private func deliver(
        _ channel: ConnectionHandler, now: UInt64, horizon: UInt64, budget: Int
    ) -> ClientQueue.Turn {
        // The answer to a subscription comes before its first delivery.
        guard reader.queue.hasReady, budget > 0, life.delivers, !reader.isBusy, !reader.isPaused else { return .done }
        var turn = ClientQueue.Turn.done
        var left = budget
        let withheld = reader.queue.counters.duplicates
        let (before, delivered) = (attachment.committed, attachment.delivered)
        defer {
            shard.totals.duplicates += reader.queue.counters.duplicates - withheld
            // What commits by itself does so as it is delivered.
            if attachment.committed > before { shard.totals.committed += attachment.committed - before }
            reader.passOn(from: self, hasTaken: attachment.delivered > delivered)
        }
        repeat {
            guard channel.isWritable else { return .done }
            let portion = min(left, core.unsentAllowance)
            turn = reader.queue.take(
                for: &attachment, now: now, horizon: horizon, bytes: portion, most: reader.share(of: self),
                output: &output,
                wakes: &shard.wakes)
            write()
            left -= portion
            if turn == .more, left > 0 { flush() }
        } while turn == .more && left > 0
        return turn
    }

    /// Reports the gap at the queue's front, which waits neither for the window nor for the end of a pause. A window that is bounded in bytes may stop
    /// the message after it although there is room.
    func tellGap(now: UInt64) {
        guard reader.queue.hasReady, attachment.room == 0 || attachment.byteWindow != nil || reader.isPaused,
            !reader.isBusy, isOutputOpen
        else { return }
        reader.queue.takeGap(for: &attachment, now: now, output: &output, wakes: &shard.wakes)
        guard !output.isEmpty else { return }
        write()
        shard.turns.markDue(self)
    }

    /// Writes what the queue has handed out.
    func write() {
        for index in output.indices {
            switch output[index] {
            case .announcement(let topic):
                if dialect == .native {
                    topic.frame(request: 0).write(to: &answers)
                }
            case .gap(let reason, let topic, let first, let last):
                shard.totals.gaps += last - first + 1
                shard.noteGap(reason, first...last, of: topic, reader)
                if dialect == .native {
                    BrokerFrame.gap(reason, topicID: topic.id, first: first, last: last).write(to: &answers)
                }
            case .run(let topic, let taken): write(taken, of: topic)
            case .again(let topic, let taken, let attempt): writeAgain(taken, of: topic, attempt)
            case .gone(let gone): write(gone)
            case .withheld: break
            }
        }
        output.removeAll(keepingCapacity: true)
    }

    private func write(_ gone: GoneTopic) {
        shard.totals.gaps += gone.lostMessages
        for lost in gone.lost { shard.noteGap(.purged, lost, of: gone.topic, reader) }
        guard dialect == .native else { return }
        let topic = gone.topic
        for owner in reader.owners where owner !== self { owner.topicEnded(topic) }
        for lost in gone.lost {
            BrokerFrame.gap(.purged, topicID: topic.id, first: lost.lowerBound, last: lost.upperBound)
                .write(to: &answers)
        }
        BrokerFrame.topicGone(topicID: topic.id).write(to: &answers)
    }

    private func write(_ taken: TakenRun, of topic: Topic) {
        let size = taken.size
        shard.totals.delivered += UInt64(taken.count)
        shard.totals.deliveredBytes += UInt64(size)
        counters.deliveredBytes += UInt64(size)
        if dialect == .classic { return writeClassic(taken.bytes, of: topic) }
        guard size >= Self.copied else {
            answers.writeImmutableBuffer(taken.bytes)
            return
        }
        if answers.readableBytes > 0 {
            channel?.write(answers)
            answers = ByteBuffer()
        }
        channel?.write(taken.bytes, of: taken.segment)
    }

    /// Writes deliveries of messages that were delivered before, each with what is to be told of that.
    private func writeAgain(_ taken: TakenRun, of topic: Topic, _ attempt: Attempt) {
        shard.totals.redelivered += UInt64(taken.count)
        guard dialect == .native else { return write(taken, of: topic) }
        shard.totals.delivered += UInt64(taken.count)
        shard.totals.deliveredBytes += UInt64(taken.size)
        counters.deliveredBytes += UInt64(taken.size)
        counters.redelivered += UInt64(taken.count)
        var frames = taken.bytes
        var sequence = taken.firstSequence
        while let header = FrameHeader(peeking: frames), var frame = frames.readSlice(length: header.frameLength) {
            BrokerFrame.redelivery(Redelivery(attempt, of: sequence, topicID: topic.id)).write(to: &answers)
            answers.writeBuffer(&frame)
            sequence += 1
        }
    }

    /// Sends all that is written. The memory of the answers is used again if the socket has taken them.
    func flush() {
        // A flush that makes the socket writable again re-enters this method before it returns.
        var written = ByteBuffer()
        swap(&written, &answers)
        if written.readableBytes > 0 { channel?.write(written) }
        channel?.flush()
        if answers.capacity == 0, written.capacity <= Self.keptCapacity {
            written.clear()
            answers = written
        }
    }

    /// Gives back the memory kept for the next answers and deliveries: the client has had none for a while.
    func dropKeptMemory() {
        if answers.readableBytes == 0, answers.capacity > 0 { answers = ByteBuffer() }
        if output.isEmpty, output.capacity > 0 { output = [] }
    }
}

extension Redelivery {
    fileprivate init(_ attempt: Attempt, of sequence: UInt64, topicID: UInt32) {
        self.init(
            topicID: topicID, sequence: sequence, attempt: UInt16(clamping: attempt.number), cause: attempt.cause,
            reason: attempt.reason)
    }
}
