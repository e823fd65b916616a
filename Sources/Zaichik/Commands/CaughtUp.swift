import ZaichikClient
import ZaichikProtocol

/// Finds out whether a queue has anything left for its client.
struct CaughtUp: Sendable {
    /// How long to wait before asking again.
    static let patience = Duration.milliseconds(20)

    let client: ZaichikClient
    /// nil for a queue that ends with its connection.
    let session: String?

    /// Whether everything is committed that there is.
    func isDone() async throws -> Bool {
        if let session { return try await client.session(session, rows: 0).session[.lagMessages] == 0 }
        return try await row()[.lagMessages] == 0
    }

    /// Whether everything is delivered that there is.
    ///
    /// - Parameters:
    ///   - written: The number of the last delivery of this connection that the program is done with.
    ///   - commits: If not, a full window is all that there is.
    func isDelivered(written: UInt64, commits: Bool) async throws -> Bool {
        // Others may have a session's messages in flight, and what they give back comes here.
        if session != nil { return try await isDone() }
        let row = try await row()
        guard row[.deliveredMessages] <= written else { return false }
        return row[.pendingMessages] == 0 || !commits && row[.inFlightMessages] >= row[.window]
    }

    private func row() async throws -> ClientStatistics {
        try await client.client(id: client.welcome.connectionID).client
    }
}
