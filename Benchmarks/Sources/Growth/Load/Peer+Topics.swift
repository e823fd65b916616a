import ZaichikProtocol

extension Peer {
    /// The id of a topic, which is created if it does not exist.
    func topic(_ name: String) throws -> UInt32 {
        guard case .topic(_, let id, _, _) = try ask({ .topic(request: $0, name: name) }) else {
            throw GrowthError("TOPIC was not answered by TOPIC")
        }
        return id
    }

    /// Creates a topic that keeps all that a benchmark publishes.
    func createTopic(_ name: String, _ settings: [TopicSettings.Tag: UInt64] = [:]) throws -> UInt32 {
        var change = TopicSettingsChange()
        change[.historyBytes] = 8 << 30
        change[.limit] = 8 << 30
        for (tag, value) in settings { change[tag] = value }
        let answer = try ask { .createTopic(request: $0, name: name, settings: change) }
        guard case .ok(_, let detail) = answer, let created = TopicCreated(detail: detail) else {
            throw GrowthError("CREATE TOPIC was not answered by OK")
        }
        return created.id
    }

    func subscribe(_ pattern: String, from start: StartPosition = .new) throws {
        _ = try ask { .subscribe(request: $0, pattern: pattern, from: start) }
    }

    /// The largest lag of a client, in messages.
    func largestLag() throws -> UInt64 {
        let answer = try ask { .listClients(request: $0, query: ClientQuery(sort: .lagMessages, limit: 1)) }
        guard case .clients(_, let page, _) = answer else { throw GrowthError("LIST CLIENTS was not answered") }
        return page.rows.first?[.lagMessages] ?? 0
    }
}
