import ZaichikClient
import ZaichikProtocol

/// What clients are called: their name, and `name#id` where one occurs more than once.
enum ClientNames {
    static func label(_ client: ClientStatistics, among rows: [ClientStatistics]) -> String {
        guard let index = rows.firstIndex(where: { $0.id == client.id }) else {
            return client.name.isEmpty ? "#\(client.id)" : client.name
        }
        return ClientLabel.labels(of: rows)[index]
    }
}
