import DequeModule
import NIOCore
import ZaichikProtocol

/// The lists, details and watches that one connection asks for. A value: requests and gathered rows go in; queries to
/// gather and frames to send come out.
///
/// One list or detail is answered at a time, a page at a time, and only while the client reads: a few bytes of requests
/// do not turn into any amount of memory.
struct RequestDesk {
    /// The most lists and details that may wait.
    static let waitingLimit = PeerLimits.waitingLists

    enum Request: Equatable {
        case topics(request: UInt32, TopicQuery)
        case clients(request: UInt32, ClientQuery)
        case client(request: UInt32, id: UInt64)
        /// - rows: The most readers, and the most publishers.
        case topic(request: UInt32, TopicName, rows: Int)
        case sessions(request: UInt32, SessionQuery)
        /// - limit: The most subscriptions, connections and topics, each.
        case session(request: UInt32, SessionName, limit: Int)
        /// What the loop of a session has to do.
        case act(request: UInt32, SessionAct)
        /// What an operator does.
        case order(request: UInt32, ActOrder)
        /// - limit: The most messages of each state.
        case peek(request: UInt32, PeekTarget, limit: UInt32)
        case observe(request: UInt32, ObservationRequest)

        var id: UInt32 {
            switch self {
            case .topics(let request, _), .clients(let request, _), .client(let request, _), .topic(let request, _, _),
                .sessions(let request, _), .session(let request, _, _), .act(let request, _),
                .order(let request, _), .peek(let request, _, _), .observe(let request, _):
                request
            }
        }
    }

    /// The next action of the connection.
    enum Action {
        /// Wait until a request comes or a gathering ends.
        case wait
        case gatherTopics(TopicQuery)
        case gatherClients(ClientQuery)
        /// Gather a page about a client, the first one if `from` is nil.
        case inspect(UInt64, from: InspectionPlace?, rows: Int)
        case inspectTopic(TopicName, rows: Int)
        case gatherSessions(SessionQuery)
        /// Gather a page about a session, the first one if `from` is nil.
        case inspectSession(SessionName, from: SessionInspectionPlace?, rows: Int, limit: Int)
        case act(SessionAct, request: UInt32)
        case order(ActOrder, request: UInt32)
        case peek(PeekTarget, limit: Int)
        case observe(ObservationRequest, request: UInt32)
        case send(BrokerFrame)
        /// Send the bytes of a whole frame.
        case sendBytes(ByteBuffer)
        /// Ask again: a step was done, and more are left.
        case proceed
    }

    /// The progress of the current answer. Indirect, so that the many desks without one take no room for the rows of one.
    private indirect enum Progress {
        case none
        /// - from: The start of the page that is being gathered; nil for the first page of an answer.
        case gathering(Request, from: InspectionPlace?)
        case topics(request: UInt32, sort: TopicFigure?, Listing<Topic>, sent: Int)
        case clients(request: UInt32, Listing<ClientStatistics>, sent: Int)
        case client(request: UInt32, id: UInt64, InspectionPage)
        /// A page was sent, and the next one is not wanted yet.
        case nextPage(request: UInt32, id: UInt64, InspectionPlace)
        case unknownClient(request: UInt32, id: UInt64)
        /// - detail: nil if there is no such topic.
        case topic(request: UInt32, TopicName, detail: TopicDetail?)
        case sessions(request: UInt32, Listing<SessionStatistics>, sent: Int)
        /// - from: The start of the page that is being gathered; nil for the first page of an answer.
        case gatheringSession(request: UInt32, SessionName, limit: Int, from: SessionInspectionPlace?)
        /// - page: nil if there is no such session.
        case session(request: UInt32, SessionName, limit: Int, page: SessionPage?)
        /// A page was sent, and the next one is not wanted yet.
        case nextSessionPage(request: UInt32, SessionName, limit: Int, SessionInspectionPlace)
        case peeked(request: UInt32, RowPage<PeekedMessage>, sent: Int)
        /// The whole answer.
        case answer(BrokerFrame)
        case closed(request: UInt32, ClosedListing, sent: Int)
    }

    private var waiting: Deque<Request> = []
    private var progress = Progress.none
    var watches = WatchList()
    /// The number of lists and details requested.
    private(set) var asked: UInt64 = 0
    private(set) var answered: UInt64 = 0

    var areOutstanding: Bool { answered < asked }

    /// Whether ``next(rows:now:)`` has an action: it has none while a gathering is under way.
    @inline(__always)
    var hasWork: Bool {
        if watches.hasReady { return true }
        switch progress {
        case .none: return !waiting.isEmpty
        case .gathering, .gatheringSession: return false
        case .session, .nextSessionPage: return true
        case .topics, .clients, .client, .nextPage, .unknownClient, .topic, .sessions, .peeked, .answer, .closed:
            return true
        }
    }

