import DequeModule
import NIOCore
import ZaichikProtocol

/// Gathers the lists that the clients of one loop ask for, as background work: topics are gathered by this loop,
/// clients by their own loops.
///
/// Touched on its loop only. A task that one loop gives another adds background work there and does none itself.
final class Gatherings {
    typealias TopicsReply = (Listing<Topic>) -> Void
    typealias ClientsReply = (ClientsAnswer) -> Void
    typealias PageReply = (InspectionPage?) -> Void
    typealias DetailReply = (TopicDetail?) -> Void
    typealias SurveyReply = (TopicSurvey, [TopicClients]) -> Void

    /// How many connections get their answers in one step.
    private static let repliesAStep = 4

    private unowned let shard: LoopShard
    private var topics = SharedGathering<TopicQuery, Listing<Topic>>()
    /// Gatherings by query; nil stands for no rows, just the sums.
    private var clients = SharedGathering<ClientQuery?, ClientsAnswer>()
    /// The gathering of clients under way: its queries, and the results of loops so far.
    private var clientQueries: [ClientQuery?] = []
    private var gathered: [GatheredClients] = []
    /// Inspections requested from other loops, by number.
    private var inspections: [UInt64: (reply: PageReply, loops: Int)] = [:]
    private var lastInspection: UInt64 = 0
    /// Inspections of topics whose clients other loops describe, by number.
    private var surveys: [UInt64: (survey: TopicSurvey, parts: [TopicClients], loops: Int, reply: SurveyReply)] = [:]
    private var dueWatches: Deque<(connection: Connection, watch: UInt32)> = []

    let sessions: SessionGatherings
    let acts: Acts
    let inquiries: Inquiries

    /// How many watches that have fallen due are handled in one step.
    private static let watchesAStep = 4

    init(shard: LoopShard) {
        self.shard = shard
        sessions = SessionGatherings(shard: shard)
        acts = Acts(shard: shard)
        inquiries = Inquiries(shard: shard)
    }

    /// The loop's ticks are when watches that have fallen due are gathered for together.
    func tick() {
        beginTopics(isTick: true)
        beginClients(isTick: true)
    }

    /// Drops everything: the loop has ended.
    func close() {
        topics = SharedGathering()
        clients = SharedGathering()
        inspections.removeAll()
        dueWatches.removeAll()
        surveys.removeAll()
        sessions.close()
        acts.close()
        inquiries.close()
    }

    // MARK: Topics

    /// - Parameters:
    ///   - isUrgent: Whether the answer is not to wait for the next tick.
    ///   - reply: Called on this loop.
    func topics(_ query: TopicQuery, isUrgent: Bool, reply: @escaping TopicsReply) {
        topics.ask(query, isUrgent: isUrgent, reply: reply)
        beginTopics(isTick: false)
    }

    private func beginTopics(isTick: Bool) {
        guard let queries = topics.begin(isTick: isTick) else { return }
        var gathering = TopicGathering(shard.core.registry.all, for: queries)
        shard.background.add { [unowned self] now in
            guard let listings = gathering.step(now: now) else { return true }
            topics.end(listings)
            shard.background.add { [unowned self] _ in replyTopics() }
            beginTopics(isTick: false)
            return false
        }
    }

    private func replyTopics() -> Bool {
        for _ in 0..<Self.repliesAStep {
            guard let next = topics.nextReply() else { return false }
            next.reply(next.answer)
        }
        return true
    }

    // MARK: Clients

    /// - Parameters:
    ///   - query: Nil if just the sums are wanted.
    ///   - isUrgent: Whether the answer is not to wait for the next tick.
    ///   - reply: Called on this loop.
    func clients(_ query: ClientQuery?, isUrgent: Bool, reply: @escaping ClientsReply) {
        clients.ask(query, isUrgent: isUrgent, reply: reply)
        beginClients(isTick: false)
    }

    private func beginClients(isTick: Bool) {
        guard let queries = clients.begin(isTick: isTick) else { return }
        clientQueries = queries
        let wanted = queries.compactMap { $0 }
        let asking = shard
        for other in shard.core.shards { other.onLoop { $0.gatherings.gatherClients(wanted, for: asking) } }
    }

    private func gatherClients(_ queries: [ClientQuery], for asking: LoopShard) {
        var gathering = ClientGathering(for: queries)
        shard.background.add { [unowned shard] now in
            guard var found = gathering.step(shard, now: now) else { return true }
            found.sums.totals = shard.totals
            found.sums.rates = shard.ticker.rates
            (found.sums.over10, found.sums.over60) = shard.ticker.longer
            found.sums.droppingTopics = UInt64(shard.ticker.droppingTopics)
            found.sums.rejectingTopics = UInt64(shard.ticker.rejectingTopics)
            let gathered = found
            asking.onLoop { $0.gatherings.arrived(gathered) }
            return false
        }
    }

    private func arrived(_ clients: GatheredClients) {
        gathered.append(clients)
        guard gathered.count == shard.core.shards.count else { return }
        var sums = ClientSums()
        for part in gathered { sums.add(part.sums) }
        var merge = ClientsMerge(queries: clientQueries, parts: gathered, sums: sums)
        gathered = []
        shard.background.add { [unowned self] _ in
            guard let answers = merge.step() else { return true }
            self.clients.end(answers)
            shard.background.add { [unowned self] _ in replyClients() }
            beginClients(isTick: false)
            return false
        }
    }

    private func replyClients() -> Bool {
        for _ in 0..<Self.repliesAStep {
            guard let next = clients.nextReply() else { return false }
            next.reply(next.answer)
        }
        return true
    }

    // MARK: Updates

