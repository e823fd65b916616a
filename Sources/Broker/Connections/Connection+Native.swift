import NIOCore
import ZaichikProtocol

// The inbound path. Runs of publishes and commits are processed in the read buffer, other frames one by one.
extension Connection {
    func measure(_ bytes: ByteBuffer) throws(ConnectionError) -> FrameMeasure {
        switch dialect {
        case .native: return try ConnectionError.wrap { () throws(FrameError) in try .native(bytes, limit: frameLimit) }
        case .classic: return try measureClassic(bytes)
        case nil:
            switch Greeting(bytes) {
            case nil: return .atLeast(bytes.readableBytes + 1)
            case .native: return .complete(Preface.bytes.count)
            case .classic: return .complete(1)
            case .unknownVersion(let version):
                throw .foreign("version \(version) of the native dialect is not supported")
            case .unknown: throw .foreign(Stranger.description(of: bytes))
            }
        }
    }

    /// Consumes whole units from the start of the bytes.
    ///
    /// - Parameter mayAdopt: Whether a log may keep the buffer's memory.
    func consume(
        _ bytes: inout ByteBuffer, mayAdopt: Bool
    ) throws(ConnectionError) -> FrameAssembler.Continuation {
        switch dialect {
        case .native: try consumeNative(&bytes, mayAdopt: mayAdopt)
        case .classic: try consumeClassic(&bytes)
        case nil: try greet(&bytes)
        }
        guard takesInput else { return life.isMoving ? .pause : .stop }
        return isHeld ? .pause : .proceed
    }

    private func greet(_ bytes: inout ByteBuffer) throws(ConnectionError) {
        if Greeting(bytes) == .native {
            bytes.moveReaderIndex(forwardBy: Preface.bytes.count)
            try greeted(.native)
        } else {
            try greeted(.classic)
            beginClassic()
        }
    }

    private func consumeNative(_ bytes: inout ByteBuffer, mayAdopt: Bool) throws(ConnectionError) {
        if life.isReady {
            let taken = bytes.withUnsafeReadableBytes { readable -> Int in
                guard let run = FrameScan.run(readable, limit: frameLimit) else { return 0 }
                let memory = mayAdopt && ReadBuffers.isWorthKeeping(run.bytes, of: bytes)
                gate.publish(
                    UnsafeRawBufferPointer(rebasing: readable[..<run.bytes]), run,
                    in: memory ? bytes.getSlice(at: bytes.readerIndex, length: run.bytes) : nil, self)
                return run.bytes
            }
            if taken > 0 { return bytes.moveReaderIndex(forwardBy: taken) }
            if let count = bytes.withUnsafeReadableBytes(FrameScan.commit) {
                bytes.moveReaderIndex(forwardBy: FrameScan.commitLength)
                do { return try commit(count) } catch { return send(error) }
            }
        }
        guard let header = FrameHeader(peeking: bytes), let frame = bytes.readSlice(length: header.frameLength) else {
            preconditionFailure("a frame was taken that is not whole")
        }
        pace.spend(RequestPace.cost(type: header.type))
        do {
            try admit(type: header.type)
            try perform(try Command(try ClientFrame(decoding: frame)), frame: frame)
        } catch {
            guard error.code.scope == .connection else { return send(error) }
            throw .frame(error)
        }
    }

    private func perform(_ command: Command, frame: ByteBuffer) throws(FrameError) {
        switch command {
        case .welcome(let hello): try welcome(hello, frame: frame)
        case .ping(let token, atOnce: true): send(.pong(token, atOnce: true))
        case .ping(let token, atOnce: false):
            try pings.add(token, publishes: gate.received, requests: desk.asked)
            answerPings()
        case .pongReceived(let token): patience.silence.answered(now: shard.now, token: token)
        case .close: closeReceived()
        case .publish(let message): publishAlone(message, frame: frame)
        case .commit(let count): try commit(count)
        case .window(let window, let kibibytes):
            attachment.setWindow(window, bytes: Int(kibibytes) << 10)
            shard.turns.markDue(self)
        case .findTopic(let request, let name):
            send(try findOrCreate(name, request: request).frame(request: request))
        case .createTopic(let request, let name, let settings):
            send(.ok(request: request, detail: try change(name, settings, request: request).detail))
        case .subscribe(let request, let pattern, let start, let incarnation, let options, let fallback):
            let start = isSubscribed(to: pattern) ? start : try startToUse(start, fallback, request)
            try subscribe(pattern, from: start, options, incarnation: incarnation, request: request)
        case .unsubscribe(let request, let pattern): unsubscribe(pattern, request: request)
        case .listTopics(let request, let query): try ask(.topics(request: request, query))
        case .listClients(let request, let query): try ask(.clients(request: request, query))
        case .inspectClient(let request, let id): try ask(.client(request: request, id: id))
        case .inspectTopic(let request, let name, let limit):
            try ask(.topic(request: request, name, rows: Int(limit)))
        case .watch(let request, let watch): try beginWatch(watch, request: request)
        case .unwatch(let request, let watch): try endWatch(watch, request: request)
        case .queue(let request, let command): try perform(command, request: request)
        case .observe(let request, let asked): try ask(.observe(request: request, asked))
        }
    }