    /// Memory that the answer being given keeps, in bytes.
    var keptBytes: Int {
        switch progress {
        case .none, .gathering, .nextPage, .unknownClient, .gatheringSession, .nextSessionPage: 0
        case .sessions(_, let listing, _): listing.rows.count * Observation.keptClientRow
        case .session(_, _, _, let page):
            page.map {
                $0.detail.connections.count * Observation.keptClientRow
                    + $0.detail.topics.count * Observation.keptTopicRow
            } ?? 0
        case .answer(.parked(_, let page, _)): page.rows.count * Observation.keptParkedRow
        case .peeked(_, let page, _): page.rows.count * Observation.keptParkedRow
        case .answer(.observed): Observation.keptHistory
        case .answer: 0
        case .closed(_, let listing, _): listing.rows.count * MemoryLayout<ClosedEntry>.stride
        case .topics(_, _, let listing, _): listing.rows.count * MemoryLayout<Ranked<Topic>>.stride
        case .clients(_, let listing, _): listing.rows.count * Observation.keptClientRow
        case .client(_, _, let page): page.detail.topics.count * Observation.keptTopicRow
        case .topic(_, _, let detail):
            detail.map { ($0.readers.rows.count + $0.publishers.rows.count) * Observation.keptTopicRow } ?? 0
        }
    }

    // MARK: Requests

    mutating func ask(_ request: Request) throws(FrameError) {
        guard waiting.count < Self.waitingLimit else {
            throw FrameError(
                .tooManyRequests, request: request.id,
                "\(Self.waitingLimit) lists are waiting for their answers; read those before asking for more")
        }
        waiting.append(request)
        asked += 1
    }

    // MARK: What was gathered

    mutating func gathered(_ listing: Listing<Topic>) {
        guard case .gathering(.topics(let request, let query), _) = progress else { return }
        progress = .topics(request: request, sort: query.sort, listing, sent: 0)
    }

    mutating func gathered(_ listing: Listing<ClientStatistics>) {
        guard case .gathering(.clients(let request, _), _) = progress else { return }
        progress = .clients(request: request, listing, sent: 0)
    }

    /// - Parameter page: nil if the client is not connected, or no longer connected.
    mutating func gathered(_ page: InspectionPage?) {
        guard case .gathering(.client(let request, let id), let place) = progress else { return }
        if let page {
            progress = .client(request: request, id: id, page)
        } else if let place {
            // The client left between two pages: the answer ends with the pages that were sent.
            let detail = ClientDetail(
                client: place.client, subscriptions: [], topics: [], evidence: place.evidence)
            progress = .client(request: request, id: id, InspectionPage(detail: detail, next: nil))
        } else {
            progress = .unknownClient(request: request, id: id)
        }
    }

    /// - Parameter detail: nil if there is no such topic.
    mutating func gathered(_ detail: TopicDetail?) {
        guard case .gathering(.topic(let request, let name, _), _) = progress else { return }
        progress = .topic(request: request, name, detail: detail)
    }

    mutating func gathered(_ listing: Listing<SessionStatistics>) {
        guard case .gathering(.sessions(let request, _), _) = progress else { return }
        progress = .sessions(request: request, listing, sent: 0)
    }

    /// - Parameter page: nil if there is no such session, or no longer.
    mutating func gathered(_ page: SessionPage?) {
        guard case .gatheringSession(let request, let name, let limit, let place) = progress else { return }
        progress = .session(request: request, name, limit: limit, page: page ?? place?.end)
    }

    /// The session's loop has answered.
    mutating func gathered(_ answer: BrokerFrame) {
        guard case .gathering = progress else { return }
        progress = .answer(answer)
    }

    /// - Parameter result: The messages of a queue or of a topic, or why there are none to look at.
    mutating func gathered(_ result: Result<RowPage<PeekedMessage>, FrameError>) {
        guard case .gathering(.peek(let request, _, _), _) = progress else { return }
        switch result {
        case .success(let page): progress = .peeked(request: request, page, sent: 0)
        case .failure(let error):
            progress = .answer(.error(code: error.code.rawValue, request: request, message: error.message))
        }
    }

    mutating func gathered(_ listing: ClosedListing) {
        guard case .gathering(.observe(let request, _), _) = progress else { return }
        progress = .closed(request: request, listing, sent: 0)
    }

    // MARK: Answers

