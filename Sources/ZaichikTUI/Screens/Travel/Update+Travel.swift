import ZaichikProtocol
import ZaichikWords

extension Model {
    mutating func performTravel(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .travel: return screens.travel == nil ? beginTravel(now) : endTravel(now)
        case .earlier: screens.travel?.go(back: 1)
        case .later: screens.travel?.go(back: -1)
        case .muchEarlier: screens.travel?.go(back: 30)
        case .muchLater: screens.travel?.go(back: -30)
        case .earliest: screens.travel?.go(back: 600)
        case .latest: screens.travel?.go(back: -600)
        case .slowDownBefore: goToSlowDown(isOlder: true, now)
        case .slowDownAfter: goToSlowDown(isOlder: false, now)
        default: break
        }
        return []
    }

    private mutating func beginTravel(_ now: Moment) -> [Effect] {
        guard broker.connection.isConnected, broker.time > 0 else {
            say("there is nothing to travel through yet: no figures came", now)
            return []
        }
        screens.travel = Travel(end: broker.time)
        overlay = nil
        publish.isEditing = false
        let request = ScreenRequest.travel(
            clients: clients.rows.prefix(TravelRecord.most).map(\.id),
            topics: topics.rows.prefix(TravelRecord.most).map(\.name))
        // The states of then are in the events.
        guard !screens.events.isAsked else { return [.link(.screen(request))] }
        screens.events.isAsked = true
        return [.link(.screen(.read(.events))), .link(.screen(request))]
    }

    private mutating func endTravel(_ now: Moment) -> [Effect] {
        screens.travel = nil
        keepCursorsSeen()
        say("now again", now)
        return []
    }

    private mutating func goToSlowDown(isOlder: Bool, _ now: Moment) {
        guard let record = screens.travel?.record else { return }
        let client = focus == .clients ? clients.selectedRow : nil
        let history = client.flatMap { record.clients[$0.id] } ?? record.broker
        let whose = client.map { "'\(ClientNames.label($0, among: clients.rows))'" } ?? "the broker"
        guard let found = screens.travel?.goToSlowDown(history[.deliverRate], isOlder: isOlder) else {
            return say("\(whose) has no slow-down \(isOlder ? "before" : "after") this", now)
        }
        let rates = "\(NarrowFigure.count(found.before))/s to \(NarrowFigure.count(found.after))/s"
        say("deliveries of \(whose) fell from \(rates)", now)
    }
}