    /// Handles watches that have fallen due, some at a time, after the sockets.
    func watchFellDue(_ connection: Connection, _ watch: UInt32) {
        guard connection.deskService.noteDue(watch) else { return }
        dueWatches.append((connection, watch))
        guard dueWatches.count == 1 else { return }
        shard.background.add { [unowned self] _ in
            for _ in 0..<Self.watchesAStep {
                guard let due = dueWatches.popFirst() else { return false }
                due.connection.deskService.dueServed(due.watch)
                due.connection.watchDue(due.watch, isUrgent: false)
            }
            return !dueWatches.isEmpty
        }
    }

    /// Gathers an update for a watch.
    func update(_ watch: WatchRequest, isUrgent: Bool, reply: @escaping (WatchUpdate) -> Void) {
        // Both are requested at once, so that they join the gatherings of other clients.
        let parts = UpdateParts()
        let join = { [unowned self] in
            guard let clients = parts.clients, watch.topics == nil || parts.topics != nil else { return }
            reply(
                WatchUpdate(
                    time: shard.now, broker: shard.core.statistics(clients.sums),
                    clients: watch.clients.map { _ in clients.listing }, topics: parts.topics))
        }
        clients(watch.clients, isUrgent: isUrgent) {
            parts.clients = $0
            join()
        }
        guard let query = watch.topics else { return }
        topics(query, isUrgent: isUrgent) {
            parts.topics = $0
            join()
        }
    }

    /// The parts of an update; nil until they have come.
    private final class UpdateParts {
        var clients: ClientsAnswer?
        var topics: Listing<Topic>?
    }

    // MARK: One client

    /// Gathers a page about a client on any loop.
    ///
    /// - Parameters:
    ///   - place: The start of the page; nil for the first one.
    ///   - reply: Called on this loop, with nil if no such client is connected.
    func inspect(_ id: UInt64, from place: InspectionPlace?, rows: Int, reply: @escaping PageReply) {
        lastInspection += 1
        let number = lastInspection
        let loops = place.map { [shard.core.shards[$0.loop]] } ?? shard.core.shards
        inspections[number] = (reply, loops.count)
        let asking = shard
        for other in loops {
            other.onLoop { other in
                other.gatherings.inspect(ClientInspection(id, from: place, rows: rows)) { page in
                    asking.onLoop { $0.gatherings.arrived(page, for: number) }
                }
            }
        }
    }

    private func inspect(_ inspection: ClientInspection, reply: @escaping PageReply) {
        var inspection = inspection
        shard.background.add { [unowned shard] now in
            switch inspection.step(shard, loop: shard.index, now: now) {
            case .more: return true
            case .page(let page): reply(page)
            case .unknown: reply(nil)
            }
            return false
        }
    }

    /// Handles the answer of a loop: the client is on one of them, or on none.
    private func arrived(_ page: InspectionPage?, for number: UInt64) {
        guard var inspection = inspections.removeValue(forKey: number) else { return }
        inspection.loops -= 1
        if page == nil, inspection.loops > 0 {
            inspections[number] = inspection
        } else {
            inspection.reply(page)
        }
    }

    // MARK: One topic

    /// Gathers the detail of a topic: its readers are found here, in steps, and described by their loops.
    ///
    /// - Parameters:
    ///   - rows: The most readers, and the most publishers.
    ///   - reply: Called on this loop, with nil if there is no such topic.
    func inspect(_ name: TopicName, rows: Int, reply: @escaping DetailReply) {
        guard let topic = shard.core.registry.topic(named: name) else { return reply(nil) }
        var inspection = TopicInspection(topic, most: rows)
        shard.background.add { [unowned self] now in
            guard let survey = inspection.step() else { return true }
            describe(survey) { [unowned self] in reply($0.detail($1, now: shard.now)) }
            return false
        }
    }

    /// Finds the queues that need messages of a topic before a sequence.
    ///
    /// - Parameters:
    ///   - rows: The most that are named.
    ///   - reply: Called on this loop, with those that need the earliest messages, and how many there are in all.
    func holders(
        of topic: Topic, below end: UInt64, rows: Int, reply: @escaping (_ holders: [TopicHolder], _ count: Int) -> Void
    ) {
        var inspection = TopicInspection(topic, most: rows, below: end)
        shard.background.add { [unowned self] now in
            guard let survey = inspection.step() else { return true }
            describe(survey) { reply($1.flatMap(\.holders).sorted { $0.needed < $1.needed }, $0.matching) }
            return false
        }
    }

    private func describe(_ survey: TopicSurvey, reply: @escaping SurveyReply) {
        let loops = survey.shards
        guard !loops.isEmpty else { return reply(survey, []) }
        lastInspection += 1
        let (number, asking) = (lastInspection, shard)
        surveys[number] = (survey, [], loops.count, reply)
        for loop in loops {
            shard.core.shards[loop].onLoop { other in
                other.gatherings.describe(survey) { clients in
                    asking.onLoop { $0.gatherings.arrived(clients, for: number) }
                }
            }
        }
    }

    private func describe(_ survey: TopicSurvey, reply: @escaping (TopicClients) -> Void) {
        var rows = TopicClientRows(survey, shard: shard.index)
        shard.background.add { [unowned shard] now in
            guard let clients = shard.step(&rows, topicID: survey.topic.id, now: now) else { return true }
            reply(clients)
            return false
        }
    }

    private func arrived(_ clients: TopicClients, for number: UInt64) {
        guard var inspection = surveys.removeValue(forKey: number) else { return }
        inspection.parts.append(clients)
        inspection.loops -= 1
        guard inspection.loops == 0 else {
            surveys[number] = inspection
            return
        }
        inspection.reply(inspection.survey, inspection.parts)
    }
}
