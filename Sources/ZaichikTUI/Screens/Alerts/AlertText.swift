import ZaichikWords

/// The alerts as lines, with their state.
enum AlertText {
    static func lines(_ model: Model, columns: Int) -> [[Span]] {
        let alerts = model.screens.alerts.alerts
        guard !alerts.isEmpty else {
            return [
                [], [Span("ALERTS", .columnTitle)],
                [Span("none: "), Span("!", .key), Span(" sets one, such as \(AlertRule.example)", .quiet)],
            ]
        }
        return [[], [Span("ALERTS", .columnTitle)]] + alerts.map { line($0, now: model.broker.time, columns: columns) }
    }

    private static func line(_ alert: AlertBook.Alert, now: Moment, columns: Int) -> [Span] {
        let rule = TextWidth.cut(SafeText.escaped(alert.rule.description), to: max(columns - 30, 12))
        switch alert.state {
        case .quiet: return [Span("  quiet   ", .quiet), Span(rule)]
        case .unknown:
            return [
                Span("  unknown ", .warning), Span(rule), Span("  its client is not among the rows of Clients", .quiet),
            ]
        case .pending(let since):
            let left = alert.rule.span - min(alert.rule.span, now.since(since))
            return [
                Span("  soon    ", .warning), Span(rule), Span("  in \(FigureText.age(microseconds: left))", .quiet),
            ]
        case .raised(let raised):
            let who = raised.who.isEmpty ? "" : "\(SafeText.escaped(raised.who)) "
            return [
                Span(" ALERT ", .losing), Span("   "), Span(rule, .strong),
                Span(
                    "  \(who)\(alert.rule.shown(raised.value)) for \(FigureText.age(microseconds: now.since(raised.since)))",
                    .bad),
            ]
        }
    }
}
