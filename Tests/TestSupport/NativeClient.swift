import NIOCore
import ZaichikProtocol

/// A native client for tests: it sends given frames and returns received ones, frame by frame, in order.
public final class NativeClient {
    public let wire: Wire
    public internal(set) var welcome = Welcome(connectionID: 0, maximumFrame: 0, window: 0, brokerName: "", version: "")
    private var received = ByteBuffer()
    private var lastRequest: UInt32 = 0
    private var lastToken: UInt64 = 0

    /// A client over an existing connection, without a greeting.
    public init(_ wire: Wire) { self.wire = wire }

    public convenience init(_ wire: Wire, name: String, window: UInt32) throws {
        try self.init(wire, hello: Hello(window: window, name: name))
    }

    public init(_ wire: Wire, hello: Hello) throws {
        self.wire = wire
        try send(Preface.bytes)
        try send(.hello(hello))
        guard case .welcome(let welcome) = try receive() else { throw WireError.unexpected("no WELCOME came") }
        self.welcome = welcome
    }

    public var id: UInt64 { welcome.connectionID }

    // MARK: Frames

    public func send(_ frames: ClientFrame...) throws { try send(Self.bytes(frames)) }
    public func send(_ bytes: [UInt8]) throws { try wire.send(bytes) }

    public static func bytes(_ frames: [ClientFrame]) -> [UInt8] {
        var buffer = ByteBuffer()
        for frame in frames { frame.write(to: &buffer) }
        return Array(buffer.readableBytesView)
    }

    /// The next frame's bytes; nil at the end of the stream.
    public func receiveBytes(within seconds: Double = Wire.patience) throws -> ByteBuffer? {
        while true {
            if let header = FrameHeader(peeking: received), let frame = received.readSlice(length: header.frameLength) {
                received.discardReadBytes()
                return frame
            }
            guard let bytes = try wire.receive(within: seconds, "a frame") else {
                guard received.readableBytes == 0 else { throw WireError.unexpected("the stream ended within a frame") }
                return nil
            }
            received.writeBytes(bytes)
        }
    }

    /// The next frame.
    public func receive(within seconds: Double = Wire.patience) throws -> BrokerFrame {
        guard let bytes = try receiveBytes(within: seconds) else { throw WireError.ended("a frame") }
        guard let frame = try BrokerFrame(decoding: bytes) else { throw WireError.unexpected("an unknown type came") }
        return frame
    }

    /// All frames up to the end of the stream.
    public func receiveAll() throws -> [BrokerFrame] {
        var frames: [BrokerFrame] = []
        while let bytes = try receiveBytes() {
            if let frame = try BrokerFrame(decoding: bytes) { frames.append(frame) }
        }
        return frames
    }

    /// Reads frames until one matches; earlier ones are returned too.
    public func receive(
        until isLast: (BrokerFrame) -> Bool
    ) throws -> [BrokerFrame] {
        var frames: [BrokerFrame] = []
        while true {
            let frame = try receive()
            frames.append(frame)
            if isLast(frame) { return frames }
        }
    }

    /// Everything that comes before the answer to a ping.
    @discardableResult
    public func barrier() throws -> [BrokerFrame] {
        lastToken += 1
        let token = lastToken
        try send(.ping(token))
        return try receive { $0 == .pong(token) }.dropLast()
    }

    /// Everything that is to come now, including deliveries: those that a frame causes may come after the PONG of a
    /// first PING, but always before that of a second one.
    @discardableResult
    public func settle() throws -> [BrokerFrame] { try barrier() + barrier() }

    // MARK: Requests

    public func nextRequest() -> UInt32 {
        lastRequest += 1
        return lastRequest
    }

    /// The id of a topic.
    public func topic(_ name: String) throws -> UInt32 {
        let request = nextRequest()
        try send(.topic(request: request, name: name))
        guard case .topic(request, let id, _, _) = try receive() else { throw WireError.unexpected("no TOPIC came") }
        return id
    }

    /// Creates a topic or changes its settings.
    @discardableResult
    public func create(
        _ name: String, _ settings: [TopicSettings.Tag: UInt64] = [:]
    ) throws -> TopicCreated {
        let request = nextRequest()
        var change = TopicSettingsChange()
        for (tag, value) in settings { change[tag] = value }
        try send(.createTopic(request: request, name: name, settings: change))
        guard case .ok(request, let detail) = try receive(), let created = TopicCreated(detail: detail) else {
            throw WireError.unexpected("no OK to CREATE TOPIC came")
        }
        return created
    }