    private func welcome(_ hello: Hello, frame: ByteBuffer) throws(FrameError) {
        // A connection may come from another loop, which could not stop it any more.
        guard !core.isDraining else { return end(.shuttingDown, ConnectionLife.stopping) }
        // Whoever administers the broker has to come in, as nobody else could have it take connections again.
        if !hello.administers, let decision = core.operations.notAccepting {
            return end(.notAccepting, decision.notAcceptingText)
        }
        if let loop = core.configuration.loopOfHello?(hello), loop != shard.index {
            return go(to: core.shards[loop], for: hello.session, rereading: frame)
        }
        if let producer = hello.producer, let holder = core.producers.contention(for: producer, now: core.now) {
            // Before a session is taken from anybody.
            return refuseProducer(producer, heldBy: holder)
        }
        identity.take(hello)
        guard admitName(hello) else { return }
        attachment.setWindow(hello.window)
        var attached: Welcome.AttachedSession?
        if let name = hello.session {
            switch try enter(name, hello.settings) {
            case .attached(let session): attached = session
            case .elsewhere(let shard): return go(to: shard, for: name, rereading: frame)
            case .refused(let code, let reason): return end(code, reason)
            }
        }
        guard let producer = hello.producer else { return welcome(session: attached, producer: nil) }
        claim(producer, session: attached)
    }

    /// Answers HELLO.
    ///
    /// - Parameters:
    ///   - session: The session that the connection is attached to; nil if it has a queue of its own.
    ///   - record: What is remembered of the producer; nil if HELLO names none.
    func welcome(session: Welcome.AttachedSession?, producer record: ProducerRecord?) {
        helloReceived()
        frameLimit = core.current.maximumFrame
        send(
            .welcome(
                Welcome(
                    connectionID: id, maximumFrame: UInt32(frameLimit), window: attachment.window,
                    brokerName: core.configuration.name, version: core.configuration.version,
                    incarnation: core.incarnation, capabilities: Abilities.names, session: session,
                    producer: record)))
        core.log.tell(.clientConnected, connectedMetadata)
    }

    /// Goes on at another loop, that of the session, which reads HELLO again.
    private func go(to shard: LoopShard, for session: SessionName?, rereading hello: ByteBuffer) {
        guard channel?.canMove == true else {
            return end(
                .sessionContended,
                "session '\(session?.string ?? "")' is served by another loop of the broker, and a connection that comes "
                    + "through other handlers cannot be moved there; connect again, which may lead there")
        }
        move(to: shard, rereading: ByteBuffer(bytes: hello.readableBytesView))
    }

    /// Publishes a message that is not part of a run. While the broker stops, all are refused: nobody would receive
    /// them.
    private func publishAlone(_ message: Message, frame: ByteBuffer) {
        guard life.isReady else { return gate.refuse(message, .shuttingDown, ConnectionLife.stopping, self) }
        gate.publishAlone(message, frame: frame, self)
    }

    private func commit(_ count: UInt64) throws(FrameError) {
        let before = attachment.committed
        guard reader.queue.commit(count, of: &attachment, now: shard.now) else {
            throw FrameError(
                .commitBeyondDelivered,
                "cannot commit \(count) deliveries, only \(attachment.delivered) were made; none was committed")
        }
        committed(attachment.committed - before)
        if reader.queue.isSettling { shard.settleInBackground(reader) }
        if attachment.hasOverdue { try checkOverdue(count) }
    }

    /// Counts commits, and lets the queue use the room in the window.
    func committed(_ count: UInt64) {
        guard count > 0 else { return }
        shard.totals.committed += count
        health.commitReceived(now: shard.now)
        if reader.queue.hasReady {
            shard.turns.markDue(self)
        } else {
            // With nothing to send, this is all that a turn would do.
            reader.queue.releaseCommitted(wakes: &shard.wakes)
        }
    }

    // MARK: Answers

    /// Appends a frame to what is to be sent. The classic dialect has no answers.
    func send(_ frame: BrokerFrame) {
        guard isOutputOpen, dialect == .native else { return }
        frame.write(to: &answers)
        shard.turns.markDue(self)
    }

    func send(_ error: FrameError) {
        shard.totals.refusals.count(error.code)
        send(.error(code: error.code.rawValue, request: error.request, message: error.message))
    }

    func confirm() { gate.confirm(self) }

    /// Answers each ping once everything that came before it is answered.
    func answerPings() {
        guard !pings.isEmpty else { return }
        while let token = pings.next(publishes: gate.answered, requests: desk.answered) {
            confirm()
            send(.pong(token))
        }
    }

    // MARK: Counting

    func count(_ result: PublishResult) {
        counters.published += UInt64(result.accepted + result.delayed)
        counters.publishedBytes += UInt64(result.takenBytes)
        counters.duplicates += UInt64(result.duplicates.count)
        shard.totals.batches += 1
        shard.totals.published += UInt64(result.accepted + result.delayed)
        shard.totals.publishedBytes += UInt64(result.takenBytes)
        shard.totals.duplicates += UInt64(result.duplicates.count)
    }

    func countRejected(_ count: Int) {
        counters.rejected += UInt64(count)
        shard.totals.rejected += UInt64(count)
    }
}
