import ZaichikProtocol

/// The acts that this program offers: the only table of them. The menu, its keys, the questions and the commands are made
/// from it.
enum ActItem: CaseIterable, Sendable {
    case pause, resume, window, move, skip, purge, disconnect, deleteSession
    case pausePublishes, resumePublishes, purgeTopic, deleteTopic

    /// Pressed in the menu.
    var key: Character {
        switch self {
        case .pause, .pausePublishes: "p"
        case .resume, .resumePublishes: "r"
        case .window: "w"
        case .move: "m"
        case .skip: "s"
        case .purge, .purgeTopic: "x"
        case .disconnect: "d"
        case .deleteSession, .deleteTopic: "D"
        }
    }

    var title: String {
        switch self {
        case .pause: "pause: deliver nothing; it loses nothing"
        case .resume: "resume: deliver again"
        case .window: "window: how many may be in flight"
        case .move: "move it to another place in its topics"
        case .skip: "skip the next messages of its queue"
        case .purge: "purge: empty its queue"
        case .disconnect: "disconnect it"
        case .deleteSession: "delete the session with its queue"
        case .pausePublishes: "pause: refuse publishes"
        case .resumePublishes: "resume: take publishes again"
        case .purgeTopic: "purge: remove its messages"
        case .deleteTopic: "delete the topic"
        }
    }

    /// nil for what has a request of its own.
    var act: Act? {
        switch self {
        case .pause: .pause
        case .resume: .resume
        case .window: .window
        case .move: .move
        case .skip: .skip
        case .purge: .purge
        case .disconnect: .disconnect
        case .pausePublishes: .pausePublishes
        case .resumePublishes: .resumePublishes
        case .purgeTopic: .purgeTopic
        case .deleteSession, .deleteTopic: nil
        }
    }

    /// The verb of its command.
    var verb: String {
        switch self {
        case .pause, .pausePublishes: "pause"
        case .resume, .resumePublishes: "resume"
        case .window: "window"
        case .move: "seek"
        case .skip: "skip"
        case .purge, .purgeTopic: "purge"
        case .disconnect: "kick"
        case .deleteSession, .deleteTopic: "rm"
        }
    }

    /// The verb for people.
    var word: String {
        switch self {
        case .disconnect: "disconnect"
        case .move: "move"
        case .deleteSession, .deleteTopic: "delete"
        default: verb
        }
    }

    /// What is typed before it is done; nil if nothing has to be.
    enum Question: Equatable, Sendable {
        /// A time, or none, and a reason.
        case span
        case window
        /// How many messages, or from what age on.
        case count
        /// A place in its topics.
        case place
        /// A sequence below which it holds, or none.
        case below
    }

    var question: Question? {
        switch self {
        case .pause, .pausePublishes, .disconnect: .span
        case .window: .window
        case .skip: .count
        case .move: .place
        case .purgeTopic: .below
        case .resume, .resumePublishes, .purge, .deleteSession, .deleteTopic: nil
        }
    }

    /// How much has to be typed to confirm it.
    enum Danger: Equatable, Sendable {
        case none
        /// A `y`.
        case asks
        /// The name: it cannot be undone.
        case asksName
    }

    var danger: Danger {
        switch self {
        case .pause, .resume, .window, .pausePublishes, .resumePublishes: .none
        case .skip, .move, .disconnect: .asks
        case .purge, .purgeTopic, .deleteSession, .deleteTopic: .asksName
        }
    }

    /// The acts for a target, in the order of the menu.
    static func items(for target: ActTarget) -> [ActItem] {
        if case .several(let targets) = target {
            return allCases.filter { item in targets.allSatisfy { items(for: $0).contains(item) } }
        }
        return allCases.filter { item in
            switch (item, target) {
            case (_, .several): false
            // Without a session a queue is moved by its own client only.
            case (.move, .client): target.session != nil
            case (.deleteTopic, .topic): true
            case (.deleteSession, .client): target.isSession
            case (.deleteSession, _), (.deleteTopic, _): false
            case (_, .topic): item.act?.subject == .topic
            case (_, .client): item.act?.subject == .queue || item.act?.subject == .connection
            }
        }
    }

    /// Why it would do nothing now, or may not be done; nil if it can be.
    func obstacle(_ target: ActTarget, _ model: Model) -> String? {
        if let reason = model.readOnlyReason { return reason }
        if !model.broker.connection.isConnected { return "there is no connection" }
        switch target {
        case .several(let targets):
            let obstacles = targets.map { obstacle($0, model) }
            return obstacles.contains(nil) ? nil : obstacles[0]
        case .client(let row, _):
            switch self {
            case .resume: return row.state == .paused ? nil : "it is not paused"
            case .skip, .purge: return row[.lagMessages] > 0 ? nil : "nothing waits in its queue"
            case .disconnect:
                return row.state == .absent ? "nobody is connected to it" : nil
            default: return nil
            }
        case .topic(let row):
            if (try? TopicName(row.name))?.isReserved == true { return "it belongs to the broker" }
            let isPaused = row[.pausedTime] > 0
            switch self {
            case .pausePublishes: return isPaused ? "it is paused" : nil
            case .resumePublishes: return isPaused ? nil : "it is not paused"
            case .purgeTopic: return row[.retainedMessages] > 0 ? nil : "nothing is kept"
            default: return nil
            }
        }
    }
}
