import ZaichikWords

/// The palette's commands for alerts and traces.
enum EventCommands {
    static let alert = PaletteCommand(
        name: "alert", argument: "RULE", isArgumentOptional: true,
        help: "set an alert, such as \(AlertRule.example); an alert that is set already is removed",
        offers: {
            $0.screens.alerts.alerts.map(\.rule.description) + AlertRule.Figure.allCases.map { "\($0.rawValue) > " }
        },
        about: { model, typed in
            if model.screens.alerts.alerts.contains(where: { $0.rule.description == typed }) { return "removes it" }
            return AlertRule.Figure.allCases.first { typed.hasPrefix($0.rawValue + " ") }?.meaning
        },
        run: { model, typed, now in
            if typed.isEmpty {
                model.askAlert()
                return .done([])
            }
            if model.screens.alerts.remove(typed) {
                model.say("removed: \(typed)", now)
                return .done([])
            }
            do throws(AlertRuleError) {
                let rule = try AlertRule(typed)
                if let problem = model.screens.alerts.add(rule) { return .problem(problem) }
                model.say("alert set: \(rule)", now)
                return .done([])
            } catch {
                return .problem("\(error)")
            }
        })

    static let trace = PaletteCommand(
        name: "trace", argument: "TOPIC SEQUENCE", isArgumentOptional: true,
        help: "a message's way through every queue; TOPIC: TEXT publishes one with a trace",
        offers: { $0.screens.traces.messages(20).map { "\($0.topic) \($0.sequence)" } },
        run: { model, typed, now in
            if typed.isEmpty { return .done(model.trace()) }
            return switch model.trace(typed: typed) {
            case .success(let effects): .done(effects)
            case .failure(let problem): .problem(problem.text)
            }
        })
}
