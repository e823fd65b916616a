import ZaichikProtocol

/// A request about queues with its arguments checked: what becomes of deliveries, sessions, parked messages, and what is
/// gone. `session` is nil for the connection's own queue.
enum QueueRequest: Equatable {
    case settle(Settlement)
    case transaction(Transaction)
    case createSession(SessionName, SessionSettingsChange)
    case listSessions(SessionQuery)
    case inspectSession(SessionName, limit: UInt32)
    case deleteSession(SessionName)
    case seek(TopicPattern, to: StartPosition, session: SessionName?, incarnation: UInt64?)
    case listParked(session: SessionName?, limit: UInt32, after: UInt64)
    case settleParked(ParkedAction, [ClosedRange<UInt64>], session: SessionName?)
    case deleteTopic(TopicName, incarnation: UInt64?)
    case inspectMessage(TopicName, sequence: UInt64)
    case act(ActOrder)
    case peek(PeekTarget, limit: UInt32)
}

/// What is to be looked at, with its name checked.
enum PeekTarget: Equatable, Sendable {
    /// The queue of a client.
    case client(UInt64)
    /// The queue of a session.
    case session(SessionName)
    case topic(TopicName, from: StartPosition)
}

extension Command {
    /// - Throws: If a name breaks its rules, or a value does not go with it.
    static func queue(_ frame: ClientFrame) throws(FrameError) -> Command {
        switch frame {
        case .settle(let request, let settlement): return .queue(request: request, .settle(settlement))
        case .transaction(let request, let transaction): return .queue(request: request, .transaction(transaction))
        case .createSession(let request, let name, let settings):
            return .queue(request: request, .createSession(try session(name, request), settings))
        case .listSessions(let request, let query): return .queue(request: request, .listSessions(query))
        case .inspectSession(let request, let name, let limit):
            return .queue(request: request, .inspectSession(try session(name, request), limit: limit))
        case .deleteSession(let request, let name):
            return .queue(request: request, .deleteSession(try session(name, request)))
        case .seek(let request, let seek):
            let isOneTopic = seek.incarnation != nil
            let pattern = try pattern(seek.pattern, seek.position, isOneTopic: isOneTopic, request)
            return .queue(
                request: request,
                .seek(pattern, to: seek.position, session: seek.session, incarnation: seek.incarnation))
        case .listParked(let request, let name, let limit, let after):
            let session = name.isEmpty ? nil : try session(name, request)
            return .queue(request: request, .listParked(session: session, limit: limit, after: after))
        case .settleParked(let request, let settlement):
            let session = settlement.session.isEmpty ? nil : try session(settlement.session, request)
            return .queue(
                request: request, .settleParked(settlement.action, settlement.messages, session: session))
        case .deleteTopic(let request, let text, let incarnation):
            return .queue(request: request, .deleteTopic(try name(text, request), incarnation: incarnation))
        case .inspectMessage(let request, let text, let sequence):
            return .queue(request: request, .inspectMessage(try name(text, request), sequence: sequence))
        case .peek(let request, let peek):
            return .queue(request: request, .peek(try target(of: peek, request), limit: peek.limit))
        case .act(let request, let act): return .queue(request: request, .act(try ActOrder(act, id: request)))
        default: preconditionFailure("\(frame.opcode.name) is no request about queues")
        }
    }

    private static func target(of peek: PeekRequest, _ request: UInt32) throws(FrameError) -> PeekTarget {
        if peek.client > 0 { return .client(peek.client) }
        if peek.topic.isEmpty { return .session(try session(peek.session, request)) }
        return .topic(try name(peek.topic, request), from: peek.start)
    }

    static func session(_ text: String, _ request: UInt32) throws(FrameError) -> SessionName {
        do { return try SessionName(text) } catch { throw FrameError(.badName, request: request, "\(error)") }
    }
}
