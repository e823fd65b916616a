import ZaichikProtocol

/// The labels of clients in a list: their name, or `name#id` if a name occurs more than once.
public enum ClientLabel {
    /// - Returns: One label for each row, in the order of the rows.
    public static func labels(of clients: [ClientStatistics]) -> [String] {
        var occurrences: [String: Int] = [:]
        for client in clients { occurrences[client.name, default: 0] += 1 }
        return clients.map { client in
            guard !client.name.isEmpty else { return "#\(client.id)" }
            return occurrences[client.name, default: 0] > 1 ? "\(client.name)#\(client.id)" : client.name
        }
    }
}
