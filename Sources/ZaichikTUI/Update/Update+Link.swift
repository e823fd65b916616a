import ZaichikProtocol
import ZaichikWords

extension Model {
    mutating func linkTold(_ event: LinkEvent, now: Moment) -> [Effect] {
        if event.isSignOfLife { broker.freshness.hear(now: now) }
        switch event {
        case .connecting, .connected, .lost, .retrying, .goodbye, .ended: return connectionChanged(event, now: now)
        case .replaced(let loss): messages.append(.note(loss), at: now)
        case .roundTrip(let duration): broker.roundTrip = duration
        case .blocked(let blocked):
            broker.isBlocked = blocked
            say(ErrorText.publishing(isBlocked: blocked), bad: blocked, now)
        case .statistics(let update):
            broker.freshness.takeFigures(now: now)
            if isDisplayPaused { pausedUpdate = update } else { take(update) }
            return inspectAgain() + askFacts(now: now) + askListAgain(now: now) + askForScreens(update, now: now)
                + judgeAlerts(update, now)
        case .arrived(let arrivals): return arrived(arrivals, now: now)
        case .published(let result): published(result, now: now)
        case .created(let topic): created(topic, now: now)
        case .subscribed(let subscription):
            subscriptions.removeAll { $0.pattern == subscription.pattern }
            subscriptions.append(subscription)
            say("subscribed to '\(subscription.pattern)'", now)
        case .resumed(let session, let before):
            for subscription in before where !subscriptions.contains(where: { $0.pattern == subscription.pattern }) {
                subscriptions.append(subscription)
            }
            messages.append(.note("session '\(session)' goes on where it was"), at: now)
        case .topicDeleted(let name):
            subscriptions.removeAll { $0.pattern.name == name }
            messages.append(.note(ReplacedText.deleted(name)), at: now)
        case .settled(let settlement): settled(settlement, now)
        case .unsubscribed(let pattern):
            subscriptions.removeAll { $0.pattern == pattern }
            say("unsubscribed from '\(pattern)'", now)
        case .detail(let id, let detail): showDetail(id, detail, nil)
        case .noDetail(let id, let problem): showDetail(id, nil, problem)
        case .topicDetail(let name, let detail):
            showTopic(name, detail, nil)
            openWantedSettings(detail)
        case .noTopicDetail(let name, let problem): showTopic(name, nil, problem)
        case .sessionDetail(let detail):
            showSession(detail.session.name, detail, nil)
            openWantedSettings(detail)
        case .noSessionDetail(let name, let problem): showSession(name, nil, problem)
        case .rehearsed(let plan, let outcome): rehearsed(plan, outcome)
        case .acted(let plan, let outcome): acted(plan, outcome, now)
        case .actRefused(let plan, let problem): actRefused(plan, problem, now)
        case .refused(let problem): say(problem, bad: true, now)
        case .screen(let news): return screenTold(news, now: now)
        case .clients(let event): return clientsTold(event, now: now)
        case .browse(let event): return browseTold(event, now)
        case .load(let event): loadTold(event, now)
        }
        return []
    }

    private mutating func connectionChanged(_ event: LinkEvent, now: Moment) -> [Effect] {
        switch event {
        case .connecting(let attempt):
            if case .lost(let reason, let since, _, _) = broker.connection {
                broker.connection = .lost(reason: reason, since: since, attempt: attempt, next: nil)
            } else {
                broker.connection = .connecting(attempt: attempt)
            }
        case .connected(let welcome):
            let again = if case .lost = broker.connection { true } else { messages.lastID > 0 }
            broker.connection = .connected(welcome, since: now)
            // Without incarnations it is not known whether it is the same broker.
            if welcome.incarnation == nil || welcome.incarnation != broker.incarnation { forgetClients() }
            broker.incarnation = welcome.incarnation
            if notice?.isBad == true { notice = nil }
            if again { messages.append(.note("connected again, as client \(welcome.connectionID)"), at: now) }
            if commits.window != welcome.window { return [.link(.window(commits.window))] }
        case .lost where broker.connection.isOver: break
        case .lost(let reason):
            if case .connected = broker.connection {
                // The header has the address; here it would push the end of the reason off the screen.
                messages.append(.note(StatusText.loss(reason, broker.address, "connection lost")), at: now)
            }
            if case .lost(_, let since, let attempt, let next) = broker.connection {
                broker.connection = .lost(reason: reason, since: since, attempt: attempt, next: next)
            } else {
                broker.connection = .lost(reason: reason, since: now, attempt: 1, next: nil)
            }
            broker.roundTrip = nil
            broker.isBlocked = false
            screensDisconnected()
            commits.connectionLost()
        case .retrying(let attempt, let delay):
            let next = now + UInt64(max(0, delay / .microseconds(1)))
            if case .lost(let reason, let since, _, _) = broker.connection {
                broker.connection = .lost(reason: reason, since: since, attempt: attempt, next: next)
            } else {
                broker.connection = .lost(reason: "no connection", since: now, attempt: attempt, next: next)
            }
        case .ended(let reason):
            if case .connected = broker.connection {
                messages.append(.note(StatusText.loss(reason, broker.address, "connection ended")), at: now)
            }
            broker.connection = .ended(reason: reason, since: now)
            broker.roundTrip = nil
            broker.isBlocked = false
            notice = nil
            commits.connectionLost()
        case .goodbye(let reason): say("the broker says goodbye: \(reason)", bad: true, now)
        default: break
        }
        return []
    }

    /// Another broker gives ids anew: whatever is kept by them belongs to clients of the earlier one.
    private mutating func forgetClients() {
        lagHistories = [:]
        forgetScreens()
        clients.selected = nil
        clients.showFirstPage()
        topics.showFirstPage()
        pausedUpdate = nil
        guard case .client(var inspection) = overlay else { return }
        inspection.isAsked = false
        inspection.problem = "another broker answers since, with other clients"
        overlay = .client(inspection)
    }

    /// Of so many clients lags are kept, those of clients that were not seen for the longest time least.
    private static let mostHistories = 2000

    /// Shows statistics, and keeps the lags for the sparklines.
    mutating func take(_ update: StatisticsUpdate) {
        broker.figures = update.broker
        broker.time = update.time
        if let page = update.clients {
            clients.take(page)
            noteLags(page.rows, at: update.time)
            // Clients that a filter hides for a while keep their history; those that left lose it.
            lagHistories = lagHistories.filter { update.time.since($0.value.last) < 120 * Moment.second }
            if lagHistories.count > Self.mostHistories {
                let newest = lagHistories.sorted { $0.value.last > $1.value.last }.prefix(Self.mostHistories)
                lagHistories = Dictionary(uniqueKeysWithValues: newest.map { ($0.key, $0.value) })
            }
        }
        if let page = update.topics {
            topics.take(page)
            for topic in topics.rows { topicColors.assign(topic.name) }
        }
        keepCursorsSeen()
    }

    /// Keeps the lags of clients for the sparklines.
    mutating func noteLags(_ rows: [ClientStatistics], at time: Moment) {
        for client in rows.prefix(Int(ClientTable.mostRows)) {
            lagHistories[client.id, default: LagHistory()].append(client[.lagMessages], at: time)
        }
    }
}
