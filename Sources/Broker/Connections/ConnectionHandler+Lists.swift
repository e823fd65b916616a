import DequeModule
import NIOCore
import ZaichikProtocol

/// Lists and details that a connection asks for: one is gathered at a time, and only while the client reads, so that
/// a few bytes of requests do not turn into any amount of memory.
struct ListProgress {
    enum Request {
        case topics(request: UInt32, TopicQuery)
        case clients(request: UInt32, ClientQuery)
        case client(request: UInt32, id: UInt64)
    }

    /// How many may wait.
    static let waitingLimit = 64

    var waiting: Deque<Request> = []
    /// Whether other loops are being asked.
    var isGathering = false
    private(set) var asked: UInt64 = 0
    private(set) var answered: UInt64 = 0

    var areOutstanding: Bool { answered < asked }

    mutating func ask(_ request: Request, id: UInt32) throws(FrameError) {
        guard waiting.count < Self.waitingLimit else {
            throw FrameError(
                .tooManyRequests, request: id,
                "\(Self.waitingLimit) lists wait for their answers; read those before asking for more")
        }
        waiting.append(request)
        asked += 1
    }

    mutating func answer() {
        answered += 1
        isGathering = false
    }
}

// The lists of the control plane.
extension ConnectionHandler {
    /// Pages are cut at half of what a frame may have, so that a row more always fits.
    private var rowsPerPage: Int { max(frameLimit / 2 / Observation.longestRow, 1) }

    func ask(_ request: ListProgress.Request, id: UInt32) throws(FrameError) {
        try lists.ask(request, id: id)
        shard.markDirty(self)
    }

    /// Answers what was asked for first, if nothing else is being gathered.
    func answerLists() {
        guard !lists.isGathering, let request = lists.waiting.popFirst() else { return }
        lists.isGathering = true
        switch request {
        case .topics(let request, let query):
            sendTopics(core.topicPage(query, now: core.now()), request: request)
            listAnswered()
        case .clients(let request, let query):
            gather(core.clientPage(query, on: shard.eventLoop)) { $0.sendClients($1, request: request) }
        case .client(let request, let id):
            gather(core.clientDetail(id, on: shard.eventLoop)) { $0.sendDetail($1, of: id, request: request) }
        }
    }

    private func listAnswered() {
        lists.answer()
        answerPings()
        shard.markDirty(self)
    }

    /// Goes on here when other loops have answered, if this connection is still there then.
    private func gather<Answer: Sendable>(
        _ answer: EventLoopFuture<Answer>, _ body: @escaping (ConnectionHandler, Answer) -> Void
    ) {
        let this = NIOLoopBound(self, eventLoop: shard.eventLoop)
        let body = NIOLoopBound(body, eventLoop: shard.eventLoop)
        answer.whenSuccess { answer in
            let connection = this.value
            guard connection.context != nil else { return }
            body.value(connection, answer)
            connection.listAnswered()
            connection.shard.beginStep()
            connection.shard.flush()
        }
    }

    private func sendTopics(_ page: RowPage<TopicStatistics>, request: UInt32) {
        sendPages(page.rows) { rows, isLast in
            .topics(request: request, page: RowPage(rows: rows, matching: page.matching), isLast: isLast)
        }
    }

    private func sendClients(_ page: RowPage<ClientStatistics>, request: UInt32) {
        sendPages(page.rows) { rows, isLast in
            .clients(request: request, page: RowPage(rows: rows, matching: page.matching), isLast: isLast)
        }
    }

    private func sendDetail(_ detail: ClientDetail?, of client: UInt64, request: UInt32) {
        guard let detail else {
            return send(FrameError(.unknownClient, request: request, "no client with id \(client) is connected"))
        }
        // A subscription is shorter than a row of figures, so as many of each fit.
        var subscriptions = detail.subscriptions[...]
        var topics = detail.topics[...]
        repeat {
            var page = ClientDetail(client: detail.client, subscriptions: [], topics: [])
            page.subscriptions = Array(subscriptions.prefix(rowsPerPage))
            page.topics = Array(topics.prefix(rowsPerPage))
            subscriptions = subscriptions.dropFirst(rowsPerPage)
            topics = topics.dropFirst(rowsPerPage)
            send(.client(request: request, page, isLast: subscriptions.isEmpty && topics.isEmpty))
        } while !subscriptions.isEmpty || !topics.isEmpty
    }

    /// Sends rows in as many frames as they need, at least one.
    private func sendPages<Row>(_ rows: [Row], _ frame: ([Row], _ isLast: Bool) -> BrokerFrame) {
        var rest = rows[...]
        repeat {
            let page = Array(rest.prefix(rowsPerPage))
            rest = rest.dropFirst(rowsPerPage)
            send(frame(page, rest.isEmpty))
        } while !rest.isEmpty
    }
}
