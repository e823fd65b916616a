import Foundation
import NIOCore
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

/// Random keys, pastes, clicks, sizes, times and events of brokers of any kind. ZAICHIK_TUI_STEPS=100000 takes so many
/// steps, ZAICHIK_TUI_SEED another seed.
@Suite struct FuzzTests {
    private static func number(_ variable: String, otherwise: UInt64) -> UInt64 {
        ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) } ?? otherwise
    }

    @Test("whatever is pressed, and whatever a broker says, the screen keeps its rules and the way out stays")
    func anything() {
        let seed = Self.number("ZAICHIK_TUI_SEED", otherwise: 4_000_088)
        var chance = Chance(seed: seed)
        var model = Model(size: Size(width: 100, height: 30), address: "127.0.0.1:8889")
        var now = Samples.now
        for step in 0..<Self.number("ZAICHIK_TUI_STEPS", otherwise: 6000) {
            now = chance.time(after: now)
            let event = chance.event(model)
            let effects = update(&model, event, now: now)
            let place: Comment = "seed \(seed), step \(step), \(event)"
            #expect(!effects.contains(.quit) || model.isQuitting, place)
            model.isQuitting = false
            Self.checkState(model, place)
            if step % 5 == 0 {
                ScreenRules.check(RootView.screen(model, theme: chance.theme, now: now), model, place)
            }
        }
        #expect(update(&model, .terminal(.key(.control("c"))), now: now) == [.quit])
    }

    private static func checkState(_ model: Model, _ place: Comment) {
        #expect(model.commits.window <= CommitState.largestWindow, place)
        #expect(model.commits.lastCommitted <= model.commits.lastDelivered, place)
        for editor in PublishForm.Field.allCases.map({ model.publish[$0] }) + [model.prompt?.editor].compactMap(\.self)
        {
            #expect(editor.cursor >= 0 && editor.cursor <= editor.characters.count, place)
        }
        #expect(model.messages.entries.count <= MessageLog.maximumEntries * 3 / 2 + 300, place)
        #expect(
            model.clients.rows.count <= ClientTable.mostRows && model.topics.rows.count <= TopicTable.mostRows, place)
        #expect(model.browse.map { $0.log.entries.count <= MessageLog.mostKept } ?? true, place)
        if let cursor = model.shownLog.cursor { #expect(cursor < model.shownLog.shown.count, place) }
        let ids = model.shownLog.entries.map(\.id)
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }, place)
        if let cursor = model.messages.cursor { #expect(cursor < model.messages.shown.count, place) }
        let change = model.broker.freshness.nextChange(isConnected: model.broker.connection.isConnected)
        if let change { #expect(change > 0, place) }
    }
}

/// Chooses what happens next.
private struct Chance {
    private var random: SplitMix
    private var delivered: UInt64 = 0
    private var connection: UInt64 = 1
    /// The list that is looked at, which answers are about.
    private var lastList: ListSubject?
    /// What was asked of a topic that is browsed, and not answered.
    private var asked: BrowseRequest?

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    /// Mostly small, sometimes as large as there is.
    private mutating func figure() -> UInt64 {
        switch below(6) {
        case 0: 0
        case 1: .max
        case 2: random.next()
        default: UInt64(below(100_000))
        }
    }

    private static let pieces = [
        "a", "orders.eu", ".", "*", ">", " ", "\n", "\r\n", "\t", "e\u{301}", "東京", "заяц", "👩\u{200D}🚀", "👍🏽",
        "❤\u{FE0F}",
        "\u{1112}\u{1161}\u{11AB}", "می\u{200C}خواهم", "\u{200D}", "\u{200C}", "\u{301}", "\u{202E}", "\u{1B}[2J",
        "\u{9B}", "\u{7F}",
        "\0", "\u{FEFF}", "\u{E0041}", "🇩🇪", "{", "[", "\"", "}", "]", ":", ",", "0", "is:behind", "state:",
        "\u{10FFFF}", "\u{378}",
    ]

