import Logging
import NIOCore
import ZaichikProtocol

// The way out: from the queue to the socket.
extension ConnectionHandler {
    /// Runs below this many bytes are copied behind the answers: cheaper than a write of their own, and a few bytes
    /// do not keep a segment alive.
    private static let copied = 1 << 10
    /// How long a client has to take what it was sent before the end.
    private static let lastFramePatience = TimeAmount.seconds(30)
    /// Memory for answers that a connection keeps for the next ones, in bytes.
    private static let keptCapacity = 4 << 10
    /// With so many bytes of unread answers, a client is not read from any more.
    private static let unsentLimit: UInt64 = 4 << 20

    /// The topic of one of this client's cursors has something, or room for its publishes.
    func wake(_ wake: Wake) {
        guard wake.waiter.cursor == Waiter.unattached else {
            return queue.wake(slot: wake.waiter.cursor, topicID: wake.topicID, stamp: wake.stamp)
        }
        // Stamps begin at 1: this one is about room for publishes.
        guard wake.stamp > 0 else {
            publishes.wantsRetry = true
            return
        }
        guard let topic = shard.topic(wake.topicID) else { return }
        topicAppeared(topic)
    }

    /// Reads a new topic that one of the patterns matches, from its first message.
    func topicAppeared(_ topic: Topic) {
        guard queue.subscriptions.matches(topic.name) else { return }
        queue.attach(topic, from: .sequence(1), now: shard.now)
    }

    /// Sends answers and as many deliveries as window, socket and budget allow.
    ///
    /// - Parameter budget: Bytes of deliveries; 0: none, this is about answers.
    func turn(now: UInt64, horizon: UInt64, budget: Int) -> ClientQueue.Turn {
        guard let context, ending != .shut else { return .done }
        if publishes.wantsRetry { retryParked() }
        var turn = ClientQueue.Turn.done
        if queue.hasReady, budget > 0, ending != .whenAnswered, isWritable {
            turn = queue.take(
                now: now, horizon: horizon, bytes: budget, output: &output, wakes: &shard.wakes)
            write(context)
        }
        queue.releaseCommitted(wakes: &shard.wakes)
        flushOut(context)
        serveDesk()
        if ending != .none, turn == .done, !isUnfinished, !owesAnswers, isWritable { finish() }
        return turn
    }

    private var owesAnswers: Bool { publishes.isParked || desk.areOutstanding }

    /// Tells of the gap at the queue's front, which does not wait for the window.
    func tellGap(now: UInt64) {
        guard queue.hasReady, queue.room == 0, let context else { return }
        queue.takeGap(now: now, output: &output, wakes: &shard.wakes)
        guard !output.isEmpty else { return }
        write(context)
        shard.markDirty(self)
    }

    private func write(_ context: ChannelHandlerContext) {
        for index in output.indices {
            switch output[index] {
            case .announcement(let topic):
                if dialect == .native {
                    BrokerFrame.topic(request: 0, id: topic.id, name: topic.name.string).write(to: &out)
                }
            case .gap(let reason, let topic, let first, let last):
                shard.totals.gaps += last - first + 1
                if dialect == .native {
                    BrokerFrame.gap(reason, topicID: topic.id, first: first, last: last).write(to: &out)
                }
            case .run(let topic, let taken): write(taken, of: topic, context)
            }
        }
        output.removeAll(keepingCapacity: true)
    }

    private func write(_ taken: TopicLog.Taken, of topic: Topic, _ context: ChannelHandlerContext) {
        let size = taken.bytes.readableBytes
        shard.totals.delivered += UInt64(taken.count)
        shard.totals.deliveredBytes += UInt64(size)
        counters.deliveredBytes += UInt64(size)
        if dialect == .classic { return writeClassic(taken.bytes, of: topic) }
        guard size >= Self.copied else {
            out.writeImmutableBuffer(taken.bytes)
            return
        }
        if out.readableBytes > 0 {
            outbox.append(out, context)
            out = ByteBuffer()
        }
        outbox.append(taken.bytes, context)
    }

    /// Sends all that is written. The memory of the answers is used again if the socket has taken them.
    private func flushOut(_ context: ChannelHandlerContext) {
        // A flush that makes the socket writable again comes back here before it returns.
        var written = ByteBuffer()
        swap(&written, &out)
        if written.readableBytes > 0 { outbox.append(written, context) }
        guard !outbox.isEmpty else { return }
        outbox.sendSingle()
        if let rest = outbox.flushRest(context) {
            rest.assumeIsolated().whenComplete { _ in self.outbox.flushDone() }
            context.flush()
        }
        if out.capacity == 0, written.capacity <= Self.keptCapacity {
            written.clear()
            out = written
        }
        guard !isWritable, unsentBytes > Self.unsentLimit, isReading else { return }
        // It does not read our answers, so it gets no more of them.
        isReading = false
        _ = context.channel.setOption(.autoRead, value: false)
    }

    /// The socket takes more again.
    func resumeReading() {
        guard !isReading, let context else { return }
        isReading = true
        _ = context.channel.setOption(.autoRead, value: true)
    }

    // MARK: The end

    /// Ends a connection because of what it sent.
    func fail(_ error: ConnectionError) {
        shard.totals.protocolErrors += 1
        core.logger.info(
            "client broke the protocol",
            metadata: identity.metadata(id: id).merging(["reason": "\(error.reason)"]) { $1 })
        if case .frame(let error) = error, dialect == .native {
            confirm()
            send(error)
        }
        shut()
    }

    /// Ends a connection for a reason of the broker's.
    func end(_ code: ErrorCode, _ reason: String) {
        guard ending != .shut else { return }
        if dialect == .native {
            confirm()
            BrokerFrame.goodbye(code: code.rawValue, reason: reason).write(to: &out)
        }
        shut()
    }

    /// The client has shut its side: it gets what is owed, and then the end.
    func inputClosed() {
        guard ending == .none else { return }
        confirm()
        ending = .whenSent
        shard.markDirty(self)
        shard.flush()
    }

    private func finish() {
        if session.state == .closing { return end(.closedByClient, "the client sent CLOSE") }
        shut()
    }

    /// Shuts our side behind what is written. What the client still sends is read and dropped for a second, so that
    /// the reason is not lost to a reset.
    private func shut() {
        guard ending != .shut, let context else { return }
        session.finish()
        flushOut(context)
        resumeReading()
        ending = .shut
        let sent = context.eventLoop.makePromise(of: Void.self)
        if isInputClosed {
            // To shut the second half is to close: what is written would be dropped.
            context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
        } else {
            context.close(mode: .output, promise: sent)
        }
        close(context.channel, after: sent.futureResult)
    }

    /// Closes when the last frame is sent and the client had its second, or when it does not take that frame.
    private func close(_ channel: any Channel, after sent: EventLoopFuture<Void>) {
        let eventLoop = channel.eventLoop
        let patience = eventLoop.scheduleTask(in: Self.lastFramePatience) { channel.close(promise: nil) }
        let discards: TimeAmount = isInputClosed ? .zero : .seconds(1)
        sent.whenComplete { _ in
            patience.cancel()
            let end = eventLoop.scheduleTask(in: discards) { channel.close(promise: nil) }
            channel.closeFuture.whenComplete { _ in end.cancel() }
        }
    }
}

extension ConnectionError {
    /// What was wrong, for the log.
    var reason: String {
        switch self {
        case .frame(let error): "\(error)"
        case .foreign(let reason): "not a client of zaichik: \(reason)"
        case .classic(let error): "classic dialect: \(error)"
        case .classicName(let error): "classic dialect: \(error)"
        }
    }
}
