import ZaichikProtocol

// What the broker remembers, and what is inside a queue.
extension ZaichikClient {
    /// Clients that were connected, the last one first: why they are gone, their last figures and their last minute.
    ///
    /// - Parameters:
    ///   - limit: The most of them. The broker remembers the last 1,000.
    ///   - filter: Only those with this text in their name, program, host or address.
    public func closedClients(
        limit: UInt32 = .max, filter: String = ""
    ) async throws(ClientError) -> RowPage<ClosedClient> {
        let answer = try await core.ask(.observe(.closed(filter: filter, limit: limit)))
        guard case .observed(.closed(let page)) = answer else { throw .strangeAnswer }
        return page
    }

    /// The main figures of a client, a session, a topic or the broker at each of the last seconds, ten minutes at most.
    ///
    /// - Throws: ``ClientError/Code/refused(_:)`` with `unknownClient`, `unknownSession` or `unknownTopic`.
    public func history(_ query: HistoryQuery) async throws(ClientError) -> History {
        guard case .observed(.history(let history)) = try await core.ask(.observe(.history(query))) else {
            throw .strangeAnswer
        }
        return history
    }

    /// Who published what a queue is behind on, as far as it is kept.
    ///
    /// - Parameter limit: The most publishers; the broker gives at most 100.
    /// - Throws: ``ClientError/Code/refused(_:)`` with `unknownClient` or `unknownSession`.
    public func lagShares(of queue: QueueSubject, limit: UInt32 = .max) async throws(ClientError) -> LagShares {
        guard case .observed(.lagShares(let shares)) = try await core.ask(.observe(.lagShares(queue, limit: limit)))
        else { throw .strangeAnswer }
        return shares
    }
}
