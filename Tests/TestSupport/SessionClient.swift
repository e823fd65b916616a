import NIOCore
import ZaichikProtocol

// Clients with a session.
extension NativeClient {
    /// A client that names a session in HELLO.
    public convenience init(
        _ wire: Wire, name: String, window: UInt32, session: String,
        _ settings: [SessionSettings.Tag: UInt64] = [:]
    ) throws {
        self.init(wire)
        try send(Preface.bytes + NativeClient.hello(name, window: window, session: session, settings))
        guard case .welcome(let welcome) = try receive() else { throw WireError.unexpected("no WELCOME came") }
        self.welcome = welcome
    }

    /// The bytes of a HELLO that names a session.
    public static func hello(
        _ name: String, window: UInt32 = 1000, session: String, _ settings: [SessionSettings.Tag: UInt64] = [:]
    ) throws -> [UInt8] {
        var change = SessionSettingsChange()
        for (tag, value) in settings { change[tag] = value }
        return bytes([.hello(Hello(window: window, name: name, session: try SessionName(session), settings: change))])
    }

    /// Creates a session or changes its settings.
    @discardableResult
    public func createSession(
        _ name: String, _ settings: [SessionSettings.Tag: UInt64] = [:]
    ) throws -> SessionCreated {
        let request = nextRequest()
        var change = SessionSettingsChange()
        for (tag, value) in settings { change[tag] = value }
        try send(.createSession(request: request, name: name, settings: change))
        guard case .ok(request, let detail) = try receive(), let created = SessionCreated(detail: detail) else {
            throw WireError.unexpected("no OK to CREATE SESSION came")
        }
        return created
    }

    /// - Returns: The answer, an OK or an ERROR.
    public func deleteSession(_ name: String) throws -> BrokerFrame {
        let request = nextRequest()
        try send(.deleteSession(request: request, name: name))
        return try receive { $0.request == request }.last!
    }

    /// All rows of sessions that a query wants, over all pages.
    public func sessions(
        _ query: SessionQuery = SessionQuery()
    ) throws -> (rows: [SessionStatistics], pages: Int, matching: Int) {
        let request = nextRequest()
        try send(.listSessions(request: request, query: query))
        var found: (rows: [SessionStatistics], pages: Int, matching: Int) = ([], 0, 0)
        while true {
            guard case .sessions(request, let page, let isLast) = try receive() else { continue }
            found = (found.rows + page.rows, found.pages + 1, page.matching)
            if isLast { return found }
        }
    }

    public func sessionRow(_ name: String) throws -> SessionStatistics {
        guard let row = try sessions(SessionQuery(limit: .max)).rows.first(where: { $0.name == name }) else {
            throw WireError.unexpected("no row of session \(name)")
        }
        return row
    }

    /// A session in detail, of all pages.
    public func sessionDetail(_ name: String, limit: UInt32 = .max) throws -> SessionDetail {
        let pages = try sessionPages(name, limit: limit)
        return pages.dropFirst().reduce(into: pages[0]) { all, page in
            all.subscriptions += page.subscriptions
            all.connections += page.connections
            all.topics += page.topics
        }
    }

    /// The pages about a session.
    public func sessionPages(_ name: String, limit: UInt32 = .max) throws -> [SessionDetail] {
        let request = nextRequest()
        try send(.inspectSession(request: request, name: name, limit: limit))
        var pages: [SessionDetail] = []
        while true {
            switch try receive() {
            case .error(_, request, let message): throw WireError.unexpected(message)
            case .sessionDetail(request, let detail, let isLast):
                pages.append(detail)
                if isLast { return pages }
            default: continue
            }
        }
    }
}

extension TestBroker {
    /// A client that was welcomed into a session.
    public func client(
        _ name: String = "hare", session: String, window: UInt32 = 1000, _ settings: [SessionSettings.Tag: UInt64] = [:]
    ) throws -> NativeClient {
        try NativeClient(connect(), name: name, window: window, session: session, settings)
    }

    /// Waits until no connection is attached to a session.
    public func until(absent session: String) throws {
        let observer = try client("observer")
        try eventually("\(session) to be absent") { try observer.sessionRow(session).state == .absent }
    }
}
