import NIOCore
import ZaichikProtocol

/// How the broker's figures are gathered: each loop computes, filters and sorts its own rows and gives its first
/// ones; whoever asked merges them.
enum Observation {
    /// More bytes than a row has: texts of up to 255 bytes and their figures.
    static let longestRow = 2048
    /// More rows than this are not gathered for one answer.
    static let mostRows = 100_000

    /// Sorts, filters and cuts rows.
    static func page<Row, F: Figure>(
        _ rows: some Sequence<Row>, _ query: ListQuery<F>, name: (Row) -> String, texts: (Row) -> [String],
        figure: (Row, F) -> UInt64
    ) -> RowPage<Row> {
        let filter = query.filter.lowercased()
        var found = rows.filter { row in
            filter.isEmpty || texts(row).contains { $0.lowercased().contains(filter) }
        }
        let matching = found.count
        found.sort { left, right in
            if let sort = query.sort {
                let (a, b) = (figure(left, sort), figure(right, sort))
                if a != b { return query.descending ? a > b : a < b }
            }
            return query.sort == nil && query.descending ? name(left) > name(right) : name(left) < name(right)
        }
        return RowPage(rows: Array(found.prefix(Int(min(query.limit, UInt32(mostRows))))), matching: matching)
    }

    static func page(_ rows: some Sequence<ClientStatistics>, _ query: ClientQuery) -> RowPage<ClientStatistics> {
        page(rows, query, name: { $0.name }, texts: { [$0.name, $0.program, $0.host, $0.address] }, figure: { $0[$1] })
    }

    static func page(_ rows: some Sequence<TopicStatistics>, _ query: TopicQuery) -> RowPage<TopicStatistics> {
        page(rows, query, name: { $0.name }, texts: { [$0.name] }, figure: { $0[$1] })
    }
}

extension LoopShard {
    /// What one loop knows of its clients.
    struct Summary: Sendable {
        var totals: Totals
        var rates: Totals
        var lag: UInt64
        var largestLag: UInt64
        var clients: RowPage<ClientStatistics>?
    }

    func summary(_ query: ClientQuery?, now: UInt64) -> Summary {
        eventLoop.preconditionInEventLoop()
        var summary = Summary(totals: totals, rates: rates, lag: 0, largestLag: 0)
        if let query {
            let rows = connections.map { $0.statistics(now: now) }
            for row in rows { summary.add(row[.lagMessages]) }
            summary.clients = Observation.page(rows, query)
        } else {
            for connection in connections { summary.add(connection.queue.lag(now: now).messages) }
        }
        return summary
    }
}

extension LoopShard.Summary {
    fileprivate mutating func add(_ lag: UInt64) {
        self.lag += lag
        largestLag = max(largestLag, lag)
    }
}

extension BrokerCore {
    /// The clients that a query wants, over all loops.
    func clientPage(_ query: ClientQuery, on eventLoop: any EventLoop) -> EventLoopFuture<RowPage<ClientStatistics>> {
        summaries(query, on: eventLoop).map { Self.merge($0, query) }
    }

    /// One client in detail; nothing, if it is not connected.
    func clientDetail(_ id: UInt64, on eventLoop: any EventLoop) -> EventLoopFuture<ClientDetail?> {
        let found = shards.map { shard in
            shard.eventLoop.submit { shard.connections.first { $0.id == id }?.detail }
        }
        return EventLoopFuture.whenAllSucceed(found, on: eventLoop).map { $0.compactMap { $0 }.first }
    }

    /// The topics that a query wants.
    func topicPage(_ query: TopicQuery, now: UInt64) -> RowPage<TopicStatistics> {
        Observation.page(registry.all.lazy.map { $0.statistics(now: now) }, query)
    }

