import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// Finds the client that is meant by a name, `NAME#ID`, `#ID` or an id. A name that is exactly the text comes first: names
/// may have any form.
struct ClientSearch {
    private let text: String

    init(_ text: String) { self.text = text }

    /// - Returns: The client, and the name that tells it from others.
    func detail(_ client: ZaichikClient) async throws -> (ClientDetail, label: String) {
        let named = try await Self.rows(named: text, client)
        if named.count > 1 {
            throw CommandFailure(
                "\(named.count) clients are called '\(safe(text))'; use one of "
                    + safe(named.map { "\($0.name)#\($0.id)" }.joined(separator: ", ")))
        }
        if let row = named.first { return (try await client.client(id: row.id), row.name) }
        guard let (name, id) = nameAndID else { throw unknown(client) }
        guard let detail = try await client.detail(ofClient: id) else { throw unknown(client) }
        if let name, name != detail.client.name {
            throw CommandFailure("client \(id) is called '\(safe(detail.client.name))', not '\(safe(name))'")
        }
        let others = try await Self.rows(named: detail.client.name, client).filter { $0.id != id }
        return (detail, ClientLabel.labels(of: [detail.client] + others)[0])
    }

    /// - Returns: The last client of this name, or with this id, that is gone.
    func closed(_ client: ZaichikClient) async throws -> ClosedClient {
        if let named = try await closedByName(client) { return named }
        if let numbered = try await closedByID(client) { return numbered }
        throw CommandFailure(
            "none of the last clients that are gone was called '\(safe(text))' at \(client.address); "
                + "'zaichik client ls --closed' lists them")
    }

    private func closedByName(_ client: ZaichikClient) async throws -> ClosedClient? {
        // A client's name is never longer than a filter may be.
        guard text.utf8.count <= ClientQuery.longestFilter else { return nil }
        let rows = try await client.closedClients(filter: text).rows
        return rows.first { $0.client.name == text }
    }

    private func closedByID(_ client: ZaichikClient) async throws -> ClosedClient? {
        guard let (name, id) = nameAndID else { return nil }
        let rows = try await client.closedClients().rows
        return rows.first { $0.client.id == id && (name == nil || name == $0.client.name) }
    }

    /// The text as a name, if it has one, and an id; nil if there is no id in it.
    private var nameAndID: (name: String?, id: UInt64)? {
        if let id = UInt64(text) { return (nil, id) }
        guard let mark = text.lastIndex(of: "#"), let id = UInt64(text[text.index(after: mark)...]) else { return nil }
        let name = String(text[..<mark])
        return (name.isEmpty ? nil : name, id)
    }

    /// The clients of exactly this name.
    static func rows(named name: String, _ client: ZaichikClient) async throws -> [ClientStatistics] {
        // A client's name is never longer than a filter may be.
        guard name.utf8.count <= ClientQuery.longestFilter else { return [] }
        return try await client.clients(ClientQuery(limit: .max, filter: name)).rows.filter { $0.name == name }
    }

    private func unknown(_ client: ZaichikClient) -> CommandFailure {
        CommandFailure(
            "no client is called '\(safe(text))' at \(client.address); 'zaichik client ls' lists the clients")
    }

    private func safe(_ text: String) -> String { SafeText.escaped(text) }
}
