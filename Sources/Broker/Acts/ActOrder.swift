import ZaichikProtocol

/// What an act is to be done to, with its name checked.
enum ActTarget: Equatable, Sendable {
    /// A client, or an absent session that is listed among the clients, by id.
    case client(UInt64)
    case session(SessionName)
    /// A topic, or all that a pattern matches.
    case topics(TopicPattern)
    case broker
}

/// An act that a client asks for, with its arguments checked.
struct ActOrder: Equatable, Sendable {
    let act: Act
    let target: ActTarget
    let values: ActValues
    /// The topics that the act is limited to; nil if it is not.
    let topics: TopicPattern?
    /// Whether nothing is to be changed.
    let isDryRun: Bool

    /// - Throws: If a name breaks its rules, or a value does not go with the others.
    init(_ request: ActRequest, id: UInt32) throws(FrameError) {
        act = request.act
        values = request.values
        isDryRun = request.isDryRun
        switch request.act.subject {
        case .broker: target = .broker
        case .topic: target = .topics(try Self.pattern(request.name, id))
        case .queue, .connection:
            target = request.client > 0 ? .client(request.client) : .session(try Self.session(request.name, id))
        }
        topics = if let text = request.values.topic { try Self.pattern(text, id) } else { nil }
        try checkValues(id)
    }

    /// The topics that the sequence, key or incarnation of the act belongs to.
    private var named: TopicPattern? { if case .topics(let pattern) = target { pattern } else { topics } }

    private func checkValues(_ id: UInt32) throws(FrameError) {
        guard let named, named.name == nil else { return }
        if values.sequence != nil || values.incarnation != nil {
            throw FrameError(
                .badArgument, request: id,
                "\(act): a sequence and an incarnation are a topic's, and '\(named)' is a pattern; give a name")
        }
        if case .sequence? = values.start {
            throw FrameError(
                .badArgument, request: id, "\(act): start 3 needs a topic's name; '\(named)' is a pattern")
        }
    }

    private static func pattern(_ text: String, _ id: UInt32) throws(FrameError) -> TopicPattern {
        do { return try TopicPattern(text) } catch { throw FrameError(.badName, request: id, "\(error)") }
    }

    private static func session(_ text: String, _ id: UInt32) throws(FrameError) -> SessionName {
        do { return try SessionName(text) } catch { throw FrameError(.badName, request: id, "\(error)") }
    }
}

/// An act on its way to where it is done, with who asks for it.
struct ActErrand: Sendable {
    let order: ActOrder
    let asker: SessionAsker
    /// Called once, on any loop, now or after some steps.
    let reply: @Sendable (Result<Acted, FrameError>) -> Void

    func refuse(_ code: ErrorCode, _ message: String) {
        reply(.failure(FrameError(code, request: asker.request, message)))
    }

    /// - Parameter rows: What it concerns.
    func done(_ rows: [Acted.Row]) { reply(.success(Acted(rows, isDryRun: order.isDryRun))) }
}