    /// What a watcher is told.
    ///
    /// - Parameter rows: At most so many of a kind, so that they fit into a frame.
    func update(
        _ watch: WatchRequest, rows: Int, on eventLoop: any EventLoop
    ) -> EventLoopFuture<StatisticsUpdate> {
        var watch = watch
        let most = UInt32(rows / 2)
        if let limit = watch.clients?.limit { watch.clients?.limit = min(limit, most) }
        if let limit = watch.topics?.limit { watch.topics?.limit = min(limit, most) }
        let wanted = watch
        return summaries(wanted.clients, on: eventLoop).map { summaries in
            let now = self.now()
            return StatisticsUpdate(
                time: now, broker: self.figures(summaries),
                clients: wanted.clients.map { Self.merge(summaries, $0) },
                topics: wanted.topics.map { self.topicPage($0, now: now) })
        }
    }

    private func summaries(
        _ query: ClientQuery?, on eventLoop: any EventLoop
    ) -> EventLoopFuture<[LoopShard.Summary]> {
        let now = now()
        return EventLoopFuture.whenAllSucceed(
            shards.map { shard in shard.eventLoop.submit { shard.summary(query, now: now) } }, on: eventLoop)
    }

    private static func merge(_ summaries: [LoopShard.Summary], _ query: ClientQuery) -> RowPage<ClientStatistics> {
        var all = query
        // The loops have filtered already.
        all.filter = ""
        var page = Observation.page(summaries.lazy.compactMap { $0.clients?.rows }.joined(), all)
        page.matching = summaries.reduce(0) { $0 + ($1.clients?.matching ?? 0) }
        return page
    }

    private func figures(_ summaries: [LoopShard.Summary]) -> BrokerStatistics {
        var row = BrokerStatistics()
        row[.startedAt] = startedAt
        row[.connections] = UInt64(connections)
        row[.topics] = UInt64(registry.count)
        row[.retainedBytes] = UInt64(max(budget.used, 0))
        row[.memoryLimit] = UInt64(budget.limit)
        row[.connectionsOpened] = connectionsOpened
        row[.connectionsRefused] = connectionsRefused
        row[.loops] = UInt64(shards.count)
        for summary in summaries {
            row[.publishRate] += summary.rates.published
            row[.deliverRate] += summary.rates.delivered
            row[.commitRate] += summary.rates.committed
            row[.publishedMessages] += summary.totals.published
            row[.publishedBytes] += summary.totals.publishedBytes
            row[.deliveredMessages] += summary.totals.delivered
            row[.deliveredBytes] += summary.totals.deliveredBytes
            row[.committedMessages] += summary.totals.committed
            row[.lagMessages] += summary.lag
            row[.largestLag] = max(row[.largestLag], summary.largestLag)
            row[.gapMessages] += summary.totals.gaps
            row[.duplicateMessages] += summary.totals.duplicates
            row[.rejectedMessages] += summary.totals.rejected
            row[.protocolErrors] += summary.totals.protocolErrors
            row[.skippedUpdates] += summary.totals.skippedUpdates
            row[.batches] += summary.totals.batches
            row[.loopWakeups] += summary.totals.wakeups
        }
        return row
    }
}

extension Topic {
    /// The row of this topic in lists.
    func statistics(now: UInt64) -> TopicStatistics {
        var row = locked { $0.statistics(now: now) }
        row.id = id
        row.name = name.string
        return row
    }
}

extension TopicState {
    fileprivate func statistics(now: UInt64) -> TopicStatistics {
        var row = TopicStatistics()
        row.settings = settings
        row[.headSequence] = log.headSequence
        row[.earliestSequence] = earliest(now: now).sequence
        row[.retainedMessages] = log.headSequence + 1 - log.firstSequence
        row[.retainedBytes] = log.bytes
        row[.publishRate] = publishRate
        row[.publishedMessages] = log.headSequence
        row[.publishedBytes] = counters.publishedBytes
        row[.subscribers] = UInt64(subscribers)
        row[.heldBytes] = heldBytes
        row[.duplicateMessages] = counters.duplicates
        row[.rejectedMessages] = counters.rejected
        row[.droppedMessages] = counters.dropped
        row[.expiredMessages] = counters.expired
        row[.deduplicationKeys] = UInt64(keys.count)
        row[.lastPublishAge] = log.lastTimestamp > 0 && now > log.lastTimestamp ? now - log.lastTimestamp : 0
        return row
    }
}
