import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// The clients that lose messages or do not keep up, the worst first, each with the reason.
struct WorstClients {
    private let update: StatisticsUpdate
    private let details: [ClientDetail]

    /// The most topics of a client that is asked for in detail.
    private static let mostTopics: UInt64 = 1000

    /// Asks for the details of the clients in an update.
    init(_ update: StatisticsUpdate, _ client: ZaichikClient) async throws {
        var details: [ClientDetail] = []
        for row in update.clients?.rows ?? [] where row[.severity] > 0 && row.state != .keepingUp {
            details.append(try await Self.detail(of: row, client))
        }
        self.init(update, details)
    }

    init(_ update: StatisticsUpdate, _ details: [ClientDetail]) {
        self.update = update
        self.details = details
    }

    /// - Returns: The row alone for a client that has left meanwhile, or reads too many topics to ask for each second.
    private static func detail(of row: ClientStatistics, _ client: ZaichikClient) async throws -> ClientDetail {
        let alone = ClientDetail(client: row, subscriptions: [], topics: [])
        guard row[.topics] <= mostTopics else { return alone }
        guard var detail = try await client.detail(ofClient: row.id) else { return alone }
        // What was judged and what is shown are of the same moment.
        detail.client = row
        return detail
    }

    /// A head with the sums, and for each client its row and the reason.
    ///
    /// - Parameter width: The columns of a terminal's line; nil for as many as it needs.
    func lines(time: String, width: Int?) -> [String] {
        let lines = TextWidth.words("\(time): \(summary)", columns: width ?? .max)
        guard !details.isEmpty else { return lines }
        let rows = details.map(\.client)
        var table = ClientTable.make(rows, labels: rows.map { label(of: $0) })
        table.hasColours = StandardOutput.hasColours
        let body = table.lines(aligned: true, width: width)
        let reasons = details.map { detail in
            let sentence = SafeText.escaped(ClientVerdict.sentence(detail))
            return TextWidth.words(sentence, columns: width.map { max($0 - 2, 1) } ?? .max).map { "  " + $0 }
        }
        return lines + [""] + body.prefix(1) + zip(body.dropFirst(), reasons).flatMap { [$0] + $1 }
    }

    private var summary: String {
        let broker = update.broker
        let (clients, losing) = (broker[.connections], broker[.losingClients])
        var text = clients == 1 ? "1 client" : "\(clients) clients"
        text += ", \(broker[.lagMessages]) messages behind"
        text += losing == 0 ? "; nobody loses messages" : "; \(losing) LOSING \(broker[.lostRate]) messages a second"
        return text + " (lost so far: \(broker[.gapMessages]), dropped by topics: \(broker[.droppedMessages]))"
    }

    private func label(of client: ClientStatistics) -> String { "\(client.name)#\(client.id)" }

    /// The fields of a JSON object.
    func write(to buffer: inout ByteBuffer) {
        buffer.writeField("time_us", update.time)
        update.broker.write(to: &buffer)
        let labels = ClientLabel.labels(of: details.map(\.client))
        buffer.writeField("worst", list: Array(zip(details, labels))) { row, buffer in
            row.0.client.write(label: row.1, to: &buffer)
            buffer.writeField("verdict", ClientVerdict.sentence(row.0))
        }
    }
}
