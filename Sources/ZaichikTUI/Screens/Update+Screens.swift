import ZaichikProtocol
import ZaichikWords

extension Model {
    mutating func performScreen(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .eventFilter: prompt = Prompt(.eventFilter, text: screens.events.filter.typed)
        case .eventLevel: screens.events.filter = screens.events.filter.withNextLevel()
        case .setAlert: askAlert()
        case .traceMessage: return trace()
        case .heatFigure: screens.heat.figure = screens.heat.figure.next
        case .heatLeft: HeatMapPane.moveSideways(&self, by: -1)
        case .heatRight: HeatMapPane.moveSideways(&self, by: 1)
        case .travel, .earlier, .later, .muchEarlier, .muchLater, .earliest, .latest, .slowDownBefore, .slowDownAfter:
            return performTravel(action, now: now)
        default: break
        }
        return []
    }

    /// Follows the newest event, or stays at it.
    mutating func followEvents() {
        guard screens.events.isFollowing, let cursor = screens.events.cursor else { return screens.events.follow() }
        screens.events.select(cursor, height: area(of: .events).pageHeight)
    }

    /// What the panes that are seen want of the broker; asked with each update of the statistics.
    mutating func askForScreens(_ update: StatisticsUpdate, now: Moment) -> [Effect] {
        screens.past.note(update.broker, at: update.time)
        guard broker.connection.isConnected else { return [] }
        let seen = layout.panes
        var effects: [Effect] = []
        if seen[.events] != nil, !screens.events.isAsked {
            screens.events.isAsked = true
            effects.append(.link(.screen(.read(.events))))
        }
        if seen[.heatMap] != nil, screens.heat.isDue(at: update.time), !isDisplayPaused {
            let clients = HeatMap.clients(self).dropFirst(screens.heat.firstRow).prefix(HeatMap.mostAsked)
            if !clients.isEmpty {
                screens.heat.ask(at: update.time)
                effects.append(.link(.screen(.heat(clients.map(\.id)))))
            }
        }
        if seen[.broker] != nil, !screens.past.isAsked, !isDisplayPaused,
            screens.past.isEmpty || update.time.since(screens.past.time) >= Moment.second
        {
            screens.past.isAsked = true
            effects.append(.link(.screen(.history(screens.past.wanted(now: update.time)))))
        }
        return effects
    }

    mutating func screenTold(_ news: ScreenNews, now: Moment) -> [Effect] {
        switch news {
        case .reports(let reports): for report in reports { take(report) }
        case .heat(let answer, let problem):
            screens.heat.take(answer, problem, among: HeatMap.clients(self), time: now)
            keepCursorsSeen()
        case .history(let history): screens.past.take(history)
        case .noHistory(let problem):
            screens.past.isAsked = false
            screens.past.problem = problem
        case .travelled(let record): screens.travel?.take(record)
        case .noTravel(let problem): screens.travel?.fail(problem)
        case .traced(let message): overlay = .screen(.trace(message), offset: 0)
        }
        return []
    }

    private mutating func take(_ news: ReportNews) {
        switch news {
        case .event(let report): screens.events.append(report)
        case .step(let report): screens.traces.append(report)
        case .missed(let count): screens.events.miss(count)
        case .unreadable(let problem):
            screens.events.fail(problem)
            screens.traces.fail(problem)
        }
    }

    /// Another broker gives ids anew.
    mutating func forgetScreens() {
        screens.heat.forget()
        screens.past.forget()
    }

    /// After a lost connection nothing is on its way.
    mutating func screensDisconnected() {
        screens.heat.disconnected()
        screens.past.isAsked = false
    }
}
