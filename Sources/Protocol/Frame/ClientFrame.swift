import NIOCore

/// A frame that a client sends.
public enum ClientFrame: Equatable, Sendable {
    case hello(Hello)
    /// `atOnce`: whether a sign of life is wanted, which waits for nothing; else the answer is a barrier.
    case ping(UInt64, atOnce: Bool = false)
    /// `atOnce`: whether the PING had that flag.
    case pong(UInt64, atOnce: Bool = false)
    case close
    case publish(Message)
    case topic(request: UInt32, name: String)
    /// `incarnation` is that of the topic, if the subscription is meant for no other.
    /// `fallback` is where it starts if it is to continue and there is nothing to continue.
    case subscribe(
        request: UInt32, pattern: String, from: StartPosition, incarnation: UInt64? = nil,
        options: SubscribeOptions = [], fallback: StartPosition? = nil)
    case unsubscribe(request: UInt32, pattern: String)
    case commit(UInt64)
    /// Deliveries that may be in flight, and KiB of them; 0 KiB: as many as the deliveries take.
    case window(UInt32, kibibytes: UInt32 = 0)
    case settle(request: UInt32, Settlement)
    case transaction(request: UInt32, Transaction)
    case createTopic(request: UInt32, name: String, settings: TopicSettingsChange)
    case listTopics(request: UInt32, query: TopicQuery)
    case listClients(request: UInt32, query: ClientQuery)
    case inspectClient(request: UInt32, id: UInt64)
    case watch(request: UInt32, WatchRequest)
    case unwatch(request: UInt32, watch: UInt32)
    /// `limit`: the most rows of readers, and of publishers.
    case inspectTopic(request: UInt32, name: String, limit: UInt32)
    case createSession(request: UInt32, name: String, settings: SessionSettingsChange)
    case listSessions(request: UInt32, query: SessionQuery)
    /// `limit`: the most subscriptions, connections and topics, each.
    case inspectSession(request: UInt32, name: String, limit: UInt32)
    case deleteSession(request: UInt32, name: String)
    case seek(request: UInt32, Seek)
    /// `session` is empty for the connection's own queue; `after` is a parked number.
    case listParked(request: UInt32, session: String, limit: UInt32, after: UInt64)
    case settleParked(request: UInt32, ParkedSettlement)
    /// `incarnation` is that of the topic, if no other is meant.
    case deleteTopic(request: UInt32, name: String, incarnation: UInt64? = nil)
    case inspectMessage(request: UInt32, topic: String, sequence: UInt64)
    case act(request: UInt32, ActRequest)
    case peek(request: UInt32, PeekRequest)
    case observe(request: UInt32, ObservationRequest)

    public var opcode: ClientOpcode {
        switch self {
        case .hello: .hello
        case .ping: .ping
        case .pong: .pong
        case .close: .close
        case .publish: .publish
        case .topic: .topic
        case .subscribe: .subscribe
        case .unsubscribe: .unsubscribe
        case .commit: .commit
        case .window: .window
        case .createTopic: .createTopic
        case .listTopics: .listTopics
        case .listClients: .listClients
        case .inspectClient: .inspectClient
        case .watch: .watch
        case .unwatch: .unwatch
        case .inspectTopic: .inspectTopic
        case .settle: .settle
        case .transaction: .transaction
        case .createSession: .createSession
        case .listSessions: .listSessions
        case .inspectSession: .inspectSession
        case .deleteSession: .deleteSession
        case .seek: .seek
        case .listParked: .listParked
        case .settleParked: .settleParked
        case .deleteTopic: .deleteTopic
        case .inspectMessage: .inspectMessage
        case .act: .act
        case .peek: .peek
        case .observe(_, let asked): asked.opcode
        }
    }

