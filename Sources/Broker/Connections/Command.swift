import NIOCore
import ZaichikProtocol

/// A client's request with its arguments checked: names are valid names.
enum Command: Equatable {
    case welcome(Hello)
    case ping(UInt64, atOnce: Bool)
    case pongReceived(UInt64)
    case close
    case publish(Message)
    case findTopic(request: UInt32, TopicName)
    case createTopic(request: UInt32, TopicName, TopicSettingsChange)
    /// `fallback` is where it starts if it is to continue and there is nothing to continue.
    case subscribe(
        request: UInt32, TopicPattern, StartPosition, incarnation: UInt64?, options: SubscribeOptions = [],
        fallback: StartPosition? = nil)
    case unsubscribe(request: UInt32, TopicPattern)
    case commit(UInt64)
    case window(UInt32, kibibytes: UInt32)
    case listTopics(request: UInt32, TopicQuery)
    case listClients(request: UInt32, ClientQuery)
    case inspectClient(request: UInt32, id: UInt64)
    case watch(request: UInt32, WatchRequest)
    case unwatch(request: UInt32, watch: UInt32)
    case inspectTopic(request: UInt32, TopicName, limit: UInt32)
    case queue(request: UInt32, QueueRequest)
    case observe(request: UInt32, ObservationRequest)

    /// - Throws: An error whose code says by its scope whether the connection ends with it.
    init(_ frame: ClientFrame) throws(FrameError) {
        switch frame {
        case .hello(let hello): self = .welcome(hello)
        case .ping(let token, let atOnce): self = .ping(token, atOnce: atOnce)
        case .pong(let token, _): self = .pongReceived(token)
        case .close: self = .close
        case .publish(let message): self = .publish(message)
        case .topic(let request, let text): self = .findTopic(request: request, try Self.name(text, request))
        case .createTopic(let request, let text, let settings):
            self = .createTopic(request: request, try Self.name(text, request), settings)
        case .subscribe(let request, let text, let start, let incarnation, let options, let fallback):
            let isOneTopic = incarnation != nil
            let pattern = try Self.pattern(text, start, isOneTopic: isOneTopic, request)
            if let fallback { _ = try Self.pattern(text, fallback, isOneTopic: isOneTopic, request) }
            self = .subscribe(
                request: request, pattern, start, incarnation: incarnation, options: options, fallback: fallback)
        case .unsubscribe(let request, let text):
            self = .unsubscribe(request: request, try Self.pattern(text, request))
        case .commit(let count): self = .commit(count)
        case .window(let window, let kibibytes): self = .window(window, kibibytes: kibibytes)
        case .listTopics(let request, let query): self = .listTopics(request: request, query)
        case .listClients(let request, let query): self = .listClients(request: request, query)
        case .inspectClient(let request, let id): self = .inspectClient(request: request, id: id)
        case .watch(let request, let watch): self = .watch(request: request, watch)
        case .unwatch(let request, let watch): self = .unwatch(request: request, watch: watch)
        case .inspectTopic(let request, let text, let limit):
            self = .inspectTopic(request: request, try Self.name(text, request), limit: limit)
        case .settle, .transaction, .createSession, .listSessions, .inspectSession, .deleteSession, .seek, .listParked,
            .settleParked, .deleteTopic, .inspectMessage, .act, .peek:
            self = try Self.queue(frame)
        case .observe(let request, let asked): self = .observe(request: request, asked)
        }
    }

    static func name(_ text: String, _ request: UInt32) throws(FrameError) -> TopicName {
        do { return try TopicName(text) } catch { throw FrameError(.badName, request: request, "\(error)") }
    }

    private static func pattern(_ text: String, _ request: UInt32) throws(FrameError) -> TopicPattern {
        do { return try TopicPattern(text) } catch { throw FrameError(.badName, request: request, "\(error)") }
    }

    /// - Parameter isOneTopic: Whether the request is meant for one topic, and not for all that a pattern matches.
    static func pattern(
        _ text: String, _ start: StartPosition, isOneTopic: Bool, _ request: UInt32
    ) throws(FrameError) -> TopicPattern {
        let pattern = try pattern(text, request)
        if isOneTopic, pattern.name == nil {
            throw FrameError(
                .badArgument, request: request, "an incarnation is a topic's, and '\(text)' is a pattern; give a name")
        }
        if case .sequence = start, pattern.name == nil {
            throw FrameError(.badArgument, request: request, "start 3 needs a topic's name; '\(text)' is a pattern")
        }
        return pattern
    }
}
