import ZaichikProtocol

/// What was gathered for a watch.
struct WatchUpdate {
    /// When it was, in µs since 1970.
    var time: UInt64
    var broker: BrokerStatistics
    /// Nil if not asked for.
    var clients: Listing<ClientStatistics>?
    /// Nil if not asked for.
    var topics: Listing<Topic>?
}

/// The frame of an update, made a part at a time: it cannot be sent in pages.
struct UpdateFrame {
    private let watch: UInt32
    private let sort: TopicFigure?
    private let topics: Listing<Topic>?
    private var statistics: StatisticsUpdate

    init(watch: UInt32, _ update: WatchUpdate, sort: TopicFigure?) {
        self.watch = watch
        self.sort = sort
        topics = update.topics
        statistics = StatisticsUpdate(
            time: update.time, broker: update.broker,
            clients: update.clients.map { RowPage(rows: $0.rows.map(\.row), matching: $0.matching) },
            topics: update.topics.map { RowPage(rows: [], matching: $0.matching) })
    }

    /// Makes some more of the rows.
    ///
    /// - Returns: The frame, when all are made; nil if another step is needed.
    mutating func step(now: UInt64) -> BrokerFrame? {
        if let topics, let made = statistics.topics?.rows.count, made < topics.rows.count {
            for ranked in topics.rows[made...].prefix(Observation.mostRowsAPage) {
                statistics.topics?.rows.append(ranked.statistics(sort: sort, now: now))
            }
            return nil
        }
        return .statistics(watch: watch, statistics)
    }
}