    /// Decodes one whole frame.
    ///
    /// - Throws: A ``FrameError`` whose code says by its scope whether the connection ends with it.
    public init(decoding frame: ByteBuffer) throws(FrameError) {
        guard let header = FrameHeader(peeking: frame) else {
            throw FrameError(.frameTooShort, "a frame has at least \(FrameHeader.size) bytes")
        }
        guard let opcode = ClientOpcode(rawValue: header.type) else {
            throw FrameError(
                .unknownType, request: header.requestOfUnknown(in: frame),
                "type 0x\(String(header.type, radix: 16)) is none that clients send")
        }
        try opcode.check(header)
        var body = FrameBody(frame, header: header, name: opcode.name)
        switch opcode {
        case .hello: self = .hello(try Hello(&body))
        case .ping: self = .ping(try body.integer(), atOnce: header.isAtOnce)
        case .pong: self = .pong(try body.integer(), atOnce: header.isAtOnce)
        case .close: self = .close
        case .publish: self = .publish(try Message(&body))
        case .topic: self = .topic(request: try body.requestID(), name: try body.string(Int(header.short)))
        case .subscribe: self = try .subscribe(&body)
        case .unsubscribe:
            self = .unsubscribe(request: try body.requestID(), pattern: try body.string(Int(header.short)))
        case .commit: self = .commit(try body.integer())
        case .window: self = .window(try body.integer(), kibibytes: try body.optionalInteger() ?? 0)
        case .createTopic: self = try .createTopic(&body)
        case .listTopics: self = .listTopics(request: try body.requestID(), query: try ListQuery(&body, header.short))
        case .listClients: self = .listClients(request: try body.requestID(), query: try ListQuery(&body, header.short))
        case .inspectClient: self = .inspectClient(request: try body.requestID(), id: try body.integer())
        case .watch: self = .watch(request: try body.requestID(), try WatchRequest(&body))
        case .unwatch: self = .unwatch(request: try body.requestID(), watch: try body.integer())
        case .inspectTopic: self = try .inspectTopic(&body)
        case .settle, .transaction, .createSession, .listSessions, .inspectSession, .deleteSession, .seek, .listParked,
            .settleParked, .deleteTopic, .inspectMessage, .act, .peek:
            self = try .queueRequest(opcode, &body)
        case .listClosed, .history, .lagShares:
            self = .observe(request: try body.requestID(), try .decode(opcode, &body))
        }
    }

    private static func subscribe(_ body: inout FrameBody) throws(FrameError) -> ClientFrame {
        let request = try body.requestID()
        let position = try body.startPosition()
        let pattern = try body.string(Int(body.header.short))
        var (incarnation, options, fallback): (UInt64?, SubscribeOptions, StartPosition?) = (nil, [], nil)
        // A field that this broker does not know is an error: what it asks for would not be done.
        for (tag, bytes) in try body.fields() {
            guard let field = SubscribeField(rawValue: tag) else {
                throw body.badArgument("field \(tag) is none that this broker knows")
            }
            switch field {
            case .incarnation: incarnation = try body.number(bytes, field.name)
            case .options: options = try Self.options(try body.number(bytes, field.name), body)
            case .fallback: fallback = try Self.fallback(bytes, body)
            }
        }
        return .subscribe(
            request: request, pattern: pattern, from: position, incarnation: incarnation, options: options,
            fallback: fallback)
    }

    private static func options(_ bits: UInt64, _ body: FrameBody) throws(FrameError) -> SubscribeOptions {
        let options = SubscribeOptions(rawValue: bits)
        guard options.isSubset(of: .known) else {
            throw body.badArgument("options \(bits) have a bit that this broker does not know")
        }
        return options
    }

    private static func fallback(_ value: ByteBuffer, _ body: FrameBody) throws(FrameError) -> StartPosition {
        var value = value
        guard value.readableBytes == 9, let start = value.readInteger(as: UInt8.self),
            let argument = value.readInteger(endianness: .little, as: UInt64.self)
        else { throw body.badArgument("a fallback has 9 bytes, this one has \(value.readableBytes)") }
        guard let position = StartPosition(start: start, argument: argument), position.canBeFallback else {
            throw body.badArgument("start \(start) cannot be a fallback; it is one of 0 to 4, 6 and 7")
        }
        return position
    }

    private static func inspectTopic(_ body: inout FrameBody) throws(FrameError) -> ClientFrame {
        let request = try body.requestID()
        let limit: UInt32 = try body.integer()
        return .inspectTopic(request: request, name: try body.string(Int(body.header.short)), limit: limit)
    }

    private static func createTopic(_ body: inout FrameBody) throws(FrameError) -> ClientFrame {
        let request = try body.requestID()
        let name = try body.string(Int(body.header.short))
        return .createTopic(request: request, name: name, settings: try TopicSettingsChange(&body))
    }
}

