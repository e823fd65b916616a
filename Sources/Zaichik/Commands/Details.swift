import ZaichikClient
import ZaichikProtocol

// Details of what may not be there.
extension ZaichikClient {
    /// - Returns: nil if no such client is connected.
    func detail(ofClient id: UInt64) async throws -> ClientDetail? {
        try await found(.unknownClient) { () async throws(ClientError) in try await client(id: id) }
    }

    /// - Returns: nil if there is no such topic.
    func detail(ofTopic name: String, rows: UInt32) async throws -> TopicDetail? {
        try await found(.unknownTopic) { () async throws(ClientError) in try await topic(name, rows: rows) }
    }

    /// - Returns: nil if there is no such session.
    func detail(ofSession name: String, rows: UInt32) async throws -> SessionDetail? {
        try await found(.unknownSession) { () async throws(ClientError) in try await session(name, rows: rows) }
    }

    /// - Returns: nil if the broker refuses the request with this code.
    private func found<Value>(
        _ code: ErrorCode, _ ask: () async throws(ClientError) -> Value
    ) async throws -> Value? {
        do {
            return try await ask()
        } catch {
            guard error.code == .refused(code) else { throw error }
            return nil
        }
    }
}
