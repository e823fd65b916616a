import ZaichikProtocol

/// What Clients and Topics ask the broker besides the lists and the details; answers come as a ``ClientsEvent``.
enum ClientsRequest: Equatable, Sendable {
    case facts(DrawerQuestion)
    case list(ListSubject)
    /// Who published a message.
    case origin(TopicName, sequence: UInt64)
    case settleParked(ParkedPlan)
    case set(SettingsPlan)
    /// Rows that the statistics do not have.
    case clientPage(PageQuestion<ClientFigure>)
    case topicPage(PageQuestion<TopicFigure>)
}

/// An answer to a ``ClientsRequest``.
enum ClientsEvent: Equatable, Sendable {
    case fact(DrawerSubject, DrawerFact)
    case listed(ListSubject, ListPage)
    case notListed(ListSubject, String)
    case origin(topic: String, sequence: UInt64, String)
    case parkedSettled(ParkedPlan, count: Int)
    case set(SettingsPlan, TopicOutcome)
    case notSet(SettingsPlan, String)
    case clientPage(first: Int, RowPage<ClientStatistics>)
    case topicPage(first: Int, RowPage<TopicStatistics>)
    case noPage(String)

    /// Whether the broker must have sent something for it.
    var isSignOfLife: Bool {
        switch self {
        case .fact(_, .none), .notListed, .notSet, .origin, .noPage: false
        case .fact, .listed, .parkedSettled, .set, .clientPage, .topicPage: true
        }
    }
}

extension Model {
    mutating func clientsTold(_ event: ClientsEvent, now: Moment) -> [Effect] {
        switch event {
        case .fact(let subject, let fact): takeFact(subject, fact)
        case .listed(let subject, let page): listed(subject, page)
        case .notListed(let subject, let problem): notListed(subject, problem)
        case .origin(let topic, let sequence, let text): originTold(topic, sequence, text)
        case .parkedSettled(let plan, let count): return parkedSettled(plan, count, now)
        case .set(let plan, let outcome): return settingsSet(plan, outcome, now)
        case .notSet(let plan, let problem): settingsRefused(plan, problem, now)
        case .clientPage(let first, let page):
            clients.take(page, first: first)
            noteLags(page.rows, at: broker.time)
            keepCursorsSeen()
        case .topicPage(let first, let page):
            topics.take(page, first: first)
            for topic in page.rows { topicColors.assign(topic.name) }
            keepCursorsSeen()
        case .noPage(let problem):
            clients.pages.failed()
            topics.pages.failed()
            say(problem, bad: true, now)
        }
        return []
    }

    /// Asks for rows that the statistics do not have, if a cursor has gone there.
    mutating func askPages(now: Moment) -> [Effect] {
        let clients = clients.askPage(now: now).map { [Effect.link(.clients(.clientPage($0)))] } ?? []
        return clients + (topics.askPage(now: now).map { [Effect.link(.clients(.topicPage($0)))] } ?? [])
    }
}
