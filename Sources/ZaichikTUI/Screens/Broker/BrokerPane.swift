import ZaichikProtocol
import ZaichikWords

/// The broker itself: what it did in the last ten minutes, how full it is, and what it drops and refuses.
enum BrokerPane: LinesPane {
    static let name = "Broker"
    static let slot = PaneSlot.top

    static func lines(_ model: Model, columns: Int) -> [[Span]] {
        guard let broker = model.broker.figures else {
            let text =
                model.broker.connection.isConnected
                ? "no figures yet: they come in a moment" : EmptyNotice.disconnected(model)
            return [[Span(text, .quiet)]]
        }
        let rows = model.area(of: .broker).rows.height
        // Three rows each where all of the rest can be seen as well.
        let chartRows = rows >= 40 ? 4 : rows >= 30 ? 3 : rows >= 20 ? 2 : 1
        let past = model.screens.past
        let strip = StripText.lines(
            past, columns: columns, rows: chartRows, utcOffset: model.utcOffset,
            instant: model.screens.travel?.instant)
        if model.screens.travel != nil {
            let text = "What it dropped and refused, how full it was and what it had done by then is not kept."
            return BrokerText.then(broker, columns: columns) + strip + [[], [Span(text, .quiet)]]
        }
        var lines = BrokerText.troubles(model, broker, columns: columns)
        if let problem = past.problem { lines.append([Span(" no history: \(problem)", .bad)]) }
        lines += strip.isEmpty ? [] : strip + [[]]
        lines += BrokerText.limits(broker, columns: columns) + [[]]
        lines += BrokerText.totals(broker, columns: columns)
        return lines + AlertText.lines(model, columns: columns)
    }

    static func title(_ model: Model) -> [Span] {
        guard let broker = model.broker.figures else { return [] }
        var spans: [Span] = []
        if broker[.drainTime] > 0 { spans.append(Span("DRAINING", .bad)) }
        if broker[.notAcceptingTime] > 0 { spans.append(Span("takes no new connections", .bad)) }
        if case .connected(let welcome, _) = model.broker.connection {
            spans.append(Span("\(welcome.brokerName) \(welcome.version)", .quiet))
        }
        let age = model.broker.time.since(broker[.startedAt])
        if age > 0, broker[.startedAt] > 0 { spans.append(Span("up \(FigureText.age(microseconds: age))", .quiet)) }
        return spans
    }
}

extension Pane {
    static let broker = Pane(BrokerPane.self)
}
