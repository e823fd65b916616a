import DequeModule
import ZaichikProtocol
import ZaichikWords

extension Model {
    /// What is drawn: the model itself, or how it was at the instant to which one has travelled.
    var shownModel: Model {
        guard let travel = screens.travel, let record = travel.record else { return self }
        var then = self
        let instant = travel.instant
        then.broker.time = instant
        then.broker.figures = figures(record.broker, at: instant)
        then.clients.showRows(clients.rows.compactMap { row($0, record, at: instant) })
        then.topics.showRows(topics.rows.map { row($0, record, at: instant) })
        then.lagHistories = record.clients.mapValues { LagHistory($0.values(.lagMessages, upTo: instant), at: instant) }
        then.messages.showUpTo(instant)
        then.screens.events.showUpTo(instant)
        // It is not kept of pairs.
        then.screens.heat.forget()
        return then
    }

    private func figures(_ history: History, at instant: Moment) -> BrokerStatistics? {
        guard var figures = broker.figures else { return nil }
        let started = figures[.startedAt]
        let limits: [BrokerFigure] = [.memoryLimit, .connectionLimit, .topicLimit, .sessionLimit, .loops]
        let kept = limits.map { ($0, figures[$0]) }
        figures = BrokerStatistics()
        for (figure, value) in kept { figures[figure] = value }
        figures[.startedAt] = started
        for (figure, source) in [
            (.publishRate, .publishRate), (.deliverRate, .deliverRate), (.commitRate, .commitRate),
            (.lagMessages, .lagMessages), (.connections, .connections),
        ] as [(BrokerFigure, HistoryFigure)] {
            figures[figure] = history.value(source, at: instant) ?? 0
        }
        return figures
    }

    /// - Returns: nil for a client that was not there.
    private func row(_ row: ClientStatistics, _ record: TravelRecord, at instant: Moment) -> ClientStatistics? {
        guard row[.connectedAt] <= instant else { return nil }
        var then = row
        for figure in ClientFigure.allCases where !Travel.keepsNow(figure) { then[figure] = 0 }
        let history = record.clients[row.id] ?? History()
        then[.lagMessages] = history.value(.lagMessages, at: instant) ?? 0
        then[.deliverRate] = history.value(.deliverRate, at: instant) ?? 0
        then[.commitRate] = history.value(.commitRate, at: instant) ?? 0
        then.state = screens.events.state(of: row, at: instant) ?? row.state
        return then
    }

    private func row(_ row: TopicStatistics, _ record: TravelRecord, at instant: Moment) -> TopicStatistics {
        var then = TopicStatistics()
        (then.id, then.name, then.settings) = (row.id, row.name, row.settings)
        then[.subscribers] = row[.subscribers]
        let history = record.topics[row.name] ?? History()
        then[.retainedMessages] = history.value(.retainedMessages, at: instant) ?? 0
        then[.publishRate] = history.value(.publishRate, at: instant) ?? 0
        then[.deliverRate] = history.value(.deliverRate, at: instant) ?? 0
        return then
    }
}

extension Travel {
    /// Figures that change with somebody's decision only: they are shown as they are now.
    static func keepsNow(_ figure: ClientFigure) -> Bool {
        switch figure {
        case .window, .subscriptions, .topics, .connectedAt, .connections, .windowBytes: true
        default: false
        }
    }

    /// What the tables have of an instant.
    static func keeps(_ column: ClientColumn) -> Bool {
        switch column.figure {
        case nil, .severity, .lagMessages, .deliverRate, .commitRate, .topics: true
        default: false
        }
    }

    static func keeps(_ column: TopicColumn) -> Bool {
        switch column.figure {
        case nil, .publishRate, .deliverRate, .retainedMessages, .subscribers: true
        default: false
        }
    }
}

extension EventLog {
    /// The state of a client at an instant, as far as the events tell it.
    func state(of client: ClientStatistics, at instant: Moment) -> ClientState? {
        var word: String?
        for entry in entries where entry.report.name == "verdict-changed" {
            let data = entry.report.data
            let isOfIt =
                client.isSession ? data["session"]?.text == client.session : data["client"]?.number == client.id
            guard isOfIt else { continue }
            if entry.report.time <= instant {
                word = data["verdict"]?.text
            } else {
                // The first change after the instant tells what was before.
                word = word ?? data["from"]?.text
                break
            }
        }
        return ClientState.allCases.first { $0.description == word }
    }
}