extension ClientOpcode {
    /// Checks a frame's length and `short` against what its type needs.
    func check(_ header: FrameHeader) throws(FrameError) {
        let body = header.frameLength - FrameHeader.size
        guard body >= minimumBody else {
            throw FrameError(
                .frameTooShort, "\(name) has a body of at least \(minimumBody) bytes, this one has \(max(body, 0))")
        }
        guard !shortCountsBytes || Int(header.short) <= body - minimumBody else {
            throw FrameError(
                .shortReachesPastBody,
                "\(name): \(header.short) bytes do not fit after the first \(minimumBody) of a body of \(body)")
        }
    }
}

extension ClientFrame {
    /// Appends the frame's bytes.
    ///
    /// - Precondition: Texts that `short` counts have at most 65,535 bytes.
    public func write(to buffer: inout ByteBuffer) {
        let type = opcode.rawValue
        switch self {
        case .hello(let hello): hello.write(to: &buffer)
        case .ping(let token, let atOnce), .pong(let token, let atOnce):
            buffer.writeFrame(type: type, flags: atOnce ? PingFlags.atOnce : 0) { $0.writeLittle(token) }
        case .commit(let count): buffer.writeFrame(type: type) { $0.writeLittle(count) }
        case .close: buffer.writeFrame(type: type) { _ in }
        case .publish(let message): message.write(to: &buffer, type: type)
        case .topic(let request, let text), .unsubscribe(let request, let text):
            buffer.writeFrame(type: type, short: text.utf8.count) { buffer in
                buffer.writeLittle(request)
                buffer.writeString(text)
            }
        case .subscribe: writeSubscribe(to: &buffer)
        case .window(let window, let kibibytes):
            buffer.writeFrame(type: type) { buffer in
                buffer.writeLittle(window)
                if kibibytes > 0 { buffer.writeLittle(kibibytes) }
            }
        case .createTopic(let request, let name, let settings):
            buffer.writeFrame(type: type, short: name.utf8.count) { buffer in
                buffer.writeLittle(request)
                buffer.writeString(name)
                settings.write(to: &buffer)
            }
        case .listTopics(let request, let query): query.writeFrame(type, request: request, to: &buffer)
        case .listClients(let request, let query): query.writeFrame(type, request: request, to: &buffer)
        case .inspectClient(let request, let id):
            buffer.writeFrame(type: type) { buffer in
                buffer.writeLittle(request)
                buffer.writeLittle(id)
            }
        case .watch(let request, let watch):
            buffer.writeFrame(type: type) { buffer in
                buffer.writeLittle(request)
                watch.write(to: &buffer)
            }
        case .unwatch(let request, let watch):
            buffer.writeFrame(type: type) { buffer in
                buffer.writeLittle(request)
                buffer.writeLittle(watch)
            }
        case .inspectTopic(let request, let name, let limit):
            buffer.writeFrame(type: type, short: name.utf8.count) { buffer in
                buffer.writeLittle(request)
                buffer.writeLittle(limit)
                buffer.writeString(name)
            }
        case .settle, .transaction, .createSession, .listSessions, .inspectSession, .deleteSession, .seek, .listParked,
            .settleParked, .deleteTopic, .inspectMessage, .act, .peek:
            writeQueueRequest(to: &buffer)
        case .observe(let request, let asked): asked.write(to: &buffer, request: request)
        }
    }

    private func writeSubscribe(to buffer: inout ByteBuffer) {
        guard case .subscribe(let request, let pattern, let position, let incarnation, let options, let fallback) = self
        else { return }
        buffer.writeFrame(type: opcode.rawValue, short: pattern.utf8.count) { buffer in
            buffer.writeLittle(request)
            buffer.writeStart(position)
            buffer.writeString(pattern)
            buffer.writeField(SubscribeField.incarnation.rawValue, incarnation)
            if !options.isEmpty { buffer.writeField(SubscribeField.options.rawValue, options.rawValue) }
            guard let fallback else { return }
            buffer.writeField(SubscribeField.fallback.rawValue) { buffer in
                buffer.writeInteger(fallback.wire.start)
                buffer.writeLittle(fallback.wire.argument)
            }
        }
    }
}
