import ZaichikProtocol
import ZaichikWords

extension Model {
    /// Asks for a rule; those that there are can be chosen, to remove them.
    mutating func askAlert() {
        let offers = screens.alerts.alerts.map { Self.removal + $0.rule.description }
        prompt = Prompt(.alert, text: "", offers: offers)
    }

    private static let removal = "remove "

    /// What was typed as an alert.
    mutating func answerAlert(_ text: String, _ now: Moment) {
        if text.hasPrefix(Self.removal) {
            let name = String(text.dropFirst(Self.removal.count))
            guard screens.alerts.remove(name) else {
                prompt?.problem = "there is no alert '\(name)': ↑ shows those that there are"
                return
            }
            prompt = nil
            return say("removed: \(name)", now)
        }
        do throws(AlertRuleError) {
            let rule = try AlertRule(text)
            if let problem = screens.alerts.add(rule) {
                prompt?.problem = problem
                return
            }
            prompt = nil
            say("alert set: \(rule); ! and ↑ removes it", now)
        } catch {
            prompt?.problem = "\(error)"
        }
    }

    /// Judges the alerts by new statistics; those that begin ring, are said, and become an event here.
    mutating func judgeAlerts(_ update: StatisticsUpdate, _ now: Moment) -> [Effect] {
        let begun = screens.alerts.judge(update)
        guard !begun.isEmpty else { return [] }
        var effects: [Effect] = [.alarm]
        for (rule, raised) in begun {
            let sentence = rule.sentence(raised)
            screens.events.append(
                Report(
                    name: AlertBook.eventName, time: now, level: "warning", text: sentence,
                    data: raised.who.isEmpty ? [:] : ["name": .text(raised.who)]))
            if let command = rule.command { effects.append(.run(command, about: sentence)) }
            say(sentence, bad: true, now)
        }
        return effects
    }
}
