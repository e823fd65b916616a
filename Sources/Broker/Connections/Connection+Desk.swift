import NIOCore
import ZaichikProtocol

// Carries out the actions of the request desk.
extension Connection {
    func ask(_ request: RequestDesk.Request) throws(FrameError) {
        try desk.ask(request)
        serveDesk()
    }

    /// Has the loop work through the desk in the background, for as long as the client takes what it is sent.
    func serveDesk() {
        guard desk.hasWork else { return }
        guard canServeDesk else {
            shard.totals.skippedUpdates += UInt64(desk.watches.drop())
            return
        }
        guard !deskService.isServed else { return }
        deskService.isServed = true
        shard.background.add { [self] now in
            deskService.isServed = canServeDesk && serveDesk(now: now)
            if !canServeDesk { serveDesk() }
            deskService.charge(desk.keptBytes, core.budget)
            return deskService.isServed
        }
    }

    private var canServeDesk: Bool { isOutputOpen && channel?.isWritable == true }

    /// - Returns: Whether work is left.
    private func serveDesk(now: UInt64) -> Bool {
        switch desk.next(rows: Observation.rowsAPage(frameLimit: frameLimit), now: now) {
        case .wait, .proceed: break
        case .send(let frame):
            send(frame)
            answerPings()
            // Flushed here, because the next page waits until the socket has taken this one.
            flush()
        case .sendBytes(var bytes):
            answers.writeBuffer(&bytes)
            flush()
        case .gatherTopics(let query):
            shard.gatherings.topics(query, isUrgent: true) { [self] listing in
                desk.gathered(listing)
                serveDesk()
            }
        case .gatherClients(let query):
            shard.gatherings.clients(query, isUrgent: true) { [self] answer in
                desk.gathered(answer.listing)
                serveDesk()
            }
        case .inspect(let id, let place, let rows):
            shard.gatherings.inspect(id, from: place, rows: rows) { [self] page in
                desk.gathered(page)
                serveDesk()
            }
        case .gatherSessions(let query):
            shard.gatherings.sessions.list(query) { [self] listing in
                desk.gathered(listing)
                serveDesk()
            }
        case .inspectSession(let name, let place, let rows, let limit):
            // A page has rows of several kinds.
            let most = min(rows, Observation.rowsOfDetail(frameLimit: frameLimit))
            shard.gatherings.sessions.inspect(name, from: place, rows: most, limit: limit) { [self] page in
                desk.gathered(page)
                serveDesk()
            }
        case .act(let act, let request):
            shard.gatherings.sessions.carryOut(act, for: asker(request)) { [self] frame in
                desk.gathered(frame)
                serveDesk()
            }
        case .peek(let target, let limit): peek(target, limit: limit)
        case .order(let order, let request):
            shard.gatherings.acts.carryOut(order, for: asker(request)) { [self] frame in
                desk.gathered(frame)
                serveDesk()
            }
        case .observe(let asked, let request):
            shard.gatherings.inquiries.answer(asked, request: request) { [self] answer in
                switch answer {
                case .frame(let frame): desk.gathered(frame)
                case .closed(let listing): desk.gathered(listing)
                }
                serveDesk()
            }
        case .inspectTopic(let name, let rows):
            let most = Observation.rowsOfDetail(frameLimit: frameLimit)
            shard.gatherings.inspect(name, rows: min(rows, most)) { [self] detail in
                desk.gathered(detail)
                serveDesk()
            }
        }
        return desk.hasWork
    }

    private func peek(_ target: PeekTarget, limit: Int) {
        shard.gatherings.acts.peek(target, limit: limit) { [self] result in
            desk.gathered(result)
            serveDesk()
        }
    }

    private func asker(_ request: UInt32) -> SessionAsker {
        SessionAsker(
            request: request, metadata: metadata, introduction: introduction, frameLimit: frameLimit)
    }

    // MARK: Watches

    func beginWatch(_ watch: WatchRequest, request: UInt32) throws(FrameError) {
        let rows = Observation.rowsAnUpdate(frameLimit: frameLimit)
        let interval = try desk.watches.begin(request, watch, rows: rows)
        send(.ok(request: request, detail: WatchGranted(interval: interval).detail))
        let this = NIOLoopBound(self, eventLoop: shard.eventLoop)
        let time = TimeAmount.milliseconds(Int64(interval))
        let clock = shard.eventLoop.scheduleRepeatedTask(initialDelay: time, delay: time) { _ in
            // Thousands of watches may fall due at once.
            this.value.shard.gatherings.watchFellDue(this.value, request)
        }
        deskService.begin(request, clock: clock)
        watchDue(request, isUrgent: true)
    }

    func endWatch(_ id: UInt32, request: UInt32) throws(FrameError) {
        try desk.watches.end(id, request: request)
        deskService.end(id)
        send(.ok(request: request, detail: ByteBuffer()))
    }

    /// - Parameter isUrgent: Whether the update is not to wait for the loop's next tick.
    func watchDue(_ id: UInt32, isUrgent: Bool) {
        guard life.isReady else { return }
        switch desk.watches.due(id, mayGather: channel?.isWritable == true) {
        case .ended: break
        case .skip: shard.totals.skippedUpdates += 1
        case .gather(let wanted):
            shard.gatherings.update(wanted.request, isUrgent: isUrgent) { [self] update in
                desk.watches.gathered(wanted, update)
                serveDesk()
            }
        }
    }
}
