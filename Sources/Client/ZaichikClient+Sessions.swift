import NIOCore
import ZaichikProtocol

// Sessions, moved queues, parked messages, and what can be asked of topics and messages.
extension ZaichikClient {
    /// Creates a session without attaching to it, or changes the settings named of one that exists.
    public func createSession(
        _ name: String, settings: SessionSettingsChange = SessionSettingsChange()
    ) async throws(ClientError) -> TopicOutcome {
        guard case .detail(let detail) = try await core.ask(.createSession(.checked(name), settings)),
            let created = SessionCreated(detail: detail)
        else { throw .strangeAnswer }
        return created.outcome
    }

    /// The broker's sessions, absent ones too: sorted, filtered and limited by the broker.
    public func sessions(
        _ query: SessionQuery = SessionQuery()
    ) async throws(ClientError) -> RowPage<SessionStatistics> {
        guard case .sessions(let page) = try await core.ask(.listSessions(query)) else { throw .strangeAnswer }
        return page
    }

    /// One session in detail: its settings and figures, what it subscribes to, who is attached, its lag in each topic.
    ///
    /// - Parameter rows: The most subscriptions, connections and topics, each.
    /// - Throws: ``ClientError/Code/refused(_:)`` with `unknownSession` if it does not exist.
    public func session(_ name: String, rows: UInt32 = .max) async throws(ClientError) -> SessionDetail {
        guard case .session(let detail) = try await core.ask(.inspectSession(.checked(name), limit: rows)) else {
            throw .strangeAnswer
        }
        return detail
    }

    /// Ends a session with everything that it has not done. Clients that are attached are told and disconnected.
    ///
    /// - Throws: ``ClientError/Code/refused(_:)`` with `unknownSession` if it does not exist.
    public func deleteSession(_ name: String) async throws(ClientError) {
        _ = try await core.ask(.deleteSession(.checked(name)))
    }

    /// Moves a queue to another place in its topics. What is in flight, returned or parked stays as it is.
    ///
    /// Moved back, what was done comes again, as first deliveries. Moved ahead, what is passed over is a ``Gap``.
    ///
    /// - Parameters:
    ///   - position: A sequence, a time, the earliest message that is kept, the last N, or what is new.
    ///   - session: nil for this client's own queue, which may be a session's.
    ///   - incarnation: That of the topic, if no other is meant.
    /// - Returns: How many topics it was moved in.
    @discardableResult
    public func seek(
        _ pattern: TopicPattern, to position: StartPosition, session: String? = nil, incarnation: UInt64? = nil
    ) async throws(ClientError) -> Int {
        let seek = Seek(
            pattern.string, to: position, session: try session.checked(), incarnation: incarnation)
        return try await count(core.ask(.seek(seek)))
    }

    /// The same with text; a bad name is ``ClientError/Code/invalidName``.
    @discardableResult
    public func seek(
        _ pattern: String, to position: StartPosition, session: String? = nil, incarnation: UInt64? = nil
    ) async throws(ClientError) -> Int {
        try await seek(.checked(pattern), to: position, session: session, incarnation: incarnation)
    }

    // MARK: Parked messages

    /// The parked messages of a session, by their numbers.
    ///
    /// - Parameters:
    ///   - session: nil for this client's own queue.
    ///   - number: Only those with a larger number.
    public func parked(
        in session: String? = nil, after number: UInt64 = 0, limit: UInt32 = .max
    ) async throws(ClientError) -> RowPage<ParkedMessage> {
        let request = ClientRequest.listParked(try session.checked(), limit: limit, after: number)
        guard case .parked(let page) = try await core.ask(request) else { throw .strangeAnswer }
        return page
    }

    /// Releases parked messages, so that they are delivered again, or drops them.
    ///
    /// - Parameters:
    ///   - numbers: Of parked messages; nil: all.
    ///   - session: nil for this client's own queue.
    /// - Returns: How many there were.
    /// - Throws: ``ClientError/Code/refused(_:)`` with `unknownMessage` if one of them is not parked; nothing is done then.
    @discardableResult
    public func settleParked(
        _ action: ParkedAction, _ numbers: [ClosedRange<UInt64>]? = nil, in session: String? = nil
    ) async throws(ClientError) -> Int {
        let name = try session.checked()
        // No numbers at all would stand for every message.
        if let numbers, numbers.isEmpty { return 0 }
        let ranges = numbers.map { NumberSet(ranges: $0).ranges } ?? []
        guard ranges.count <= PeerLimits.ranges else {
            throw ClientError(.tooLong, "at most \(PeerLimits.ranges) ranges of parked messages can be named at once")
        }
        return try await count(core.ask(.settleParked(ParkedSettlement(action, ranges, session: name?.string ?? ""))))
    }

    // MARK: Topics and messages

    /// Deletes a topic. Its readers are told, and keep nothing of it.
    ///
    /// - Parameter incarnation: That of the topic, if no other is meant.
    /// - Throws: ``ClientError/Code/refused(_:)`` with `unknownTopic` or `otherIncarnation`.
    public func deleteTopic(_ name: TopicName, incarnation: UInt64? = nil) async throws(ClientError) {
        _ = try await core.ask(.deleteTopic(name, incarnation: incarnation))
    }

    /// The same with text; a bad name is ``ClientError/Code/invalidName``.
    public func deleteTopic(_ name: String, incarnation: UInt64? = nil) async throws(ClientError) {
        try await deleteTopic(.checked(name), incarnation: incarnation)
    }

    /// Who published a message, and when the broker accepted it.
    ///
    /// - Throws: ``ClientError/Code/refused(_:)`` with `unknownMessage` if the topic does not keep it.
    public func origin(
        ofMessage sequence: UInt64, in topic: TopicName
    ) async throws(ClientError) -> MessageOrigin {
        guard case .detail(let detail) = try await core.ask(.inspectMessage(topic, sequence: sequence)),
            let origin = MessageOrigin(detail: detail)
        else { throw .strangeAnswer }
        return origin
    }

    private func count(_ answer: Answer) throws(ClientError) -> Int {
        guard case .detail(let detail) = answer, let done = CountDone(detail: detail) else { throw .strangeAnswer }
        return Int(done.count)
    }
}

extension String? {
    fileprivate func checked() throws(ClientError) -> SessionName? {
        guard let self else { return nil }
        return try .checked(self)
    }
}
