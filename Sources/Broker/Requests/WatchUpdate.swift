import NIOCore
import ZaichikProtocol

/// The figures and rows gathered for a watch.
struct WatchUpdate {
    /// The time of the gathering, in µs since 1970.
    var time: UInt64
    var broker: BrokerStatistics
    /// nil if not asked for.
    var clients: Listing<ClientStatistics>?
    /// nil if not asked for.
    var topics: Listing<Topic>?
}

/// The frame of an update, made a few rows at a time: it cannot be sent in pages. A reference, so that a list of watches
/// that is not making one takes no room for it.
final class UpdateFrame {
    private var clients: RowParts<Ranked<ClientStatistics>>
    private var topics: RowParts<Ranked<Topic>>
    private let sort: TopicFigure?
    private var writer: StatisticsWriter
    private var clientsMade = 0
    private var topicsMade = 0

    /// - Parameter sort: The figure by which the topics are sorted; nil to sort by name.
    init(watch: UInt32, _ update: WatchUpdate, sort: TopicFigure?) {
        clients = update.clients?.rows ?? []
        topics = update.topics?.rows ?? []
        self.sort = sort
        writer = StatisticsWriter(
            watch: watch, time: update.time, broker: update.broker,
            clients: update.clients.map { .init(rows: $0.rows.count, matching: $0.matching) },
            topics: update.topics.map { .init(rows: $0.rows.count, matching: $0.matching) })
    }

    /// Encodes some more of the rows.
    ///
    /// - Returns: The frame when all rows are encoded; nil if another step is needed.
    func step(now: UInt64) -> ByteBuffer? {
        let clientsEnd = min(clientsMade + Observation.mostRowsAPage, clients.count)
        let topicsEnd = min(topicsMade + Observation.mostRowsAPage - (clientsEnd - clientsMade), topics.count)
        for ranked in clients[clientsMade..<clientsEnd] { writer.append(ranked.row) }
        clientsMade = clientsEnd
        clients.giveBack(before: clientsMade)
        for ranked in topics[topicsMade..<topicsEnd] { writer.append(ranked.statistics(sort: sort, now: now)) }
        topicsMade = topicsEnd
        topics.giveBack(before: topicsMade)
        return clientsMade == clients.count && topicsMade == topics.count ? writer.finish() : nil
    }
}
