import ZaichikProtocol

/// Has the acts that the clients of one loop ask for done where they are to be done: a queue or a connection belongs to its
/// loop, what concerns topics and the broker is done by the asking loop.
///
/// Touched on its loop only, as ``Gatherings`` is.
final class Acts {
    typealias Reply = (BrokerFrame) -> Void

    private unowned let shard: LoopShard
    /// Acts that are under way, by number.
    private var waiting: [UInt64: Waiting] = [:]
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
    func close() { waiting.removeAll() }

    /// - Parameter reply: Called on this loop with the answer.
    func carryOut(_ order: ActOrder, for asker: SessionAsker, reply: @escaping Reply) {
        lastNumber += 1
        let (number, asking, core) = (lastNumber, shard, shard.core!)
        let errand = ActErrand(order: order, asker: asker) { result in
            asking.onLoop { $0.gatherings.acts.finished(number, result) }
        }
        waiting[number] = Waiting(order: order, asker: asker, loops: core.shards.count, reply: reply)
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
