import NIOCore
import ZaichikProtocol

// What an operator does to queues, connections, topics and the broker.
extension ZaichikClient {
    /// Does something to a queue, a connection, a topic or the broker; ``Act`` has everything there is.
    ///
    /// - Returns: What went, or would go if the request is a dry run.
    /// - Throws: ``ClientError/Code/refused(_:)``, with `badArgument` if the request does not have what its act needs.
    @discardableResult
    public func act(_ request: ActRequest) async throws(ClientError) -> Acted {
        // A broker would find the same, after a round trip.
        if let fault = request.fault { throw .refused(ErrorCode.badArgument.rawValue, fault) }
        guard case .acted(let acted) = try await core.ask(.act(request)) else { throw .strangeAnswer }
        return acted
    }

    /// Looks at the messages of a queue: those in flight, those to come again, the next ones, and the parked ones. Nothing
    /// is taken or changed.
    ///
    /// - Parameters:
    ///   - client: The client whose queue it is; nil if it is a session's.
    ///   - session: The session whose queue it is; nil if it is a client's.
    ///   - limit: The most of each state; the broker gives at most 128.
    /// - Returns: The messages; `matching` is how many the queue has in all.
    public func peek(
        client: UInt64? = nil, session: String? = nil, limit: UInt32 = .max
    ) async throws(ClientError) -> RowPage<PeekedMessage> {
        try await peek(PeekRequest(client: client ?? 0, session: session ?? "", limit: limit))
    }

    /// Looks at the messages that a topic keeps. Nothing is taken, changed or subscribed to.
    ///
    /// - Parameters:
    ///   - start: Of the first one: the earliest, a sequence, a time, or the last so many. For those after it, ask again
    ///     from the sequence after the last one.
    ///   - limit: The most messages; the broker gives at most 128.
    /// - Returns: The messages; `matching` is how many the topic keeps from the start on.
    public func peek(
        topic: String, from start: StartPosition = .earliest, limit: UInt32 = .max
    ) async throws(ClientError) -> RowPage<PeekedMessage> {
        try await peek(PeekRequest(topic: topic, from: start, limit: limit))
    }

    private func peek(_ request: PeekRequest) async throws(ClientError) -> RowPage<PeekedMessage> {
        guard case .peeked(let page) = try await core.ask(.peek(request)) else { throw .strangeAnswer }
        return page
    }
}
