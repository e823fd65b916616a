import NIOCore

/// A frame that a client sends.
public enum ClientFrame: Equatable, Sendable {
    case hello(Hello)
    case ping(UInt64)
    case pong(UInt64)
    case close
    case publish(Message)
    case topic(request: UInt32, name: String)
    /// `incarnation` is that of the topic, if the subscription is meant for no other.
    case subscribe(request: UInt32, pattern: String, from: StartPosition, incarnation: UInt64? = nil)
    case unsubscribe(request: UInt32, pattern: String)
    case commit(UInt64)
    /// Deliveries that may be in flight, and KiB of them; 0 KiB: as many as the deliveries take.
    case window(UInt32, kibibytes: UInt32 = 0)
    case createTopic(request: UInt32, name: String, settings: TopicSettingsChange)
    case listTopics(request: UInt32, query: TopicQuery)
    case listClients(request: UInt32, query: ClientQuery)
    case inspectClient(request: UInt32, id: UInt64)
    case watch(request: UInt32, WatchRequest)
    case unwatch(request: UInt32, watch: UInt32)
    /// `limit`: the most rows of readers, and of publishers.
    case inspectTopic(request: UInt32, name: String, limit: UInt32)

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
            throw FrameError(.unknownType, "type 0x\(String(header.type, radix: 16)) is none that clients send")
        }
        try opcode.check(header)
        var body = FrameBody(frame, header: header, name: opcode.name)
        switch opcode {
        case .hello: self = .hello(try Hello(&body))
        case .ping: self = .ping(try body.integer())
        case .pong: self = .pong(try body.integer())
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
        }
    }

    private static func subscribe(_ body: inout FrameBody) throws(FrameError) -> ClientFrame {
        let request = try body.requestID()
        let start: UInt8 = try body.integer()
        try body.skip(3)
        let argument: UInt64 = try body.integer()
        let pattern = try body.string(Int(body.header.short))
        guard let position = StartPosition(start: start, argument: argument) else {
            throw body.badArgument("start \(start) is not one of 0 to 5")
        }
        return .subscribe(
            request: request, pattern: pattern, from: position, incarnation: try incarnation(&body))
    }

    /// A field that this broker does not know is an error: what it asks for would not be done.
    private static func incarnation(_ body: inout FrameBody) throws(FrameError) -> UInt64? {
        var incarnation: UInt64?
        for (tag, bytes) in try body.fields() {
            guard let field = SubscribeField(rawValue: tag) else {
                throw body.badArgument("field \(tag) is none that this broker knows")
            }
            guard let number = bytes.wholeInteger(UInt64.self) else {
                throw body.badArgument("\(field.name) has 8 bytes, this one has \(bytes.readableBytes)")
            }
            incarnation = number
        }
        return incarnation
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
        case .ping(let token), .pong(let token), .commit(let token):
            buffer.writeFrame(type: type) { $0.writeLittle(token) }
        case .close: buffer.writeFrame(type: type) { _ in }
        case .publish(let message): message.write(to: &buffer, type: type)
        case .topic(let request, let text), .unsubscribe(let request, let text):
            buffer.writeFrame(type: type, short: text.utf8.count) { buffer in
                buffer.writeLittle(request)
                buffer.writeString(text)
            }
        case .subscribe(let request, let pattern, let position, let incarnation):
            buffer.writeFrame(type: type, short: pattern.utf8.count) { buffer in
                buffer.writeLittle(request)
                buffer.writeLittle(UInt32(position.wire.start))
                buffer.writeLittle(position.wire.argument)
                buffer.writeString(pattern)
                buffer.writeField(SubscribeField.incarnation.rawValue, incarnation)
            }
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
        }
    }
}