    /// The next action. Called while the client's socket takes more.
    ///
    /// - Parameter rows: The most rows on a page.
    mutating func next(rows: Int, now: UInt64) -> Action {
        if watches.hasReady { return watches.step(now: now).map { .sendBytes($0) } ?? .proceed }
        switch progress {
        case .none: return begin(rows: rows)
        case .gathering, .gatheringSession: return .wait
        case .topics(let request, let sort, var listing, let sent):
            let end = min(sent + rows, listing.rows.count)
            let page = RowPage(
                rows: listing.rows[sent..<end].map { $0.statistics(sort: sort, now: now) }, matching: listing.matching)
            let isLast = end == listing.rows.count
            listing.rows.giveBack(before: end)
            if isLast { finish() } else { progress = .topics(request: request, sort: sort, listing, sent: end) }
            return .send(.topics(request: request, page: page, isLast: isLast))
        case .clients(let request, var listing, let sent):
            let end = min(sent + rows, listing.rows.count)
            let page = RowPage(rows: listing.rows[sent..<end].map(\.row), matching: listing.matching)
            let isLast = end == listing.rows.count
            listing.rows.giveBack(before: end)
            if isLast { finish() } else { progress = .clients(request: request, listing, sent: end) }
            return .send(.clients(request: request, page: page, isLast: isLast))
        case .sessions(let request, var listing, let sent):
            let end = min(sent + rows, listing.rows.count)
            let page = RowPage(rows: listing.rows[sent..<end].map(\.row), matching: listing.matching)
            let isLast = end == listing.rows.count
            listing.rows.giveBack(before: end)
            if isLast { finish() } else { progress = .sessions(request: request, listing, sent: end) }
            return .send(.sessions(request: request, page: page, isLast: isLast))
        case .peeked(let request, let all, let sent):
            let end = min(sent + rows, all.rows.count)
            let page = RowPage(rows: Array(all.rows[sent..<end]), matching: all.matching)
            let isLast = end == all.rows.count
            if isLast { finish() } else { progress = .peeked(request: request, all, sent: end) }
            return .send(.peeked(request: request, page: page, isLast: isLast))
        case .session(let request, let name, let limit, let page):
            return .send(answer(request, name, limit: limit, page))
        case .nextSessionPage(let request, let name, let limit, let place):
            progress = .gatheringSession(request: request, name, limit: limit, from: place)
            return .inspectSession(name, from: place, rows: rows, limit: limit)
        case .answer(let frame):
            finish()
            return .send(frame)
        case .closed(let request, let listing, let sent):
            let end = min(sent + rows, listing.rows.count)
            let page = RowPage(rows: listing.rows[sent..<end].map(\.row), matching: listing.matching)
            let isLast = end == listing.rows.count
            if isLast { finish() } else { progress = .closed(request: request, listing, sent: end) }
            return .send(.observed(request: request, .closed(page), isLast: isLast))
        case .client(let request, let id, let page):
            if let next = page.next { progress = .nextPage(request: request, id: id, next) } else { finish() }
            return .send(.client(request: request, page.detail, isLast: page.next == nil))
        case .nextPage(let request, let id, let place):
            progress = .gathering(.client(request: request, id: id), from: place)
            return .inspect(id, from: place, rows: rows)
        case .unknownClient(let request, let id):
            finish()
            return .send(
                .error(
                    code: ErrorCode.unknownClient.rawValue, request: request,
                    message: "no client with id \(id) is connected"))
        case .topic(let request, let name, let detail):
            finish()
            if let detail { return .send(.topicDetail(request: request, detail)) }
            return .send(
                .error(
                    code: ErrorCode.unknownTopic.rawValue, request: request, message: "there is no topic '\(name)'"))
        }
    }

    /// - Parameter page: nil if there is no such session.
    private mutating func answer(
        _ request: UInt32, _ name: SessionName, limit: Int, _ page: SessionPage?
    ) -> BrokerFrame {
        if let next = page?.next {
            progress = .nextSessionPage(request: request, name, limit: limit, next)
        } else {
            finish()
        }
        if let page { return .sessionDetail(request: request, page.detail, isLast: page.next == nil) }
        return .error(
            code: ErrorCode.unknownSession.rawValue, request: request, message: "there is no session '\(name)'")
    }

    private mutating func begin(rows: Int) -> Action {
        guard let request = waiting.popFirst() else { return .wait }
        progress = .gathering(request, from: nil)
        switch request {
        case .topics(_, let query): return .gatherTopics(query)
        case .clients(_, let query): return .gatherClients(query)
        case .client(_, let id): return .inspect(id, from: nil, rows: rows)
        case .topic(_, let name, let rows): return .inspectTopic(name, rows: rows)
        case .sessions(_, let query): return .gatherSessions(query)
        case .session(let request, let name, let limit):
            progress = .gatheringSession(request: request, name, limit: limit, from: nil)
            return .inspectSession(name, from: nil, rows: rows, limit: limit)
        case .act(let request, let act): return .act(act, request: request)
        case .order(let request, let order): return .order(order, request: request)
        case .peek(_, let target, let limit):
            return .peek(target, limit: min(Int(limit), PeerLimits.peekedMessages))
        case .observe(let request, let asked): return .observe(asked, request: request)
        }
    }

    private mutating func finish() {
        progress = .none
        answered += 1
    }
}
