import ZaichikClient
import ZaichikProtocol
import ZaichikWords

extension StatusReport {
    /// How many topics that drop or refuse are named.
    private static let topics: UInt32 = 3
    /// Among how many of the worst clients those in trouble are looked for.
    private static let worst: UInt32 = 1000

    /// Asks a broker how it is.
    static func gathered(from client: ZaichikClient) async throws -> StatusReport {
        let request = WatchRequest(
            interval: 3_600_000, clients: ClientQuery(sort: .lagMessages, limit: 1),
            topics: TopicQuery(sort: .dropRate, limit: topics))
        // The first update comes at once.
        for try await update in try await client.watch(request) {
            var report = StatusReport(
                address: client.address.description, brokerName: client.welcome.brokerName,
                version: client.welcome.version, incarnation: client.welcome.incarnation, time: update.time,
                broker: update.broker)
            report.furthestBehind = update.clients?.rows.first { $0[.lagMessages] > 0 }
            report.inTrouble = try await client.clients(ClientQuery(sort: .severity, limit: worst)).rows
                .filter { StateText.isTrouble($0.state) }
            report.dropping = (update.topics?.rows ?? []).filter { $0[.dropRate] > 0 }
            if update.broker[.rejectingTopics] > 0 {
                report.rejecting = try await client.topics(TopicQuery(sort: .rejectRate, limit: topics)).rows
                    .filter { $0[.rejectRate] > 0 }
            }
            return report
        }
        throw ClientError(.connectionLost, "the broker at \(client.address) ended the connection")
    }
}
