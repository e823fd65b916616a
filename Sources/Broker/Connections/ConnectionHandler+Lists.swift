import NIOCore
import ZaichikProtocol

// Does what the desk for requests says.
extension ConnectionHandler {
    func ask(_ request: RequestDesk.Request) throws(FrameError) {
        try desk.ask(request)
        serveDesk()
    }

    /// Has the loop work through the desk in the background, while the client takes what it is sent.
    func serveDesk() {
        guard isWritable, ending != .shut else {
            shard.totals.skippedUpdates += UInt64(desk.watches.drop())
            return
        }
        guard !isDeskServed, desk.hasWork else { return }
        isDeskServed = true
        shard.background.add { [self] now in
            isDeskServed = isWritable && ending != .shut && context != nil && serveDesk(now: now)
            if !isWritable { serveDesk() }
            return isDeskServed
        }
    }

    /// - Returns: Whether there is more to do.
    private func serveDesk(now: UInt64) -> Bool {
        switch desk.next(rows: Observation.rowsAPage(frameLimit: frameLimit), now: now) {
        case .wait: break
        case .goOn: break
        case .send(let frame):
            send(frame)
            answerPings()
        case .sendBytes(var bytes):
            out.writeBuffer(&bytes)
            shard.markDirty(self)
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
        }
        return desk.hasWork
    }
}
