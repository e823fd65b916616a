import Foundation
import NIOCore
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

/// Chooses what happens next.
struct Chance {
    private(set) var random: SplitMix
    private(set) var delivered: UInt64 = 0
    private(set) var connection: UInt64 = 1
    /// The list that is looked at, which answers are about.
    private(set) var lastList: ListSubject?
    /// What was asked of a topic that is browsed, and not answered.
    private(set) var asked: BrowseRequest?

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    /// Mostly small, sometimes as large as there is.
    mutating func figure() -> UInt64 {
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

    mutating func text(_ most: Int = 12) -> String {
        (0..<below(most + 1)).map { _ in Self.pieces[below(Self.pieces.count)] }.joined()
    }

    mutating func bytes() -> [UInt8] {
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

    mutating func key() -> Key {
        switch below(8) {
        case 0: .character(Self.pieces[below(Self.pieces.count)].first ?? "x")
        case 1: [.other, .function(below(13)), .control("x"), .escape, .enter][below(5)]
        default: Self.keys[below(Self.keys.count)]
        }
    }

    mutating func arrivals() -> [LinkArrival] {
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

    mutating func file() -> FileEvent {
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
    mutating func browsed() -> BrowseEvent {
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

    mutating func load() -> LoadEvent {
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

    mutating func link() -> LinkEvent {
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

    mutating func report() -> Report {
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

    mutating func pastSeconds() -> History {
        var history = History()
        history.time = below(3) == 0 ? figure() : Samples.now + UInt64(below(900)) * Moment.second
        let count = below(700)
        history.series = HistoryFigure.allCases.map { figure in
            .init(figure, (0..<count).map { _ in self.figure() })
        }
        return history
    }

    mutating func news() -> ScreenNews {
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
}
