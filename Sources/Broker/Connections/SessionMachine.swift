import NIOCore
import ZaichikProtocol

/// What a client wants, checked: names are names, and it is the time for it.
enum Command: Equatable {
    case welcome(Hello)
    case pong(UInt64)
    case pongReceived(UInt64)
    case close
    case publish(Message)
    case findTopic(request: UInt32, TopicName)
    case createTopic(request: UInt32, TopicName, TopicSettingsChange)
    case subscribe(request: UInt32, TopicPattern, StartPosition)
    case unsubscribe(request: UInt32, TopicPattern)
    case commit(UInt64)
    case window(UInt32)
    case listTopics(request: UInt32, TopicQuery)
    case listClients(request: UInt32, ClientQuery)
    case inspectClient(request: UInt32, id: UInt64)
    case watch(request: UInt32, WatchRequest)
    case unwatch(request: UInt32, watch: UInt32)
}

/// Which frames a native client may send when. A value: frame in, command or error out.
///
/// awaitingPreface → awaitingHello → ready → closing. ``finish()`` leads to closing from anywhere.
struct SessionMachine {
    enum State: Equatable {
        /// Nothing, or a part of the preface, has come.
        case awaitingPreface
        case awaitingHello
        case ready
        /// CLOSE or an error that ends the connection has come: what follows is not looked at.
        case closing
    }

    private(set) var state = State.awaitingPreface

    /// What the first bytes of a connection say.
    enum Greeting: Equatable {
        case native
        case classic
        case unknownVersion(UInt8)
        case unknown
    }

    /// Tells the dialects apart.
    ///
    /// - Returns: Nothing, if more bytes are needed.
    static func greeting(_ bytes: ByteBuffer) -> Greeting? {
        let view = bytes.readableBytesView
        if view.first == Preface.letters[0] {
            guard view.prefix(Preface.letters.count).elementsEqual(Preface.letters.prefix(view.count)) else {
                return .unknown
            }
            guard view.count >= Preface.bytes.count else { return nil }
            let version = view[view.startIndex + Preface.letters.count]
            return version == Preface.version ? .native : .unknownVersion(version)
        }
        guard let kind = bytes.getInteger(at: bytes.readerIndex, endianness: .little, as: UInt32.self) else {
            return nil
        }
        return kind <= ClassicFrame.largestKind ? .classic : .unknown
    }

    mutating func prefaceReceived() {
        precondition(state == .awaitingPreface, "the preface comes first, and once")
        state = .awaitingHello
    }

    mutating func finish() { state = .closing }

    /// Judges a frame by its type alone, before it is decoded: what is wrong besides does not make it less early.
    func admit(type: UInt8) throws(FrameError) {
        guard state == .awaitingHello, type != ClientOpcode.hello.rawValue else { return }
        let name = ClientOpcode(rawValue: type)?.name ?? "a frame of an unknown type"
        throw FrameError(.helloMissing, "\(name) came before HELLO, which comes first")
    }

    /// - Throws: An error whose code says by its scope whether the connection ends with it.
    mutating func received(_ frame: ClientFrame) throws(FrameError) -> Command {
        switch state {
        case .awaitingPreface: preconditionFailure("a frame before the preface was looked at")
        case .awaitingHello:
            guard case .hello(let hello) = frame else {
                throw FrameError(.helloMissing, "\(frame.opcode.name) came before HELLO, which comes first")
            }
            state = .ready
            return .welcome(hello)
        case .closing: throw FrameError(.closing, "\(frame.opcode.name) came after CLOSE, which comes last")
        case .ready: return try command(frame)
        }
    }

    private mutating func command(_ frame: ClientFrame) throws(FrameError) -> Command {
        switch frame {
        case .hello: throw FrameError(.helloRepeated, "HELLO comes once")
        case .ping(let token): return .pong(token)
        case .pong(let token): return .pongReceived(token)
        case .close:
            state = .closing
            return .close
        case .publish(let message): return .publish(message)
        case .topic(let request, let text): return .findTopic(request: request, try name(text, request))
        case .createTopic(let request, let text, let settings):
            return .createTopic(request: request, try name(text, request), settings)
        case .subscribe(let request, let text, let start):
            let pattern = try pattern(text, request)
            if case .sequence = start, pattern.name == nil {
                throw FrameError(.badArgument, request: request, "start 3 is for one topic, '\(text)' is a pattern")
            }
            if start == .session {
                throw FrameError(.noSession, request: request, "start 5 goes on with a session, and there is none")
            }
            return .subscribe(request: request, pattern, start)
        case .unsubscribe(let request, let text):
            return .unsubscribe(request: request, try pattern(text, request))
        case .commit(let count): return .commit(count)
        case .window(let window): return .window(window)
        case .listTopics(let request, let query): return .listTopics(request: request, query)
        case .listClients(let request, let query): return .listClients(request: request, query)
        case .inspectClient(let request, let id): return .inspectClient(request: request, id: id)
        case .watch(let request, let watch): return .watch(request: request, watch)
        case .unwatch(let request, let watch): return .unwatch(request: request, watch: watch)
        }
    }

    private func name(_ text: String, _ request: UInt32) throws(FrameError) -> TopicName {
        do { return try TopicName(text) } catch { throw FrameError(.badName, request: request, "\(error)") }
    }

    private func pattern(_ text: String, _ request: UInt32) throws(FrameError) -> TopicPattern {
        do { return try TopicPattern(text) } catch { throw FrameError(.badName, request: request, "\(error)") }
    }
}
