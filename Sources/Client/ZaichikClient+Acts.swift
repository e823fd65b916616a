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
}
