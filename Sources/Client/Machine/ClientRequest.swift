import ZaichikProtocol

/// A request to the broker, without its number.
enum ClientRequest: Equatable, Sendable {
    case topicID(TopicName)
    case subscribe(SubscriptionRequest)
    case unsubscribe(TopicPattern)
    case createTopic(TopicName, TopicSettingsChange)
    case listTopics(TopicQuery)
    case listClients(ClientQuery)
    case inspectClient(UInt64)
    /// `limit`: the most readers, and the most publishers.
    case inspectTopic(TopicName, limit: UInt32)
    /// The first value is the library's own number for the watch, which outlives connections.
    case watch(WatchID, WatchRequest)
    case unwatch(UInt32)
    case settle(Disposition, [ClosedRange<UInt64>])
    case transaction(Transaction)
    case createSession(SessionName, SessionSettingsChange)
    case listSessions(SessionQuery)
    /// `limit`: the most subscriptions, connections and topics, each.
    case inspectSession(SessionName, limit: UInt32)
    case deleteSession(SessionName)
    case seek(Seek)
    /// nil: this client's own queue. `after` is the number of a parked message.
    case listParked(SessionName?, limit: UInt32, after: UInt64)
    case settleParked(ParkedSettlement)
    case deleteTopic(TopicName, incarnation: UInt64?)
    case inspectMessage(TopicName, sequence: UInt64)
    case act(ActRequest)
    case peek(PeekRequest)
    case observe(ObservationRequest)

    func frame(_ request: UInt32) -> ClientFrame {
        switch self {
        case .topicID(let name): .topic(request: request, name: name.string)
        case .subscribe(let subscription): subscription.frame(request)
        case .unsubscribe(let pattern): .unsubscribe(request: request, pattern: pattern.string)
        case .createTopic(let name, let settings):
            .createTopic(request: request, name: name.string, settings: settings)
        case .listTopics(let query): .listTopics(request: request, query: query)
        case .listClients(let query): .listClients(request: request, query: query)
        case .inspectClient(let id): .inspectClient(request: request, id: id)
        case .inspectTopic(let name, let limit): .inspectTopic(request: request, name: name.string, limit: limit)
        case .watch(_, let watch): .watch(request: request, watch)
        case .unwatch(let watch): .unwatch(request: request, watch: watch)
        case .settle(let disposition, let numbers): .settle(request: request, disposition.settlement(of: numbers))
        case .transaction(let transaction): .transaction(request: request, transaction)
        case .createSession(let name, let settings):
            .createSession(request: request, name: name.string, settings: settings)
        case .listSessions(let query): .listSessions(request: request, query: query)
        case .inspectSession(let name, let limit): .inspectSession(request: request, name: name.string, limit: limit)
        case .deleteSession(let name): .deleteSession(request: request, name: name.string)
        case .seek(let seek): .seek(request: request, seek)
        case .listParked(let session, let limit, let after):
            .listParked(request: request, session: session?.string ?? "", limit: limit, after: after)
        case .settleParked(let settlement): .settleParked(request: request, settlement)
        case .deleteTopic(let name, let incarnation):
            .deleteTopic(request: request, name: name.string, incarnation: incarnation)
        case .inspectMessage(let topic, let sequence):
            .inspectMessage(request: request, topic: topic.string, sequence: sequence)
        case .act(let act): .act(request: request, act)
        case .peek(let peek): .peek(request: request, peek)
        case .observe(let asked): .observe(request: request, asked)
        }
    }
}

/// What is subscribed to, and how.
struct SubscriptionRequest: Equatable, Sendable {
    var pattern: TopicPattern
    var start: StartPosition
    /// That of the topic, if no other is wanted.
    var incarnation: UInt64?
    var options: SubscribeOptions = []
    /// Where it starts if `start` is to continue and there is nothing to continue.
    var fallback: StartPosition?

    /// The same with another start.
    func starting(at start: StartPosition, incarnation: UInt64? = nil) -> SubscriptionRequest {
        SubscriptionRequest(pattern: pattern, start: start, incarnation: incarnation, options: options)
    }

    func frame(_ request: UInt32) -> ClientFrame {
        .subscribe(
            request: request, pattern: pattern.string, from: start, incarnation: incarnation, options: options,
            fallback: fallback)
    }
}

extension Disposition {
    func settlement(of deliveries: [ClosedRange<UInt64>]) -> Settlement {
        Settlement(action, deliveries, delay: delay, reason: reason)
    }
}

typealias WatchID = UInt64

/// The requests of one connection that are not answered, by their number.
struct RequestTable: Sendable {
    struct Pending: Sendable {
        var request: ClientRequest
        /// nil: the library asks for itself.
        var waiter: WaiterID?
        /// The pages that came so far of an answer of several.
        var answer: Answer?
    }

    private var pending: [UInt32: Pending] = [:]
    private var last: UInt32 = 0

    /// Whether no answer is awaited.
    var isEmpty: Bool { pending.isEmpty }

    /// - Returns: The request's number.
    mutating func add(_ request: ClientRequest, waiter: WaiterID?) -> UInt32 {
        repeat { last = last == .max ? 1 : last + 1 } while pending[last] != nil
        pending[last] = Pending(request: request, waiter: waiter)
        return last
    }

    mutating func remove(_ number: UInt32) -> Pending? { pending.removeValue(forKey: number) }

    /// Adds a page to the answer.
    ///
    /// - Returns: The waiter with the whole answer if this was the last page, else nil.
    mutating func page(_ number: UInt32, isLast: Bool, merge: (Answer?) -> Answer) -> Resumption? {
        guard let entry = pending[number] else { return nil }
        let answer = merge(entry.answer)
        guard isLast else {
            pending[number]?.answer = answer
            return nil
        }
        pending[number] = nil
        return entry.waiter.map { .success($0, answer) }
    }

    mutating func removeAll() -> [Pending] {
        defer { self = RequestTable() }
        return Array(pending.values)
    }
}
