import ZaichikProtocol
import ZaichikWords

// Settings of topics and sessions, typed into a form over the panes.
extension Model {
    mutating func performSettings(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .editSettings: return openSettings(now)
        case .mendTopic: return mendTopic(now)
        case .newTopic:
            guard !isReadOnly else { return refuseChange(now) }
            overlay = .settings(SettingsForm(newTopic: "", over: overlay))
        case .nextSetting: changeForm { $0.move(by: 1) }
        case .previousSetting: changeForm { $0.move(by: -1) }
        case .applySettings: return applySettings(now)
        case .copySettings:
            guard let form = settingsForm else { return [] }
            say("copied: \(form.command)", now)
            return [.copy(form.command)]
        default: break
        }
        return []
    }

    /// The settings that are being typed.
    var settingsForm: SettingsForm? { if case .settings(let form) = overlay { form } else { nil } }

    mutating func changeForm(_ change: (inout SettingsForm) -> Void) {
        guard case .settings(var form) = overlay else { return }
        change(&form)
        overlay = .settings(form)
    }

    private mutating func refuseChange(_ now: Moment) -> [Effect] {
        say(readOnlyReason ?? "", bad: true, now)
        return []
    }

    private mutating func openSettings(_ now: Moment) -> [Effect] {
        guard !isReadOnly else { return refuseChange(now) }
        switch rowTarget {
        case .topic(let row)?:
            if (try? TopicName(row.name))?.isReserved == true {
                say("'\(row.name)' belongs to the broker", bad: true, now)
                return []
            }
            overlay = .settings(SettingsForm(topic: row.name, row.settings, over: overlay))
            return []
        case .client(let row, _)? where !row.session.isEmpty:
            if case .session(let inspection) = overlay, let detail = inspection.detail {
                overlay = .settings(SettingsForm(session: row.session, detail.session.settings, over: overlay))
                return []
            }
            // They are known when the session has been looked at.
            drawer.settingsWanted = WantedSettings(subject: .session(row.session))
            return [.link(.inspectSession(row.session))]
        default:
            say("no settings here: topics and sessions have some", now)
            return []
        }
    }

    /// Opens the form of a session whose settings were asked for.
    mutating func openWantedSettings(_ detail: SessionDetail) {
        guard drawer.settingsWanted?.subject == .session(detail.session.name) else { return }
        drawer.settingsWanted = nil
        guard prompt == nil, acts == nil else { return }
        overlay = .settings(SettingsForm(session: detail.session.name, detail.session.settings, over: overlay))
    }

    /// The same of a topic.
    mutating func openWantedSettings(_ detail: TopicDetail) {
        guard let wanted = drawer.settingsWanted, wanted.subject == .topic(detail.topic.name) else { return }
        drawer.settingsWanted = nil
        guard prompt == nil, acts == nil else { return }
        open(detail.topic, wanted.proposed)
    }

    private mutating func open(_ topic: TopicStatistics, _ proposed: [String: String]) {
        var form = SettingsForm(topic: topic.name, topic.settings, over: overlay)
        form.propose(proposed)
        overlay = .settings(form)
    }

    /// The client or session in the drawer; nil until it is known.
    private var inspectedQueue: ClientDetail? {
        switch overlay {
        case .client(let inspection): inspection.detail
        case .session(let inspection): inspection.detail.map { ClientDetail(of: $0) }
        default: nil
        }
    }

    /// Whether the drawer proposes to change a topic.
    var canMendTopic: Bool { inspectedQueue.map { Remedy.list($0).contains { $0.topicChange != nil } } ?? false }

    /// Opens the settings of the topic that the verdict is about, with what is proposed there; else those of the topic in
    /// which the client is furthest behind.
    private mutating func mendTopic(_ now: Moment) -> [Effect] {
        guard !isReadOnly else { return refuseChange(now) }
        guard let detail = inspectedQueue else {
            say("Enter first: the drawer says what would help", now)
            return []
        }
        let change = Remedy.list(detail).lazy.compactMap(\.topicChange).first
        let worst = detail.topics.max { $0[.lagMessages] < $1[.lagMessages] }?.topic
        guard let name = detail.evidence[text: .topic] ?? worst, let topic = try? TopicName(name) else {
            say("its queue reads no topic", now)
            return []
        }
        let proposed = Dictionary(change.map { $0.map { ($0.name, $0.value) } } ?? [], uniquingKeysWith: { $1 })
        if let row = topics.rows.first(where: { $0.name == name }) {
            open(row, proposed)
            return []
        }
        drawer.settingsWanted = WantedSettings(subject: .topic(name), proposed: proposed)
        return [.link(.inspectTopic(topic))]
    }

    private mutating func applySettings(_ now: Moment) -> [Effect] {
        guard var form = settingsForm, !form.isSent else { return [] }
        guard broker.connection.isConnected else {
            form.problem = "there is no connection: Enter again when there is one"
            overlay = .settings(form)
            return []
        }
        if form.subject == .newTopic, topics.rows.contains(where: { $0.name == form.name }) {
            form.problem = "'\(form.name)' exists already: E in Topics changes its settings"
            overlay = .settings(form)
            return []
        }
        let plan = form.plan()
        form.isSent = plan != nil
        overlay = .settings(form)
        return plan.map { [.link(.clients(.set($0)))] } ?? []
    }

    /// Editing keys in a field; in a choice ← and → take the word before and the next one.
    mutating func editSetting(_ action: Action) {
        changeForm { form in
            let step = action == .cursorRight ? 1 : action == .cursorLeft ? -1 : 0
            if case .choice = form.current.kind {
                if step != 0 { form.choose(step) }
                return
            }
            (form.problem, form.isSelected) = (nil, false)
            Self.edit(&form.current.editor, action)
        }
    }

    // MARK: Answers of the broker

    mutating func settingsSet(_ plan: SettingsPlan, _ outcome: TopicOutcome, _ now: Moment) -> [Effect] {
        let noun = if case .session = plan { "session" } else { "topic" }
        let text =
            switch outcome {
            case .created: "created \(noun) '\(plan.name)'"
            case .changed: "changed the settings of \(noun) '\(plan.name)'"
            case .unchanged: "\(noun) '\(plan.name)' had these settings already"
            }
        say(text, now)
        if let form = settingsForm, form.isSent { overlay = form.under }
        if outcome == .created {
            topics.selected = plan.name
            topicColors.assign(plan.name)
        }
        // The table shows it at once.
        return [.link(.watch(watchRequest))] + inspectAgain()
    }

    mutating func settingsRefused(_ plan: SettingsPlan, _ problem: String, _ now: Moment) {
        guard let form = settingsForm, form.isSent, plan.name == form.name else { return say(problem, bad: true, now) }
        changeForm {
            $0.isSent = false
            $0.problem = problem
        }
    }
}

/// Settings to be typed as soon as they are known.
struct WantedSettings: Equatable {
    var subject: SettingsForm.Subject
    /// What is proposed for some of them, by their names, as it is typed.
    var proposed: [String: String] = [:]
}
