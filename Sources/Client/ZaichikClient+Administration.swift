import NIOConcurrencyHelpers
import NIOCore
import ZaichikProtocol

extension ZaichikClient {
    /// Creates a topic, or changes the settings named of one that exists.
    public func createTopic(
        _ name: TopicName, settings: TopicSettingsChange = TopicSettingsChange()
    ) async throws(ClientError) -> TopicOutcome {
        guard case .detail(let detail) = try await core.ask(.createTopic(name, settings)),
            let created = TopicCreated(detail: detail)
        else {
            throw ClientError(.connectionLost, "the broker's answer to CREATE TOPIC cannot be read")
        }
        return created.outcome
    }

    /// The same with text; a bad name is ``ClientError/Code/invalidName``.
    public func createTopic(
        _ name: String, settings: TopicSettingsChange = TopicSettingsChange()
    ) async throws(ClientError) -> TopicOutcome {
        try await createTopic(.checked(name), settings: settings)
    }

    /// Finds a topic, as the first publish to it does: one that does not exist is created with the settings that the broker
    /// has for its name.
    ///
    /// - Throws: ``ClientError/Code/refused(_:)`` with `unknownTopic` if it does not exist, and the broker creates none by
    ///   use.
    public func findTopic(_ name: TopicName) async throws(ClientError) {
        _ = try await core.topicID(name)
    }

    /// The broker's topics: sorted, filtered and limited by the broker.
    public func topics(_ query: TopicQuery = TopicQuery()) async throws(ClientError) -> RowPage<TopicStatistics> {
        guard case .topics(let page) = try await core.ask(.listTopics(query)) else { throw .strangeAnswer }
        return page
    }

    /// The broker's clients: sorted, filtered and limited by the broker.
    public func clients(_ query: ClientQuery = ClientQuery()) async throws(ClientError) -> RowPage<ClientStatistics> {
        guard case .clients(let page) = try await core.ask(.listClients(query)) else { throw .strangeAnswer }
        return page
    }

    /// One client in detail.
    ///
    /// - Parameter id: Its connection id, as lists show it.
    /// - Throws: ``ClientError/Code/refused(_:)`` with `unknownClient` if it is not connected.
    public func client(id: UInt64) async throws(ClientError) -> ClientDetail {
        guard case .client(let detail) = try await core.ask(.inspectClient(id)) else { throw .strangeAnswer }
        return detail
    }

    /// One topic in detail: its settings and figures, the clients that read it, those that hold most of it back first, and
    /// those that published to it last.
    ///
    /// - Parameter rows: The most readers, and the most publishers; the broker gives at most 100.
    /// - Throws: ``ClientError/Code/refused(_:)`` with `unknownTopic` if it does not exist.
    public func topic(_ name: TopicName, rows: UInt32 = .max) async throws(ClientError) -> TopicDetail {
        guard case .topic(let detail) = try await core.ask(.inspectTopic(name, limit: rows)) else {
            throw .strangeAnswer
        }
        return detail
    }

    /// The same with text; a bad name is ``ClientError/Code/invalidName``.
    public func topic(_ name: String, rows: UInt32 = .max) async throws(ClientError) -> TopicDetail {
        try await topic(.checked(name), rows: rows)
    }

    /// Watches statistics, which the broker pushes at an interval. The watch is resumed after a reconnect, and ends with
    /// the last copy of the sequence.
    public func watch(_ request: WatchRequest) async throws(ClientError) -> StatisticsSequence {
        let latest = LatestUpdate()
        let id = core.state.withLockedValue { state in
            state.lastWatch += 1
            state.watches[state.lastWatch] = latest
            return state.lastWatch
        }
        // From here on the watch ends with this object, whatever happens.
        let watch = OpenWatch(id: id, latest: latest, client: self)
        _ = try await core.ask(.watch(id, request))
        return StatisticsSequence(watch: watch)
    }

    /// Waits until the broker has answered everything that was sent before: a barrier.
    ///
    /// - Returns: How long the answer took. While the broker holds publishes back, that includes the wait for room.
    public func ping() async throws(ClientError) -> Duration {
        let answer = try await core.wait { state, id in
            if let obstacle = state.machine.obstacle { return [.failure(id, obstacle)] }
            state.machine.ping(waiter: id, now: .now())
            return []
        }
        guard case .roundTrip(let duration) = answer else { throw .strangeAnswer }
        return duration
    }
}

extension ClientError {
    static let strangeAnswer = ClientError(
        .connectionLost, "the broker's answer does not fit the request")
}

extension ClientCore {
    /// Asks the broker and waits for its answer.
    func ask(_ request: ClientRequest) async throws(ClientError) -> Answer {
        try await wait { state, id in
            if let obstacle = state.machine.obstacle { return [.failure(id, obstacle)] }
            state.machine.send(request, waiter: id)
            return []
        }
    }

    func unwatch(_ id: WatchID) {
        let live = state.withLockedValue { state in
            state.watches[id] = nil
            state.machine.unwatch(id)
            return state.wakeUp()
        }
        live?.wake()
    }
}
