import NIOCore
import ZaichikProtocol

/// Gathers what the clients of one loop ask about sessions, and has the loops of the sessions do what is asked of them.
///
/// Touched on its loop only, as ``Gatherings`` is.
final class SessionGatherings {
    typealias ListReply = (Listing<SessionStatistics>) -> Void
    typealias Reply = (BrokerFrame) -> Void
    typealias PageReply = (SessionPage?) -> Void

    private unowned let shard: LoopShard
    private var lists = SharedGathering<SessionQuery, Listing<SessionStatistics>>()
    /// The gathering under way: its queries, and the results of loops so far.
    private var queries: [SessionQuery] = []
    private var gathered: [[Listing<SessionStatistics>]] = []
    /// Answers that other loops owe, by number.
    private var replies: [UInt64: Reply] = [:]
    private var pageReplies: [UInt64: PageReply] = [:]
    private var lastReply: UInt64 = 0

    init(shard: LoopShard) { self.shard = shard }

    /// Drops everything: the loop has ended.
    func close() {
        lists = SharedGathering()
        replies.removeAll()
        pageReplies.removeAll()
    }

    // MARK: Lists

    /// - Parameter reply: Called on this loop.
    func list(_ query: SessionQuery, reply: @escaping ListReply) {
        lists.ask(query, isUrgent: true, reply: reply)
        begin()
    }

    private func begin() {
        guard let queries = lists.begin(isTick: false) else { return }
        self.queries = queries
        let asking = shard
        for other in shard.core.shards { other.onLoop { $0.gatherings.sessions.gather(queries, for: asking) } }
    }

    private func gather(_ queries: [SessionQuery], for asking: LoopShard) {
        var gathering = SessionGathering(for: queries)
        shard.background.add { [unowned shard] now in
            guard let listings = gathering.step(shard.sessions, now: now) else { return true }
            asking.onLoop { $0.gatherings.sessions.arrived(listings) }
            return false
        }
    }

    private func arrived(_ listings: [Listing<SessionStatistics>]) {
        gathered.append(listings)
        guard gathered.count == shard.core.shards.count else { return }
        var merges = queries.indices.map { place in
            ListingMerge(gathered.map { $0[place] }, limit: queries[place].limit)
        }
        gathered = []
        var answers: [Listing<SessionStatistics>] = []
        shard.background.add { [unowned self] _ in
            var budget = StepBudget()
            while answers.count < merges.count {
                guard let listing = merges[answers.count].step(&budget) else { return true }
                answers.append(listing)
            }
            lists.end(answers)
            while let next = lists.nextReply() { next.reply(next.answer) }
            begin()
            return false
        }
    }

    // MARK: One session

    /// Gathers a page about a session.
    ///
    /// - Parameters:
    ///   - start: The start of the page; nil for the first one.
    ///   - rows: The most subscriptions, connections and topics, each, on the page.
    ///   - limit: The most in the whole answer.
    ///   - reply: Called on this loop, with nil if there is no such session.
    func inspect(
        _ name: SessionName, from start: SessionInspectionPlace?, rows: Int, limit: Int, reply: @escaping PageReply
    ) {
        guard let place = start?.session ?? shard.core.sessions.place(of: name) else { return reply(nil) }
        lastReply += 1
        let (number, asking) = (lastReply, shard)
        pageReplies[number] = reply
        shard.core.shards[place.loop].onLoop { home in
            let answer = { (page: SessionPage?) in asking.onLoop { $0.gatherings.sessions.arrived(page, number) } }
            guard let session = home.session(at: place) else { return answer(nil) }
            var inspection = SessionInspection(session, from: start, rows: rows, limit: limit)
            home.background.add { now in
                guard let page = inspection.step(now: now) else { return true }
                answer(page)
                return false
            }
        }
    }

    private func arrived(_ page: SessionPage?, _ number: UInt64) {
        pageReplies.removeValue(forKey: number)?(page)
    }

    /// Has the loop of a session do something.
    ///
    /// - Parameter reply: Called on this loop with the answer.
    func carryOut(_ act: SessionAct, for asker: SessionAsker, reply: @escaping Reply) {
        let (number, asking) = (note(reply), shard)
        let core = shard.core!
        // A new one goes to any loop: its connections come there.
        let loop = core.sessions.place(of: act.session)?.loop ?? core.sessions.count % core.shards.count
        core.shards[loop].onLoop { home in
            home.perform(act, for: asker) { frame in
                asking.onLoop { $0.gatherings.sessions.arrived(frame, number) }
            }
        }
    }

    private func note(_ reply: @escaping Reply) -> UInt64 {
        lastReply += 1
        replies[lastReply] = reply
        return lastReply
    }

    private func arrived(_ frame: BrokerFrame, _ number: UInt64) {
        replies.removeValue(forKey: number)?(frame)
    }
}
