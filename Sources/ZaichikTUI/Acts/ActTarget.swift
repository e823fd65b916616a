import ZaichikProtocol
import ZaichikWords

/// The client, session or topic that an act is about: the row with the cursor, or what is looked at.
enum ActTarget: Equatable, Sendable {
    /// - Parameter label: Its name, with the id where others have the same.
    case client(ClientStatistics, label: String)
    case topic(TopicStatistics)

    /// How it is called on the screen, and what is typed to confirm what cannot be undone.
    var name: String {
        switch self {
        case .client(let row, let label): row.isSession ? row.session : label
        case .topic(let row): row.name
        }
    }

    /// Whether it is a session or a connection to one: its queue belongs to the session.
    var session: String? {
        if case .client(let row, _) = self, !row.session.isEmpty { row.session } else { nil }
    }

    /// Whether it is a row of a session, not of a connection.
    var isSession: Bool { if case .client(let row, _) = self { row.isSession } else { false } }

    /// What a person would call it.
    var noun: String {
        switch self {
        case .client: isSession ? "session" : "client"
        case .topic: "topic"
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
        }
    }

    func request(_ act: Act, _ values: ActValues) -> ActRequest {
        switch self {
        case .topic(let row): return ActRequest(act, name: row.name, values: values)
        case .client(let row, _):
            if let session, isSession || act.subject == .queue { return ActRequest(act, name: session, values: values) }
            return ActRequest(act, client: row.id, values: values)
        }
    }
}
