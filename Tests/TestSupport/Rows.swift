import NIOCore
import ZaichikProtocol

// The control plane, as tests ask for it: whatever else comes meanwhile is passed over.
extension NativeClient {
    /// All rows of topics that a query wants, over all pages.
    public func topics(
        _ query: TopicQuery = TopicQuery()
    ) throws -> (rows: [TopicStatistics], pages: Int, matching: Int) {
        let request = nextRequest()
        try send(.listTopics(request: request, query: query))
        var found: (rows: [TopicStatistics], pages: Int, matching: Int) = ([], 0, 0)
        while true {
            guard case .topics(request, let page, let isLast) = try receive() else { continue }
            found = (found.rows + page.rows, found.pages + 1, page.matching)
            if isLast { return found }
        }
    }

    /// All rows of clients that a query wants, over all pages.
    public func clients(
        _ query: ClientQuery = ClientQuery()
    ) throws -> (rows: [ClientStatistics], pages: Int, matching: Int) {
        let request = nextRequest()
        try send(.listClients(request: request, query: query))
        var found: (rows: [ClientStatistics], pages: Int, matching: Int) = ([], 0, 0)
        while true {
            guard case .clients(request, let page, let isLast) = try receive() else { continue }
            found = (found.rows + page.rows, found.pages + 1, page.matching)
            if isLast { return found }
        }
    }

    /// The broker's figures, of a watch that is ended again.
    public func statistics() throws -> BrokerStatistics {
        let request = nextRequest()
        try send(.watch(request: request, WatchRequest()))
        while true {
            guard case .statistics(request, let update) = try receive() else { continue }
            try send(.unwatch(request: nextRequest(), watch: request))
            return update.broker
        }
    }

    public func topicRow(_ name: String) throws -> TopicStatistics {
        guard let row = try topics(TopicQuery(limit: .max)).rows.first(where: { $0.name == name }) else {
            throw WireError.unexpected("no row of \(name)")
        }
        return row
    }

    /// A topic in detail.
    public func topicDetail(_ name: String, limit: UInt32 = 100) throws -> TopicDetail {
        let request = nextRequest()
        try send(.inspectTopic(request: request, name: name, limit: limit))
        while true {
            switch try receive() {
            case .error(_, request, let message): throw WireError.unexpected(message)
            case .topicDetail(request, let detail): return detail
            default: continue
            }
        }
    }

    public func clientRow(_ id: UInt64) throws -> ClientStatistics {
        guard let row = try clients(ClientQuery(limit: .max)).rows.first(where: { $0.id == id }) else {
            throw WireError.unexpected("no row of client \(id)")
        }
        return row
    }

    /// One client in detail, over all pages.
    public func detail(_ id: UInt64) throws -> (detail: ClientDetail, pages: Int) {
        let request = nextRequest()
        try send(.inspectClient(request: request, id: id))
        var found: ClientDetail?
        var pages = 0
        while true {
            switch try receive() {
            case .error(_, request, let message): throw WireError.unexpected(message)
            case .client(request, let page, let isLast):
                pages += 1
                var whole =
                    found
                    ?? ClientDetail(client: page.client, subscriptions: [], topics: [], evidence: page.evidence)
                whole.subscriptions += page.subscriptions
                whole.topics += page.topics
                whole.pause = page.pause
                found = whole
                if isLast { return (whole, pages) }
            default: continue
            }
        }
    }
}

extension BrokerFrame {
    public struct Gap: Equatable, Sendable {
        public var reason: GapReason
        public var first: UInt64
        public var last: UInt64

        public init(reason: GapReason, first: UInt64, last: UInt64) {
            self.reason = reason
            self.first = first
            self.last = last
        }
    }

    public var gap: Gap? {
        guard case .gap(let reason, _, let first, let last) = self else { return nil }
        return Gap(reason: reason, first: first, last: last)
    }
}
