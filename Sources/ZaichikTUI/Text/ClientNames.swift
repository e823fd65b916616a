import ZaichikClient
import ZaichikProtocol

/// The labels of clients: their name, and `name#id` where a name occurs more than once.
enum ClientNames {
    static func label(_ client: ClientStatistics, among rows: [ClientStatistics]) -> String {
        guard let index = rows.firstIndex(where: { $0.id == client.id }) else {
            return client.name.isEmpty ? "#\(client.id)" : client.name
        }
        return ClientLabel.labels(of: rows)[index]
    }
}
