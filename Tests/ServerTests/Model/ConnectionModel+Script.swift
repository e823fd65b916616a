import NIOCore
import TestSupport
import ZaichikProtocol

// What a client of a history sends.
extension ConnectionModel {
    /// The bytes of a round's steps, a piece for each write.
    func writes(of steps: [History.Step]) -> [[UInt8]] {
        windows = [window]
        patternsBefore = subscriptions
        var pieces: [[UInt8]] = []
        var frames: [ClientFrame] = []
        // Those that the broker has made for sure when these frames come.
        let delivered = deliveries.count
        for step in steps {
            switch step {
            case .flush:
                pieces.append(NativeClient.bytes(frames))
                frames = []
            case .publish(let topic, let keys, let wantsReceipts, let wantsConfirm):
                guard world.topics[topic].id != nil else { break }
                for key in keys { frames.append(publish(topic, key, wantsReceipts, wantsConfirm)) }
            case .subscribe(let filter, let start):
                let position = position(of: start, in: filter)
                let request = request(.subscribe(filter, position))
                frames.append(.subscribe(request: request, pattern: text(filter), from: position))
            case .unsubscribe(let filter):
                frames.append(.unsubscribe(request: request(.unsubscribe(filter)), pattern: text(filter)))
            case .commit(let percent):
                let count = committed + (delivered - committed) * percent / 100
                committed = max(committed, count)
                frames.append(.commit(UInt64(count)))
            case .commitBeyondDelivered:
                errorsOwed += 1
                frames.append(.commit(UInt64(delivered) + 1_000_000))
            case .window(let messages, let kibibytes):
                windows.append(Window(messages: messages, bytes: UInt64(kibibytes) << 10))
                frames.append(.window(messages, kibibytes: kibibytes))
            case .topic(let topic):
                frames.append(.topic(request: request(.topic(topic)), name: world.topics[topic].name))
            case .list: frames.append(.listClients(request: request(.list), query: ClientQuery(limit: 3)))
            case .watch:
                let query = TopicQuery(limit: 2, filter: "nothing has this name")
                frames.append(.watch(request: request(.watch), WatchRequest(interval: 100, topics: query)))
            case .close:
                phase = .closing
                frames.append(.close)
            case .halfClose: phase = .halfClosed
            case .disconnect: phase = .gone
            case .permits, .act: break
            }
        }
        return pieces + [NativeClient.bytes(frames)]
    }

    /// The frames that show when the broker is through with what was sent before.
    func barrier() -> [UInt8] {
        inbox.token += 1
        return NativeClient.bytes([
            .unsubscribe(request: request(.barrier), pattern: "nothing.has.this.name"), .ping(inbox.token),
        ])
    }

    private func request(_ asked: Request) -> UInt32 {
        let request = client.nextRequest()
        requests[request] = asked
        return request
    }

    private func text(_ filter: History.Filter) -> String {
        let prefix = world.topics[0].name.split(separator: ".")[0]
        switch filter {
        case .topic(let topic): return world.topics[topic].name
        case .all: return "\(prefix).>"
        case .level: return "\(prefix).*"
        }
    }

    private func position(of start: History.Start, in filter: History.Filter) -> StartPosition {
        switch start {
        case .new: return .new
        case .connection: return .connection
        case .earliest: return .earliest
        case .sequence(let back):
            guard case .topic(let topic) = filter else { return .sequence(1) }
            return .sequence(UInt64(max(Int(world.topics[topic].head) - back, 1)))
        case .time(let back):
            let marks = world.topics[0].marks
            return .time(marks[max(marks.count - 1 - back, 0)].time)
        }
    }

    private func publish(_ topic: Int, _ key: Int?, _ wantsReceipt: Bool, _ wantsConfirm: Bool) -> ClientFrame {
        published += 1
        let name = PublishName(connection: number, number: published)
        world.publishes[name] = PublishModel(
            topic: topic, key: key, wantsReceipt: wantsReceipt, wantsConfirm: wantsConfirm, round: world.round)
        let key = key.map(History.key)
        let payload = world.payload(of: name, topic: topic, keySize: key?.utf8.count ?? 0)
        var flags: MessageFlags = []
        if wantsReceipt { flags.insert(.receipt) }
        if !wantsConfirm { flags.insert(.unconfirmed) }
        return .message(world.topics[topic].id!, payload, key: key, flags: flags)
    }
}

// What comes from the socket is taken first and judged later, when the figures of its time are known.
extension ConnectionModel {
    /// Takes frames until the last barrier is answered. A connection whose publishes wait for room has no answer to its
    /// ping yet, and one that ends has the end of its stream.
    func receive() throws {
        while !inbox.hasEnded {
            let isDone =
                phase == .open
                ? inbox.barriers == Int(inbox.token) && (inbox.pongs == inbox.token || inbox.isBlocked)
                : inbox.isBlocked
            guard let bytes = try next(isDone ? 0 : Wire.patience) else {
                if isDone { return }
                inbox.hasEnded = true
                break
            }
            guard let frame = try BrokerFrame(decoding: bytes) else { continue }
            inbox.frames.append(frame)
            switch frame {
            case .pong(let token, _): inbox.pongs = token
            case .blocked(let isBlocked, let id, _): inbox.blockedBy = isBlocked ? id : nil
            case .ok(let request, _) where requests[request] == .barrier: inbox.barriers += 1
            case .ping(let token, let atOnce): try client.send(.pong(token, atOnce: atOnce))
            default: break
            }
        }
        guard phase != .open else { throw fail("the broker ends no connection without a reason", "the stream ended") }
    }

    private func next(_ seconds: Double) throws -> ByteBuffer? {
        guard seconds == 0 else { return try client.receiveBytes(within: seconds) }
        do {
            guard let bytes = try client.receiveBytes(within: 0) else {
                inbox.hasEnded = true
                return nil
            }
            return bytes
        } catch WireError.timedOut { return nil }
    }

    /// Notes what receipts tell: whether a delivery is right may depend on somebody else's publishes.
    func learnFromReceipts() throws {
        for case .receipt(.accepted, let number, let id, let sequence, _) in inbox.frames {
            let name = PublishName(connection: self.number, number: Int(number))
            try world.topics[try world.topic(id: id)].learn(sequence, is: name)
        }
    }

    /// Judges what came.
    func takeInbox() throws {
        let frames = inbox.frames
        inbox.frames = []
        for frame in frames { try take(frame) }
        if inbox.hasEnded {
            phase = .gone
        }
        guard phase == .gone || (isOpen && !inbox.isBlocked) else { return }
        // A ping behind all publishes was answered, or the stream has ended as it should.
        for number in confirmed + 1..<published + 1 {
            let publish = world.publishes[PublishName(connection: self.number, number: number)]!
            guard publish.outcome == .open else { continue }
            guard !publish.wantsConfirm else { throw fail("every publish is answered", "\(number) is not") }
            try pass(number)
        }
        guard requests.isEmpty, errorsOwed == 0 else {
            throw fail("every request is answered", "\(requests), and \(errorsOwed) commits beyond what was delivered")
        }
    }
}
