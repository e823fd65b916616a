import ZaichikProtocol

/// A request to the broker, without its number.
enum ClientRequest: Equatable, Sendable {
    case topicID(TopicName)
    /// With the incarnation of the topic, if no other is wanted.
    case subscribe(TopicPattern, StartPosition, incarnation: UInt64? = nil)
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

    func frame(_ request: UInt32) -> ClientFrame {
        switch self {
        case .topicID(let name): .topic(request: request, name: name.string)
        case .subscribe(let pattern, let start, let incarnation):
            .subscribe(request: request, pattern: pattern.string, from: start, incarnation: incarnation)
        case .unsubscribe(let pattern): .unsubscribe(request: request, pattern: pattern.string)
        case .createTopic(let name, let settings):
            .createTopic(request: request, name: name.string, settings: settings)
        case .listTopics(let query): .listTopics(request: request, query: query)
        case .listClients(let query): .listClients(request: request, query: query)
        case .inspectClient(let id): .inspectClient(request: request, id: id)
        case .inspectTopic(let name, let limit): .inspectTopic(request: request, name: name.string, limit: limit)
        case .watch(_, let watch): .watch(request: request, watch)
        case .unwatch(let watch): .unwatch(request: request, watch: watch)
        }
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
