import ZaichikProtocol

/// Whom an act on a queue or on a connection is about.
enum ActSubject {
    /// A client. Its queue may be that of its session.
    case connection(Connection)
    /// A session, and all connections that are attached to it.
    case session(Session)

    /// The session whose queue it is; nil if it is a client's own.
    private var session: Session? {
        switch self {
        case .connection(let connection): connection.session
        case .session(let session): session
        }
    }

    var isPaused: Bool {
        switch self {
        case .connection(let connection): connection.reader.isPaused
        case .session(let session): session.awake?.isPaused == true
        }
    }

    /// The connections that it is about.
    var connections: [Connection] {
        switch self {
        case .connection(let connection): [connection]
        case .session(let session): session.owners.compactMap { $0 as? Connection }
        }
    }

    /// What an answer says of the queue, before what it loses.
    var row: Acted.Row { session.map { Acted.Row(id: $0.id, name: $0.name.string) } ?? ownRow }

    /// What an answer says of the client or session itself.
    var ownRow: Acted.Row {
        switch self {
        case .connection(let connection): Acted.Row(id: connection.id, name: connection.identity.name)
        case .session(let session): Acted.Row(id: session.id, name: session.name.string)
        }
    }

    /// For people.
    var description: String {
        switch self {
        case .connection(let connection): connection.introduction
        case .session(let session): "session '\(session.name)'"
        }
    }
}
