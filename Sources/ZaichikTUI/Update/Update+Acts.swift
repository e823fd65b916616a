import ZaichikProtocol
import ZaichikWords

// Acts: chosen from a menu, asked for what they need, rehearsed if they take something, confirmed, done.
extension Model {
    /// What an act would be about here; nil if nothing is under the cursor.
    var actTarget: ActTarget? {
        if isDrawerFollowing { return focus.content.actTarget(self) }
        switch overlay {
        case .client(let inspection):
            guard let row = inspection.detail?.client ?? clients.rows.first(where: { $0.id == inspection.id }) else {
                return nil
            }
            return .client(row, label: inspection.label)
        case .session(let inspection):
            return clients.rows.first { $0.id == inspection.id }.map { .client($0, label: inspection.name) }
        case .topic(let inspection): return .topic(inspection.row)
        case .screen(let overlay, _): return overlay.actTarget(self)
        case .message, .help, .list, .settings, .columns: return nil
        case nil: return focus.content.actTarget(self)
        }
    }

    mutating func performAct(_ action: Action, by key: Key, now: Moment) -> [Effect] {
        switch action {
        case .act:
            guard let target = actTarget else {
                say("nothing to act on here: go to a client, a session or a topic", now)
                return []
            }
            acts = .menu(ActMenu(target: target))
        case .nextAct: moveAct(by: 1)
        case .previousAct: moveAct(by: -1)
        case .doAct:
            guard case .menu(let menu) = acts else { return [] }
            return choose(menu.chosen, menu.target, now)
        case .chooseAct:
            guard case .menu(let menu) = acts, case .character(let character) = key,
                let item = menu.items.first(where: { $0.key == character })
            else { return [] }
            return choose(item, menu.target, now)
        case .copyCommand: return copyCommand(now)
        case .closeActs: acts = nil
        default: break
        }
        return []
    }

    private mutating func moveAct(by step: Int) {
        guard case .menu(var menu) = acts else { return }
        menu.move(by: step)
        acts = .menu(menu)
    }

    private mutating func choose(_ item: ActItem, _ target: ActTarget, _ now: Moment) -> [Effect] {
        if let obstacle = item.obstacle(target, self) {
            say("cannot \(item.word) '\(target.name)': \(obstacle)", bad: true, now)
            return []
        }
        // Those that have an obstacle, such as a pause that they have already, are passed over.
        let possible = ActTarget(target.each.filter { item.obstacle($0, self) == nil }) ?? target
        let plan = ActPlan(item: item, target: possible)
        guard item.question != nil else { return proceed(plan) }
        prompt = Prompt(.act(plan), text: Self.standard(plan))
        return []
    }

    /// What stands in the field of a question at first.
    private static func standard(_ plan: ActPlan) -> String {
        switch (plan.item.question, plan.target) {
        case (.window, .client(let row, _)) where row[.window] > 0: "\(row[.window])"
        case (.count, _): "1"
        default: ""
        }
    }

    /// What was typed to the question of an act.
    mutating func answerAct(_ plan: ActPlan, typed: String) -> [Effect] {
        var plan = plan
        if let problem = plan.take(typed, now: broker.time) {
            prompt?.problem = problem
            return []
        }
        return proceed(plan)
    }

    /// Does an act, or rehearses it if it takes something.
    private mutating func proceed(_ plan: ActPlan) -> [Effect] {
        prompt = nil
        guard plan.item.danger != .none else {
            acts = nil
            return [.link(.act(plan))]
        }
        acts = .rehearsal(ActRehearsal(plan: plan))
        prompt = Prompt(.confirm(plan))
        return plan.item.act == nil ? [] : [.link(.rehearse(plan))]
    }

    /// What was typed to confirm an act.
    mutating func confirm(_ plan: ActPlan, typed: String) -> [Effect] {
        guard case .rehearsal(let rehearsal) = acts else { return [] }
        if rehearsal.problem != nil {
            prompt?.problem = "it cannot be done: Esc leaves it"
        } else if plan.item.act != nil, rehearsal.outcome == nil {
            prompt?.problem = "the broker has not said yet what would go"
        } else if typed.lowercased() != rehearsal.answer.lowercased() {
            prompt?.problem = "type \(rehearsal.answer) to do it; Esc leaves it"
        } else {
            (prompt, acts) = (nil, nil)
            return [.link(.act(plan))]
        }
        return []
    }

    // MARK: Answers of the broker

    mutating func rehearsed(_ plan: ActPlan, _ outcome: Acted) {
        guard case .rehearsal(var rehearsal) = acts, rehearsal.plan == plan else { return }
        rehearsal.outcome = outcome
        acts = .rehearsal(rehearsal)
        if prompt?.problem != nil { prompt?.problem = nil }
    }

    /// - Parameter outcome: nil for what has no dry run and tells no figures.
    mutating func acted(_ plan: ActPlan, _ outcome: Acted?, _ now: Moment) {
        if plan.item == .deleteTopic || plan.item == .deleteSession {
            overlay = nil
            forgetMarks()
            if case .several = plan.target { return say("\(plan.target.name) are deleted", now) }
            return say("\(plan.target.noun) '\(plan.target.name)' is deleted", now)
        }
        guard let act = plan.item.act, let outcome else { return }
        if case .several = plan.target { forgetMarks() }
        say(ActText.line(act, outcome, of: plan.target.name), now)
    }

    mutating func actRefused(_ plan: ActPlan, _ problem: String, _ now: Moment) {
        guard case .rehearsal(var rehearsal) = acts, rehearsal.plan == plan else { return say(problem, bad: true, now) }
        rehearsal.problem = problem
        acts = .rehearsal(rehearsal)
    }

    /// What was marked for an act is done.
    private mutating func forgetMarks() {
        clients.marked = []
        topics.marked = []
    }

    // MARK: The command that does the same

    private mutating func copyCommand(_ now: Moment) -> [Effect] {
        let plan: ActPlan
        switch acts {
        case .menu(let menu):
            if case .act(let asked) = prompt?.question {
                var typed = asked
                _ = typed.take(prompt?.editor.text ?? "", now: broker.time)
                plan = typed
            } else {
                plan = ActPlan(item: menu.chosen, target: menu.target)
            }
        case .rehearsal(let rehearsal): plan = rehearsal.plan
        case nil: return []
        }
        say("copied: \(plan.command)", now)
        return [.copy(plan.command)]
    }
}
