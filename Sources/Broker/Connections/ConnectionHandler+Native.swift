import Logging
import NIOCore
import ZaichikProtocol

// The native dialect's way in: runs of publishes where they lie, other frames one by one.
extension ConnectionHandler {
    func consumeNative(_ bytes: inout ByteBuffer) throws(ConnectionError) {
        if session.state == .ready {
            let taken = bytes.withUnsafeReadableBytes { readable -> Int in
                guard let run = FrameScan.run(readable, limit: frameLimit) else { return 0 }
                publish(
                    UnsafeRawBufferPointer(rebasing: readable[..<run.bytes]), run,
                    in: ReadBuffers.isWorthKeeping(run.bytes, of: bytes) ? bytes.getSlice(run.bytes) : nil)
                return run.bytes
            }
            if taken > 0 { return bytes.moveReaderIndex(forwardBy: taken) }
        }
        if session.state == .ready, let count = bytes.withUnsafeReadableBytes(FrameScan.commit) {
            bytes.moveReaderIndex(forwardBy: FrameScan.commitLength)
            do { return try commit(count) } catch { return send(error) }
        }
        guard let header = FrameHeader(peeking: bytes), let frame = bytes.readSlice(length: header.frameLength) else {
            preconditionFailure("a frame was taken that is not whole")
        }
        do {
            try session.admit(type: header.type)
            try perform(try session.received(try ClientFrame(decoding: frame)), frame: frame)
        } catch {
            guard error.code.scope == .connection else { return send(error) }
            throw .frame(error)
        }
    }

    private func perform(_ command: Command, frame: ByteBuffer) throws(FrameError) {
        switch command {
        case .welcome(let hello): welcome(hello)
        case .pong(let token): answerPing(token)
        case .pongReceived(let token): silence.answered(now: shard.now, token: token)
        case .close:
            ending = .whenAnswered
            shard.markDirty(self)
        case .publish(let message): publishAlone(message, frame: frame)
        case .commit(let count): try commit(count)
        case .window(let window):
            queue.setWindow(window)
            shard.markDirty(self)
        case .findTopic(let request, let name):
            let topic = try findOrCreate(name, request: request)
            send(.topic(request: request, id: topic.id, name: name.string))
        case .createTopic(let request, let name, let settings):
            try createTopic(name, settings, request: request)
        case .subscribe(let request, let pattern, let start):
            try subscribe(pattern, from: start, request: request)
            send(.ok(request: request, detail: ByteBuffer()))
        case .unsubscribe(let request, let pattern):
            unsubscribe(pattern)
            send(.ok(request: request, detail: ByteBuffer()))
        case .listTopics(let request, let query):
            try ask(.topics(request: request, query))
        case .listClients(let request, let query):
            try ask(.clients(request: request, query))
        case .inspectClient(let request, let id):
            try ask(.client(request: request, id: id))
        case .watch(let request, let watch): try beginWatch(watch, request: request)
        case .unwatch(let request, let watch): try endWatch(watch, request: request)
        }
    }

    private func welcome(_ hello: Hello) {
        identity.take(hello)
        queue.setWindow(hello.window)
        frameLimit = core.configuration.maximumFrame
        send(
            .welcome(
                Welcome(
                    connectionID: id, maximumFrame: UInt32(frameLimit), window: queue.window,
                    brokerName: core.configuration.name, version: core.configuration.version)))
        core.logger.debug("client connected", metadata: identity.metadata(id: id))
    }

    private func commit(_ count: UInt64) throws(FrameError) {
        let before = queue.committed
        guard queue.commit(count) else {
            throw FrameError(
                .commitBeyondDelivered,
                "\(count) deliveries cannot be committed, \(queue.delivered) were made; nothing was committed")
        }
        committed(queue.committed - before)
    }

    /// Counts commits, and has the queue use the room.
    func committed(_ count: UInt64) {
        guard count > 0 else { return }
        shard.totals.committed += count
        health.commitReceived(now: shard.now)
        if queue.hasReady {
            shard.markDirty(self)
        } else {
            // Nothing to send: a turn would only do this.
            queue.releaseCommitted(wakes: &shard.wakes)
        }
    }

    /// Puts a frame behind what is to be sent. The classic dialect has no answers.
    func send(_ frame: BrokerFrame) {
        guard ending != .shut, dialect == .native else { return }
        frame.write(to: &out)
        shard.markDirty(self)
    }

    func send(_ error: FrameError) {
        send(.error(code: error.code.rawValue, request: error.request, message: error.message))
    }
}

extension ByteBuffer {
    /// The next bytes, shared.
    fileprivate func getSlice(_ length: Int) -> ByteBuffer? { getSlice(at: readerIndex, length: length) }
}