    private mutating func text(_ most: Int = 12) -> String {
        (0..<below(most + 1)).map { _ in Self.pieces[below(Self.pieces.count)] }.joined()
    }

    private mutating func bytes() -> [UInt8] {
        if below(3) > 0 { return Array(text(60).utf8) }
        return (0..<below(200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    var theme: Theme {
        mutating get { Theme(scheme: ColorScheme.allCases[below(ColorScheme.allCases.count)]) }
    }

    mutating func time(after now: Moment) -> Moment {
        switch below(200) {
        case 0: now - UInt64(below(1_000_000_000))
        case 1: now + UInt64(below(1_000_000_000))
        default: now + UInt64(below(1_000_000))
        }
    }

    mutating func event(_ model: Model) -> Event {
        lastList = model.list?.subject
        asked = model.browse?.asked
        return switch below(10) {
        case 0: .link(link())
        case 1 where below(3) == 0: .tick
        case 1 where below(4) == 0: .file(file())
        case 1:
            .terminal(.mouse([.press, .wheelUp, .wheelDown][below(3)], Point(x: below(320) - 9, y: below(120) - 9)))
        case 2 where below(4) == 0: .terminal(.paste(text(200)))
        case 2 where below(3) == 0: .terminal(.resize(Size(width: 1 + below(300), height: 1 + below(100))))
        case 2 where below(20) == 0: .terminal(.resumed(Size(width: 1 + below(300), height: 1 + below(100))))
        case 3: .link(.arrived(arrivals()))
        default: .terminal(.key(key()))
        }
    }

    private static let keys = Array(Set(PaneTable.standard.keys.bindings.flatMap(\.keys))).sorted {
        "\($0)" < "\($1)"
    }

    private mutating func key() -> Key {
        switch below(8) {
        case 0: .character(Self.pieces[below(Self.pieces.count)].first ?? "x")
        case 1: [.other, .function(below(13)), .control("x"), .escape, .enter][below(5)]
        default: Self.keys[below(Self.keys.count)]
        }
    }

    private mutating func arrivals() -> [LinkArrival] {
        (0..<below(40)).map { _ in
            if below(9) == 0 {
                return .gap(
                    topic: text(), first: figure(), last: figure(),
                    reason: GapReason.allCases[below(GapReason.allCases.count)])
            }
            delivered += 1
            let payload = bytes()
            return .message(
                ReceivedMessage(
                    topic: text(), sequence: figure(), timestamp: figure(), key: below(2) == 0 ? nil : bytes(),
                    payload: payload, length: below(4) == 0 ? Int(figure() >> 1) : payload.count, number: delivered,
                    connection: connection, attempt: below(4), cause: RedeliveryCause(rawValue: UInt8(below(6))),
                    reason: text()))
        }
    }

    private mutating func file() -> FileEvent {
        switch below(6) {
        case 0: .written(path: text(), count: below(9))
        case 1: .notWritten(path: text(), text(40))
        case 2: .read(path: text(), bytes())
        case 3: .notRead(path: text(), text(40))
        case 4: .edited(text(80))
        default: .notEdited(text(40))
        }
    }

    /// What a broker says of a topic that is browsed: mostly what was asked for.
    private mutating func browsed() -> BrowseEvent {
        let topic = try! TopicName(["a", "orders.eu"][below(2)])
        let request = asked ?? BrowseRequest(topic: topic, start: .sequence(figure()), part: .newer)
        if below(9) == 0 { return .noPage(request, text(40)) }
        var sequence: UInt64 = 1
        if case .sequence(let start) = request.start { sequence = start }
        let page = (0..<below(140)).map { _ -> ReceivedMessage in
            defer { sequence &+= UInt64(1 + below(4)) }
            let payload = bytes()
            return ReceivedMessage(
                topic: request.topic.string, sequence: sequence, timestamp: figure(),
                key: below(2) == 0 ? nil : bytes(),
                payload: payload, length: payload.count + below(3), number: 0, connection: 0)
        }
        if below(9) == 0, let message = page.first { return .whole([message]) }
        if below(9) == 0 { return .noWhole(KeptMessages(topic: request.topic, sequences: [sequence]), text(40)) }
        return .page(request, page)
    }

    private mutating func load() -> LoadEvent {
        if below(2) == 0 {
            var report = SlowClientReport()
            (report.elapsed, report.connected, report.stalled) = (figure(), below(50), below(3))
            (report.delivered, report.lost, report.problem) = (figure(), figure(), below(2) == 0 ? text(40) : nil)
            report.isOver = below(4) == 0
            return .slowClients(report)
        }
        var report = LoadReport()
        (report.elapsed, report.sent, report.confirmed, report.rate) = (figure(), figure(), figure(), figure())
        (report.refused, report.missed, report.isBlocked) = (figure(), figure(), below(2) == 0)
        for _ in 0..<below(9) { report.latency.record(figure()) }
        (report.problem, report.isOver) = (below(2) == 0 ? text(40) : nil, below(4) == 0)
        return .load(report)
    }

    private mutating func link() -> LinkEvent {
        switch below(38) {
        case 34...37: return .screen(news())
        case 22, 23: return .clients(.fact(subject(), fact()))
        case 24, 25: return .clients(listed())
        case 26: return .clients(.origin(topic: text(), sequence: figure(), text()))
        case 27: return .clients(answer())
        case 28...31: return .browse(browsed())
        case 32, 33: return .load(load())
        case 16: return .ended(text(40))
        case 17: return .topicDeleted(try! TopicName(["a", "orders.eu"][below(2)]))
        case 18:
            let before = Subscription(pattern: try! TopicPattern(["a", ">", "orders.*"][below(3)]), start: .session)
            return .resumed(session: text(), [before])
        case 19:
            let number = delivered - min(delivered, UInt64(below(9)))
            return .settled(
                HandSettlement(
                    number: number, connection: connection, action: below(2) == 0 ? .park : .return(delay: figure())))
        case 20: return .noSessionDetail(name: "jobs", text(40))
        case 21: return .sessionDetail(session())
        case 0:
            connection += 1
            delivered = 0
            return .lost(text(40))
        case 1:
            let welcome = Welcome(
                connectionID: UInt64(below(9)), maximumFrame: UInt32(truncatingIfNeeded: figure()),
                window: UInt32(truncatingIfNeeded: figure()), brokerName: text(), version: text())
            return .connected(welcome)
        case 2: return .retrying(attempt: below(1000), delay: .microseconds(Int64(figure() >> 20)))
        case 3: return .connecting(attempt: below(1000))
        case 4: return .roundTrip(.microseconds(Int64(figure() >> 20)))
        case 5: return .blocked(below(2) == 0)
        case 6: return .goodbye(text(40))
        case 7:
            let outcomes: [PublishResult.Outcome] = [
                .accepted(sequence: figure(), queues: 3), .duplicate(sequence: figure()), .refused(text(40)),
                .notSent(text()), .unknown(text()),
            ]
            return .published(
                PublishResult(topic: text(), key: text(), length: 3, outcome: outcomes[below(5)], time: figure()))
        case 8:
            return .subscribed(Subscription(pattern: try! TopicPattern(["a", ">", "orders.*"][below(3)]), start: .new))
        case 9: return .unsubscribed(try! TopicPattern(["a", ">", "orders.*"][below(3)]))
        case 10: return .detail(id: UInt64(below(9)), detail())
        case 11: return .noDetail(id: UInt64(below(9)), text(40))
        case 12: return .refused(text(40))
        case 13: return .created(topic: text())
        default: return .statistics(statistics())
        }
    }

    private mutating func report() -> Report {
        let names = [
            "gap", "verdict-changed", "acted", "queued", "accepted", "delivered", "committed", "lost", "returned",
            "refused",
            text(),
        ]
        var data: [String: Report.Value] = [:]
        for name in [
            "name", "client", "topic", "session", "verdict", "cause", "messages", "sequence", "first", "x_us", text(),
        ]
        where below(2) == 0 {
            data[name] =
                [
                    .text(text()), .number(figure()), .object([text(): .text(text(40))]), .other,
                    .text(ClientState.allCases[below(ClientState.allCases.count)].description),
                ][below(5)]
        }
        return Report(
            name: names[below(names.count)], time: figure(), level: (EventFilter.levels + [text()])[below(5)],
            text: text(40),
            topic: ["orders.eu", "a", text()][below(3)], sequence: below(2) == 0 ? 42 : figure(), data: data)
    }

    private mutating func pastSeconds() -> History {
        var history = History()
        history.time = below(3) == 0 ? figure() : Samples.now + UInt64(below(900)) * Moment.second
        let count = below(700)
        history.series = HistoryFigure.allCases.map { figure in
            .init(figure, (0..<count).map { _ in self.figure() })
        }
        return history
    }

    private mutating func news() -> ScreenNews {
        switch below(6) {
        case 0:
            return .heat(
                (0..<below(9)).map { _ in HeatAnswer(client: UInt64(below(900)), topics: topics()) },
                problem: below(5) == 0 ? text(40) : nil)
        case 1: return .history(pastSeconds())
        case 2: return .noHistory(text(40))
        case 3 where below(3) == 0: return .noTravel(text(40))
        case 3 where below(2) == 0:
            return .travelled(
                TravelRecord(
                    broker: pastSeconds(), clients: [2: pastSeconds(), 3: pastSeconds()], topics: ["a": pastSeconds()]))
        case 3: return .traced(TracedMessage(topic: "orders.eu", sequence: 42))
        default:
            return .reports(
                (0..<below(30)).map { _ in
                    switch below(9) {
                    case 0: .missed(figure())
                    case 1: .unreadable(text(40))
                    case 2...4: .step(report())
                    default: .event(report())
                    }
                })
        }
    }

    private mutating func client() -> ClientStatistics {
        var row = ClientStatistics()
        row.id = UInt64(below(900))
        (row.name, row.program, row.version, row.host, row.pid, row.address) = (
            text(), text(), text(), text(), text(), text()
        )
        if below(3) == 0 { row.session = ["jobs", row.name, text()][below(3)] }
        row.state = ClientState.allCases[below(ClientState.allCases.count)]
        for figure in ClientFigure.allCases { row[figure] = self.figure() }
        return row
    }

    private mutating func detail() -> ClientDetail {
        ClientDetail(client: client(), subscriptions: (0..<below(5)).map { _ in text() }, topics: topics())
    }

    private mutating func topics() -> [ClientTopicStatistics] {
        (0..<below(30)).map { _ in
            var topic = ClientTopicStatistics()
            topic.topic = text()
            for figure in ClientTopicFigure.allCases { topic[figure] = self.figure() }
            return topic
        }
    }

    private mutating func session() -> SessionDetail {
        var session = SessionStatistics()
        (session.id, session.name) = (figure(), "jobs")
        session.state = ClientState.allCases[below(ClientState.allCases.count)]
        for figure in SessionFigure.allCases { session[figure] = self.figure() }
        for tag in SessionSettings.Tag.allCases { _ = session.settings.set(tag, to: figure()) }
        return SessionDetail(
            session: session,
            subscriptions: (0..<below(5)).map { _ in .init(pattern: text(), options: .init(rawValue: figure())) },
            connections: (0..<below(9)).map { _ in client() }, topics: topics())
    }

    private mutating func subject() -> DrawerSubject {
        below(3) == 0 ? .topic(["a", "orders.eu"][below(2)]) : .client(UInt64(below(9)))
    }

    private mutating func message() -> ParkedMessage {
        var message = ParkedMessage()
        (message.topic, message.sequence, message.timestamp) = (text(), figure(), figure())
        (message.number, message.parkedAt, message.reason) = (figure(), figure(), text())
        message.attempts = UInt32(truncatingIfNeeded: figure())
        message.key = ByteBuffer(bytes: bytes())
        message.keyLength = UInt16(truncatingIfNeeded: figure())
        message.payload = ByteBuffer(bytes: bytes())
        message.payloadLength = UInt32(truncatingIfNeeded: figure())
        message.flags = MessageFlags(rawValue: UInt8(truncatingIfNeeded: figure()))
        return message
    }

    private mutating func peeked() -> RowPage<PeekedMessage> {
        let states = PeekedMessage.State.allCases
        let rows = (0..<below(40)).map { _ in
            PeekedMessage(states[below(states.count)], place: figure(), client: figure(), message: message())
        }
        return RowPage(rows: rows, matching: below(9))
    }

    private mutating func history() -> History {
        var history = History()
        history.time = figure()
        history.series = HistoryFigure.allCases.map { figure in
            .init(figure, (0..<below(700)).map { _ in self.figure() })
        }
        return history
    }

    private mutating func fact() -> DrawerFact {
        switch below(4) {
        case 0: return .history(history())
        case 1: return .messages(peeked())
        case 2: return .none(.shares, text(40))
        default:
            var shares = LagShares()
            (shares.messages, shares.others, shares.publishers) = (figure(), figure(), UInt32(below(9)))
            shares.rows = (0..<below(9)).map { _ in LagShare(id: figure(), name: text(), messages: figure()) }
            return .shares(shares)
        }
    }

    private mutating func listed() -> ClientsEvent {
        let list = lastList ?? .closed
        switch below(5) {
        case 0: return .notListed(list, text(40))
        case 1:
            let rows = (0..<below(9)).map { _ in
                ClosedClient(
                    client: client(), closedAt: figure(), code: UInt16(below(9)), reason: text(), history: history())
            }
            return .listed(list, .closed(RowPage(rows: rows, matching: below(9))))
        case 2: return .listed(list, .parked(RowPage(rows: (0..<below(9)).map { _ in message() }, matching: 3)))
        default: return .listed(list, .messages(peeked()))
        }
    }

    private mutating func answer() -> ClientsEvent {
        let name = try! TopicName(["a", "orders.eu"][below(2)])
        let plan = SettingsPlan.topic(name, TopicSettingsChange(), isNew: below(2) == 0)
        let parked = ParkedPlan(action: .drop, numbers: [1], session: "jobs")
        switch below(6) {
        case 0: return .set(plan, .created)
        case 1: return .notSet(plan, text(40))
        case 2: return .parkedSettled(parked, count: below(3))
        case 3: return .noPage(text(40))
        case 4:
            let rows = (0..<below(100)).map { _ in client() }
            return .clientPage(first: below(20_000), RowPage(rows: rows, matching: below(20_000)))
        default:
            let rows = (0..<below(100)).map { number in Samples.topic(7, "t\(number)", rate: 0, kept: 0, subscribers: 0)
            }
            return .topicPage(first: below(200_000), RowPage(rows: rows, matching: below(200_000)))
        }
    }

    private mutating func statistics() -> StatisticsUpdate {
        var broker = BrokerStatistics()
        for figure in BrokerFigure.allCases { broker[figure] = self.figure() }
        let topics = (0..<below(100)).map { _ in
            var topic = TopicStatistics()
            topic.name = text()
            for figure in TopicFigure.allCases { topic[figure] = self.figure() }
            return topic
        }
        return StatisticsUpdate(
            time: figure(), broker: broker,
            clients: below(5) == 0
                ? nil : RowPage(rows: (0..<below(100)).map { _ in client() }, matching: below(9)),
            topics: below(5) == 0 ? nil : RowPage(rows: topics, matching: .max))
    }
}