    public func subscribe(
        _ pattern: String, from start: StartPosition = .new, incarnation: UInt64? = nil
    ) throws {
        let request = nextRequest()
        try send(.subscribe(request: request, pattern: pattern, from: start, incarnation: incarnation))
        guard case .ok(request, _) = try receive() else { throw WireError.unexpected("no OK to SUBSCRIBE came") }
    }

    /// - Returns: The frames before the answer.
    @discardableResult
    public func unsubscribe(_ pattern: String) throws -> [BrokerFrame] {
        let request = nextRequest()
        try send(.unsubscribe(request: request, pattern: pattern))
        return try receive { $0 == .ok(request: request, detail: ByteBuffer()) }.dropLast()
    }

    public func publish(
        _ topic: UInt32, _ payloads: String..., key: String? = nil, flags: MessageFlags = []
    ) throws {
        try send(Self.bytes(payloads.map { .message(topic, $0, key: key, flags: flags) }))
    }

    /// Publishes and waits until all is answered.
    ///
    /// - Returns: The frames received, including deliveries.
    @discardableResult
    public func publishConfirmed(
        _ topic: UInt32, _ payloads: [String], key: String? = nil
    ) throws -> [BrokerFrame] {
        try send(Self.bytes(payloads.map { .message(topic, $0, key: key) }))
        return try settle()
    }

    /// The next so many deliveries; TOPIC, CONFIRM and PING are passed over, anything else is an error.
    public func deliveries(_ count: Int) throws -> [Message] {
        var messages: [Message] = []
        while messages.count < count {
            switch try receive() {
            case .deliver(let message): messages.append(message)
            case .topic(request: 0, _, _, _), .confirm, .ping: break
            case let other: throw WireError.unexpected("\(other) came among the deliveries")
            }
        }
        return messages
    }

    /// The payloads of the next so many deliveries.
    public func payloads(_ count: Int) throws -> [String] { try deliveries(count).map(\.text) }
}

extension ClientFrame {
    public static func message(
        _ topic: UInt32, _ payload: String, key: String? = nil, flags: MessageFlags = []
    ) -> ClientFrame {
        .publish(
            Message(
                topicID: topic, flags: flags, key: key.map { ByteBuffer(string: $0) },
                payload: ByteBuffer(string: payload)))
    }
}

extension Message {
    /// The payload as text.
    public var text: String { String(buffer: payload) }
}

extension [BrokerFrame] {
    /// The deliveries among the frames.
    public var messages: [Message] {
        compactMap(\.message)
    }

    /// The payloads of the deliveries among the frames.
    public var payloads: [String] { messages.map(\.text) }
}

extension BrokerFrame {
    /// The code of an ERROR, REJECT or GOODBYE.
    public var code: ErrorCode? {
        switch self {
        case .error(let code, _, _), .reject(let code, _, _), .goodbye(let code, _): ErrorCode(rawValue: code)
        default: nil
        }
    }
}

extension BrokerFrame {
    /// The request that the frame answers.
    public var request: UInt32? {
        switch self {
        case .ok(let request, _), .error(_, let request, _), .topic(let request, _, _, _),
            .topics(let request, _, _), .clients(let request, _, _), .client(let request, _, _),
            .sessions(let request, _, _), .sessionDetail(let request, _, _):
            request
        default: nil
        }
    }
}

extension BrokerFrame {
    /// Whether this is the unasked TOPIC that introduces a topic.
    public func introduces(_ id: UInt32, _ name: String) -> Bool {
        guard case .topic(request: 0, id, name, _) = self else { return false }
        return true
    }

    /// The incarnation of the topic that a TOPIC tells of.
    public var incarnation: UInt64? {
        guard case .topic(_, _, _, let incarnation) = self else { return nil }
        return incarnation
    }

    /// The message of a DELIVER.
    public var message: Message? {
        guard case .deliver(let message) = self else { return nil }
        return message
    }

    /// The number of a publish that was refused.
    public var rejected: UInt64? {
        guard case .reject(_, let publish, _) = self else { return nil }
        return publish
    }
}

extension BrokerFrame {
    /// Whether a BLOCKED says that publishes wait.
    public var blocked: Bool? {
        guard case .blocked(let isBlocked, _, _) = self else { return nil }
        return isBlocked
    }

    public var confirmed: UInt64? {
        guard case .confirm(let count) = self else { return nil }
        return count
    }
}
