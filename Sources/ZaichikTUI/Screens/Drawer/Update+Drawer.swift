import ZaichikProtocol

// Drawers: what is looked at in detail is asked for again with each update of the statistics.
extension Model {
    /// Asks for what the drawer shows besides the detail, as far as it is due.
    mutating func askFacts(now: Moment) -> [Effect] {
        guard let overlay, let subject = overlay.drawerSubject, overlay.hasProblem == false, !overlay.isMessage else {
            return []
        }
        let queue = drawerQueue
        let parts: Set<DrawerFacts.Part> = queue == nil ? [.history] : Set(DrawerFacts.Part.allCases)
        var due: Set<DrawerFacts.Part> = []
        self.overlay?.changeFacts { due = $0.ask(parts, now: now) }
        return due.isEmpty
            ? [] : [.link(.clients(.facts(DrawerQuestion(subject: subject, queue: queue, parts: due))))]
    }

    /// The queue that the drawer is about; nil for a topic.
    var drawerQueue: QueueSubject? {
        switch overlay {
        case .client(let inspection): inspection.queue
        case .session(let inspection): .session(inspection.name)
        case .topic, .help, .message, .list, .settings, .columns, .screen, nil: nil
        }
    }

    mutating func takeFact(_ subject: DrawerSubject, _ fact: DrawerFact) {
        guard overlay?.drawerSubject == subject else { return }
        overlay?.changeFacts { $0.take(fact) }
    }
}

extension Overlay {
    /// Whether the broker has refused to tell of what is looked at.
    fileprivate var hasProblem: Bool {
        switch self {
        case .client(let inspection): inspection.problem != nil
        case .session(let inspection): inspection.problem != nil
        case .topic(let inspection): inspection.problem != nil
        case .help, .message, .list, .settings, .columns, .screen: false
        }
    }

    fileprivate mutating func changeFacts(_ change: (inout DrawerFacts) -> Void) {
        switch self {
        case .client(var inspection):
            change(&inspection.facts)
            self = .client(inspection)
        case .session(var inspection):
            change(&inspection.facts)
            self = .session(inspection)
        case .topic(var inspection):
            change(&inspection.facts)
            self = .topic(inspection)
        case .help, .message, .list, .settings, .columns, .screen: break
        }
    }
}
