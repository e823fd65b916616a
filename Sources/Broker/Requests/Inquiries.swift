import ZaichikProtocol

/// Answers what the clients of one loop ask about the past, and about the inside of queues: it has the loops concerned look,
/// as background work.
///
/// Touched on its loop only, as ``Gatherings`` is.
final class Inquiries {
    enum Answer {
        case frame(BrokerFrame)
        case closed(ClosedListing)
    }

    typealias Reply = (Answer) -> Void
    /// - Parameter BrokerFrame: nil if the loop has no such client.
    private typealias LoopReply = @Sendable (BrokerFrame?) -> Void

    /// An answer that other loops owe.
    private struct Pending {
        let reply: Reply
        /// The loops that have not answered.
        var loops: Int
        /// If none of them has the client.
        let unknown: BrokerFrame
        var histories: [LoopHistory] = []
    }

    private unowned let shard: LoopShard
    private var pending: [UInt64: Pending] = [:]
    private var last: UInt64 = 0

    init(shard: LoopShard) { self.shard = shard }

    /// Drops everything: the loop has ended.
    func close() { pending.removeAll() }

    /// - Parameter reply: Called on this loop.
    func answer(_ asked: ObservationRequest, request: UInt32, reply: @escaping Reply) {
        do throws(FrameError) {
            switch asked {
            case .closed(let filter, let limit): listClosed(filter, limit: limit, reply: reply)
            case .history(let query): try history(query, request, reply)
            case .lagShares(let queue, let limit): try lagShares(of: queue, limit: limit, request, reply)
            }
        } catch {
            reply(.frame(.error(code: error.code.rawValue, request: request, message: error.message)))
        }
    }

    private func listClosed(_ filter: String, limit: UInt32, reply: @escaping Reply) {
        var search = ClosedSearch(shard.core.closed.all, filter: filter, limit: limit)
        shard.background.add { _ in
            guard let listing = search.step() else { return true }
            reply(.closed(listing))
            return false
        }
    }

    // MARK: Histories

    private func history(_ query: HistoryQuery, _ request: UInt32, _ reply: @escaping Reply) throws(FrameError) {
        switch query.subject {
        case .broker: ofBroker(query, request, reply)
        case .topic(let text):
            let name = try Command.name(text, request)
            guard let topic = shard.core.registry.topic(named: name) else {
                throw FrameError(.unknownTopic, request: request, "there is no topic '\(name)'")
            }
            let record = topic.locked { state in state.record.map { ($0.history, $0.lastSecond) } }
            reply(.frame(.observed(request: request, .history(History(topic: record, query)))))
        case .client(let id): try ofQueue(.client(id), query, request, reply)
        case .session(let name): try ofQueue(.session(name), query, request, reply)
        }
    }

    private func ofQueue(
        _ queue: QueueSubject, _ query: HistoryQuery, _ request: UInt32, _ reply: @escaping Reply
    ) throws(FrameError) {
        try ask(queue, request, reply) { _, client, answer in
            answer(.observed(request: request, .history(History(client: client.record, query))))
        }
    }

    private func ofBroker(_ query: HistoryQuery, _ request: UInt32, _ reply: @escaping Reply) {
        let number = note(reply, loops: shard.core.shards.count, unknown: .pong(0))
        let asking = shard
        for other in shard.core.shards {
            other.onLoop { other in
                let history = other.ticker.history
                asking.onLoop { $0.gatherings.inquiries.arrived(history, query, request, for: number) }
            }
        }
    }

    private func arrived(_ history: LoopHistory, _ query: HistoryQuery, _ request: UInt32, for number: UInt64) {
        guard var entry = pending.removeValue(forKey: number) else { return }
        entry.histories.append(history)
        entry.loops -= 1
        guard entry.loops == 0 else {
            pending[number] = entry
            return
        }
        entry.reply(.frame(.observed(request: request, .history(History(loops: entry.histories, query)))))
    }

    // MARK: Shares

