import Foundation
import NIOCore
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

// What a broker would say of clients, sessions and messages, with any figures.
extension Chance {
    mutating func client() -> ClientStatistics {
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

    mutating func detail() -> ClientDetail {
        ClientDetail(client: client(), subscriptions: (0..<below(5)).map { _ in text() }, topics: topics())
    }

    mutating func topics() -> [ClientTopicStatistics] {
        (0..<below(30)).map { _ in
            var topic = ClientTopicStatistics()
            topic.topic = text()
            for figure in ClientTopicFigure.allCases { topic[figure] = self.figure() }
            return topic
        }
    }

    mutating func session() -> SessionDetail {
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

    mutating func subject() -> DrawerSubject {
        below(3) == 0 ? .topic(["a", "orders.eu"][below(2)]) : .client(UInt64(below(9)))
    }

    mutating func message() -> ParkedMessage {
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

    mutating func peeked() -> RowPage<PeekedMessage> {
        let states = PeekedMessage.State.allCases
        let rows = (0..<below(40)).map { _ in
            PeekedMessage(states[below(states.count)], place: figure(), client: figure(), message: message())
        }
        return RowPage(rows: rows, matching: below(9))
    }

    mutating func history() -> History {
        var history = History()
        history.time = figure()
        history.series = HistoryFigure.allCases.map { figure in
            .init(figure, (0..<below(700)).map { _ in self.figure() })
        }
        return history
    }

    mutating func fact() -> DrawerFact {
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

    mutating func listed() -> ClientsEvent {
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

    mutating func answer() -> ClientsEvent {
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

    mutating func statistics() -> StatisticsUpdate {
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
