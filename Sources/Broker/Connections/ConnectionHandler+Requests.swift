import Logging
import NIOCore
import ZaichikProtocol

// The control plane: topics, subscriptions, lists, watches.
extension ConnectionHandler {
    // MARK: Topics

    func findOrCreate(
        _ name: TopicName, settings: TopicSettings = TopicSettings(), request: UInt32
    ) throws(FrameError) -> Topic {
        if let topic = core.registry.topic(named: name) { return topic }
        return try create(name, settings: settings, request: request).topic
    }

    private func create(
        _ name: TopicName, settings: TopicSettings, request: UInt32
    ) throws(FrameError) -> TopicRegistry.Found {
        do {
            let found = try core.registry.findOrCreate(name, settings: settings)
            if found.isNew {
                core.logger.debug(
                    "topic created", metadata: ["topic": "\(name.string.debugDescription)", "id": "\(found.topic.id)"])
            }
            return found
        } catch {
            var error = error
            error.request = request
            throw error
        }
    }

    /// Creates a topic with settings, or changes those it has.
    func change(
        _ name: TopicName, _ change: TopicSettingsChange, request: UInt32 = 0
    ) throws(FrameError) -> TopicCreated {
        let wanted = change.applied(to: TopicSettings())
        let found = try create(name, settings: wanted, request: request)
        if found.isNew { return TopicCreated(id: found.topic.id, outcome: .created) }
        guard !name.isReserved else {
            throw FrameError(.reservedName, request: request, "'\(name)' is the broker's own")
        }
        let now = core.now()
        let outcome: TopicOutcome = found.topic.locked { state in
            let settings = change.applied(to: state.settings)
            guard settings != state.settings else { return .unchanged }
            state.change(to: settings, now: now)
            state.wakeBlocked(&shard.wakes)
            return .changed
        }
        return TopicCreated(id: found.topic.id, outcome: outcome)
    }

    func createTopic(_ name: TopicName, _ settings: TopicSettingsChange, request: UInt32) throws(FrameError) {
        let created = try change(name, settings, request: request)
        send(.ok(request: request, detail: created.detail))
    }

    // MARK: Subscriptions

    func subscribe(_ pattern: TopicPattern, from start: StartPosition, request: UInt32) throws(FrameError) {
        if let name = pattern.nameToCreate {
            let topic = try findOrCreate(name, request: request)
            guard queue.add(pattern) else { return }
            queue.attach(topic, from: start, now: core.now())
        } else {
            guard queue.add(pattern) else { return }
            let now = core.now()
            for topic in core.registry.subscribe(handle, to: pattern) { queue.attach(topic, from: start, now: now) }
        }
        shard.markDirty(self)
    }

    func unsubscribe(_ pattern: TopicPattern) {
        guard queue.remove(pattern, wakes: &shard.wakes) else { return }
        if pattern.nameToCreate == nil { core.registry.unsubscribe(handle, from: pattern) }
    }

    // MARK: Lists

    /// Pages are cut at half of what a frame may have, so that a row more always fits.
    private var pageLimit: Int { frameLimit / 2 }

    func listTopics(_ query: TopicQuery, request: UInt32) {
        let page = core.topicPage(query, now: core.now())
        sendPages(page.rows) { rows, isLast in
            .topics(request: request, page: RowPage(rows: rows, matching: page.matching), isLast: isLast)
        }
    }

    func listClients(_ query: ClientQuery, request: UInt32) {
        gather(core.clientPage(query, on: shard.eventLoop)) { connection, page in
            connection.sendPages(page.rows) { rows, isLast in
                .clients(request: request, page: RowPage(rows: rows, matching: page.matching), isLast: isLast)
            }
        }
    }

    /// Sends rows in as many frames as they need, at least one.
    private func sendPages<Row>(_ rows: [Row], _ frame: ([Row], _ isLast: Bool) -> BrokerFrame) {
        let perPage = max(pageLimit / Observation.longestRow, 1)
        var rest = rows[...]
        repeat {
            let page = Array(rest.prefix(perPage))
            rest = rest.dropFirst(perPage)
            send(frame(page, rest.isEmpty))
        } while !rest.isEmpty
    }

    func inspectClient(_ client: UInt64, request: UInt32) {
        gather(core.clientDetail(client, on: shard.eventLoop)) { connection, detail in
            connection.sendDetail(detail, of: client, request: request)
        }
    }

    /// Goes on here when other loops have answered, if this connection is still there then.
    private func gather<Answer: Sendable>(
        _ answer: EventLoopFuture<Answer>, _ body: @escaping (ConnectionHandler, Answer) -> Void
    ) {
        lists.asked += 1
        let this = NIOLoopBound(self, eventLoop: shard.eventLoop)
        let body = NIOLoopBound(body, eventLoop: shard.eventLoop)
        answer.whenSuccess { answer in
            let connection = this.value
            guard connection.context != nil else { return }
            connection.lists.answered += 1
            body.value(connection, answer)
            connection.answerPings()
            connection.shard.flush()
        }
    }

    private func sendDetail(_ detail: ClientDetail?, of client: UInt64, request: UInt32) {
        guard var detail else {
            return send(FrameError(.unknownClient, request: request, "no client with id \(client) is connected"))
        }
        let subscriptions = detail.subscriptions
        sendPages(detail.topics) { topics, isLast in
            // The subscriptions come with the first page.
            defer { detail.subscriptions = [] }
            detail.subscriptions = detail.topics.isEmpty || topics.first == detail.topics.first ? subscriptions : []
            return .client(
                request: request,
                ClientDetail(client: detail.client, subscriptions: detail.subscriptions, topics: topics), isLast: isLast
            )
        }
    }

    // MARK: Watches

    private static let watchLimit = 16

    func beginWatch(_ watch: WatchRequest, request: UInt32) throws(FrameError) {
        guard watches[request] == nil, watches.count < Self.watchLimit else {
            throw FrameError(
                .tooManyWatches, request: request,
                "a connection has at most \(Self.watchLimit) watches, each under a request id of its own")
        }
        var watch = watch
        watch.interval = min(max(watch.interval, WatchRequest.shortestInterval), 3_600_000)
        send(.ok(request: request, detail: WatchGranted(interval: watch.interval).detail))
        let this = NIOLoopBound(self, eventLoop: shard.eventLoop)
        let granted = watch
        let interval = TimeAmount.milliseconds(Int64(watch.interval))
        watches[request] = shard.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: interval) { _ in
            this.value.push(granted, request: request)
        }
    }

    func endWatch(_ watch: UInt32, request: UInt32) throws(FrameError) {
        guard let task = watches.removeValue(forKey: watch) else {
            throw FrameError(.badArgument, request: request, "there is no watch under request id \(watch)")
        }
        task.cancel()
        send(.ok(request: request, detail: ByteBuffer()))
    }

    private func push(_ watch: WatchRequest, request: UInt32) {
        guard let context, ending == .none else { return }
        // Who does not read gets no more of what would be old when it is read.
        guard context.channel.isWritable else {
            shard.totals.skippedUpdates += 1
            return
        }
        let this = NIOLoopBound(self, eventLoop: shard.eventLoop)
        core.update(watch, rows: pageLimit / Observation.longestRow, on: shard.eventLoop).whenSuccess { update in
            guard this.value.context != nil, this.value.watches[request] != nil else { return }
            this.value.send(.statistics(watch: request, update))
            this.value.shard.flush()
        }
    }
}