    private func lagShares(
        of queue: QueueSubject, limit: UInt32, _ request: UInt32, _ reply: @escaping Reply
    ) throws(FrameError) {
        let most = Int(min(limit, UInt32(PeerLimits.detailRows)))
        try ask(queue, request, reply) { shard, client, answer in
            let reader = client.reader(on: shard)
            var gathering = LagShareGathering(most: most)
            shard.background.add { now in
                guard let shares = gathering.step(reader.queue, now: now) else { return true }
                answer(.observed(request: request, .lagShares(shares)))
                return false
            }
        }
    }

    // MARK: The loop of a queue

    /// Has the loop of a queue look at it.
    ///
    /// - Parameter look: Done there; answers once.
    private func ask(
        _ queue: QueueSubject, _ request: UInt32, _ reply: @escaping Reply,
        look: @escaping @Sendable (LoopShard, LoopClient, @escaping LoopReply) -> Void
    ) throws(FrameError) {
        switch queue {
        case .client(let id): ask(client: id, request, reply, look)
        case .session(let text): try ask(session: Command.session(text, request), request, reply, look)
        }
    }

    private func ask(
        client id: UInt64, _ request: UInt32, _ reply: @escaping Reply,
        _ look: @escaping @Sendable (LoopShard, LoopClient, @escaping LoopReply) -> Void
    ) {
        let unknown = FrameError(.unknownClient, request: request, "no client with id \(id) is connected")
        let number = note(reply, loops: shard.core.shards.count, unknown: unknown.frame)
        let answer = answering(number)
        for other in shard.core.shards {
            other.onLoop { other in
                var search = SeatSearch(id)
                other.background.add { [unowned other] _ in
                    switch search.step(other) {
                    case .more: return true
                    case .unknown: answer(nil)
                    case .found(let client): look(other, client, answer)
                    }
                    return false
                }
            }
        }
    }

    private func ask(
        session name: SessionName, _ request: UInt32, _ reply: @escaping Reply,
        _ look: @escaping @Sendable (LoopShard, LoopClient, @escaping LoopReply) -> Void
    ) throws(FrameError) {
        let unknown = FrameError(.unknownSession, request: request, "there is no session '\(name)'")
        guard let place = shard.core.sessions.place(of: name) else { throw unknown }
        let answer = answering(note(reply, loops: 1, unknown: unknown.frame))
        shard.core.shards[place.loop].onLoop { home in
            guard let session = home.session(at: place) else { return answer(nil) }
            look(home, .session(session), answer)
        }
    }

    /// - Returns: The number under which the reply is called.
    private func note(_ reply: @escaping Reply, loops: Int, unknown: BrokerFrame) -> UInt64 {
        last += 1
        pending[last] = Pending(reply: reply, loops: loops, unknown: unknown)
        return last
    }

    /// Brings what a loop has found back to this one.
    private func answering(_ number: UInt64) -> LoopReply {
        let asking = shard
        return { frame in asking.onLoop { $0.gatherings.inquiries.arrived(frame, for: number) } }
    }

    private func arrived(_ frame: BrokerFrame?, for number: UInt64) {
        guard var entry = pending.removeValue(forKey: number) else { return }
        entry.loops -= 1
        if frame == nil, entry.loops > 0 {
            pending[number] = entry
        } else {
            entry.reply(.frame(frame ?? entry.unknown))
        }
    }
}

extension FrameError {
    /// Told to whoever asked.
    fileprivate var frame: BrokerFrame { .error(code: code.rawValue, request: request, message: message) }
}

/// Looks for a client among the seats of a loop, in steps.
struct SeatSearch {
    private let id: UInt64
    private var seat = 0

    enum Step {
        case more
        case found(LoopClient)
        case unknown
    }

    init(_ id: UInt64) { self.id = id }

    mutating func step(_ shard: LoopShard) -> Step {
        var budget = StepBudget()
        while seat < shard.seatCount {
            guard !budget.isSpent else { return .more }
            budget.spend(StepBudget.seat)
            if let client = shard.client(at: seat), client.id == id { return .found(client) }
            seat += 1
        }
        return .unknown
    }
}
