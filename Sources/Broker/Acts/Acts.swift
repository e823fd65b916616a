import ZaichikProtocol

/// Has the acts that the clients of one loop ask for done where they are to be done: a queue or a connection belongs to its
/// loop, what concerns topics and the broker is done by the asking loop.
///
/// Touched on its loop only, as ``Gatherings`` is.
final class Acts {
    typealias Reply = (BrokerFrame) -> Void
    typealias PeekReply = (Result<RowPage<PeekedMessage>, FrameError>) -> Void

    private unowned let shard: LoopShard
    /// Acts that are under way, by number.
    private var waiting: [UInt64: Waiting] = [:]
    private var peeking: [UInt64: (loops: Int, reply: PeekReply)] = [:]
    private var lastNumber: UInt64 = 0

    private struct Waiting {
        let order: ActOrder
        let asker: SessionAsker
        /// How many loops may still have whom it is about.
        var loops: Int
        let reply: Reply
    }

    init(shard: LoopShard) { self.shard = shard }

    /// Drops everything: the loop has ended.
    func close() {
        waiting.removeAll()
        peeking.removeAll()
    }

    /// - Parameter reply: Called on this loop with the answer.
    func carryOut(_ order: ActOrder, for asker: SessionAsker, reply: @escaping Reply) {
        lastNumber += 1
        let (number, asking, core) = (lastNumber, shard, shard.core!)
        let errand = ActErrand(order: order, asker: asker) { result in
            asking.onLoop { $0.gatherings.acts.finished(number, result) }
        }
        waiting[number] = Waiting(order: order, asker: asker, loops: core.shards.count, reply: reply)
        if let end = order.values.end(now: shard.now), end <= shard.now {
            return errand.refuse(.badArgument, "\(order.act) would end at once: its end is not in the future")
        }
        switch order.target {
        case .client(let id):
            for other in core.shards {
                other.onLoop { loop in
                    loop.find(id, for: errand) { asking.onLoop { $0.gatherings.acts.notFound(number, id: id) } }
                }
            }
        case .session(let name):
            guard let place = core.sessions.place(of: name) else { return errand.refuse(unknown: name) }
            core.shards[place.loop].onLoop { $0.act(errand, onSession: name) }
        case .topics(let pattern): shard.act(errand, onTopics: pattern)
        case .broker: shard.actOnBroker(errand)
        }
    }

    // MARK: Looking

    /// Looks at the messages of a queue or of a topic.
    ///
    /// - Parameters:
    ///   - limit: The most of each state.
    ///   - reply: Called on this loop.
    func peek(_ target: PeekTarget, limit: Int, reply: @escaping PeekReply) {
        lastNumber += 1
        let (number, asking, core) = (lastNumber, shard, shard.core!)
        let answer: @Sendable (Result<RowPage<PeekedMessage>, FrameError>) -> Void = { result in
            asking.onLoop { $0.gatherings.acts.peeked(number, result) }
        }
        peeking[number] = (core.shards.count, reply)
        switch target {
        case .client(let id):
            for other in core.shards {
                other.onLoop { loop in
                    loop.find(id, notHere: { asking.onLoop { $0.gatherings.acts.notPeeked(number, id: id) } }) {
                        loop.peek($0, limit: limit, reply: answer)
                    }
                }
            }
        case .session(let name):
            let unknown = FrameError(.unknownSession, "there is no session '\(name)'")
            guard let place = core.sessions.place(of: name) else { return answer(.failure(unknown)) }
            core.shards[place.loop].onLoop { loop in
                guard let session = loop.session(at: place) else { return answer(.failure(unknown)) }
                loop.peek(.session(session), limit: limit, reply: answer)
            }
        case .topic(let name, let start): shard.peek(name, from: start, limit: limit, reply: answer)
        }
    }

    private func notPeeked(_ number: UInt64, id: UInt64) {
        guard let left = peeking[number]?.loops else { return }
        peeking[number]!.loops = left - 1
        guard left == 1 else { return }
        peeked(number, .failure(FrameError(.unknownClient, "no client with id \(id) is connected")))
    }

    private func peeked(_ number: UInt64, _ result: Result<RowPage<PeekedMessage>, FrameError>) {
        guard let peek = peeking.removeValue(forKey: number) else { return }
        if case .failure(let error) = result { shard.totals.refusals.count(error.code) }
        peek.reply(result)
    }

    // MARK: Answers

    /// One of the loops does not have the client.
    private func notFound(_ number: UInt64, id: UInt64) {
        guard let left = waiting[number]?.loops else { return }
        waiting[number]!.loops = left - 1
        guard left == 1 else { return }
        finished(number, .failure(FrameError(.unknownClient, "no client with id \(id) is connected")))
    }

    private func finished(_ number: UInt64, _ result: Result<Acted, FrameError>) {
        guard let waiting = waiting.removeValue(forKey: number) else { return }
        let request = waiting.asker.request
        switch result {
        case .success(let acted):
            if !waiting.order.isDryRun {
                shard.core.log.tell(.acted) { LogEntry(acted: acted, waiting.order, by: waiting.asker.metadata) }
            }
            waiting.reply(.acted(request: request, acted))
        case .failure(let error):
            shard.totals.refusals.count(error.code)
            waiting.reply(.error(code: error.code.rawValue, request: request, message: error.message))
        }
    }
}

extension ActErrand {
    func refuse(unknown name: SessionName) { refuse(.unknownSession, "there is no session '\(name)'") }

    /// For acts that this broker knows and cannot do.
    func refuseAsUnbuilt() { refuse(.badArgument, "this broker cannot do \(order.act)") }
}
