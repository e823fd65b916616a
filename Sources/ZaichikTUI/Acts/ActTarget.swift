import ZaichikProtocol
import ZaichikWords

/// The client, session or topic that an act is about: the row with the cursor, or what is looked at.
enum ActTarget: Equatable, Sendable {
    /// - Parameter label: Its name, with the id where others have the same.
    case client(ClientStatistics, label: String)
    case topic(TopicStatistics)
    /// The marked rows of a table, at least two.
    indirect case several([ActTarget])

    /// Marked rows; nil if there are none.
    init?(_ targets: [ActTarget]) {
        guard let first = targets.first else { return nil }
        self = targets.count == 1 ? first : .several(targets)
    }

    /// Each one that is meant.
    var each: [ActTarget] { if case .several(let targets) = self { targets } else { [self] } }

    /// How it is called on the screen, and what is typed to confirm what cannot be undone.
    var name: String {
        switch self {
        case .client(let row, let label): row.isSession ? row.session : label
        case .topic(let row): row.name
        case .several(let targets): "\(targets.count) \(noun)"
        }
    }

    /// Whether it is a session or a connection to one: its queue belongs to the session.
    var session: String? {
        if case .client(let row, _) = self, !row.session.isEmpty { row.session } else { nil }
    }

    /// Whether it is a row of a session, not of a connection.
    var isSession: Bool { if case .client(let row, _) = self { row.isSession } else { false } }

    /// Whether it is a topic that deduplicates.
    var remembersKeys: Bool { if case .topic(let row) = self { row.settings.deduplicationWindow > 0 } else { false } }

    /// With what it is: `client alice`, `3 topics`.
    var title: String { if case .several = self { name } else { "\(noun) \(name)" } }

    /// What a person would call it.
    var noun: String {
        switch self {
        case .client: isSession ? "session" : "client"
        case .topic: "topic"
        case .several(let targets): targets[0].noun + "s"
        }
    }

    /// The messages that go with it, if it is deleted.
    var messages: UInt64 {
        switch self {
        case .client(let row, _): row[.lagMessages]
        case .topic(let row): row[.retainedMessages]
        case .several(let targets): targets.reduce(0) { $0 + $1.messages }
        }
    }

    /// The words of the command line that name it.
    ///
    /// - Parameter isConnection: Whether its connection is meant, not its queue.
    func words(isConnection: Bool) -> [String] {
        switch self {
        case .topic(let row): return ["topic", ShellText.quoted(row.name)]
        case .client(let row, _):
            if let session, isSession || !isConnection { return ["session", ShellText.quoted(session)] }
            return ["client", ShellText.quoted("\(row.name)#\(row.id)")]
        case .several(let targets): return targets[0].words(isConnection: isConnection)
        }
    }

    func request(_ act: Act, _ values: ActValues) -> ActRequest {
        switch self {
        case .topic(let row): return ActRequest(act, name: row.name, values: values)
        case .client(let row, _):
            if let session, isSession || act.subject == .queue { return ActRequest(act, name: session, values: values) }
            return ActRequest(act, client: row.id, values: values)
        case .several(let targets): return targets[0].request(act, values)
        }
    }
}
