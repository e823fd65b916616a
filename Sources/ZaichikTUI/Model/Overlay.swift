import ZaichikProtocol

/// A view that covers the panes.
enum Overlay: Equatable, Sendable {
    indirect case help(HelpInspection)
    /// One client, and why it is behind.
    case client(ClientInspection)
    /// One session: its settings, and who is attached to it.
    case session(SessionInspection)
    /// One topic: its settings and who reads it.
    case topic(TopicInspection)
    /// The whole of one message, in a format of its own.
    case message(MessageInspection)
    /// Of the panes in Screens.
    case screen(ScreenOverlay, offset: Int)
    // Clients and Topics
    /// A list that was opened from a row.
    indirect case list(ListScreen)
    /// Settings that are typed.
    indirect case settings(SettingsForm)
    /// The columns of a table, to choose from.
    case columns(ColumnMenu)

    var offset: Int {
        get {
            switch self {
            case .help(let inspection): inspection.offset
            case .message(let inspection): inspection.offset
            case .client(let inspection): inspection.offset
            case .session(let inspection): inspection.offset
            case .topic(let inspection): inspection.offset
            case .screen(_, let offset): offset
            case .list, .settings, .columns: 0
            }
        }
        set {
            switch self {
            case .help(var inspection):
                inspection.offset = newValue
                self = .help(inspection)
            case .message(var inspection):
                inspection.offset = newValue
                self = .message(inspection)
            case .client(var inspection):
                inspection.offset = newValue
                self = .client(inspection)
            case .session(var inspection):
                inspection.offset = newValue
                self = .session(inspection)
            case .topic(var inspection):
                inspection.offset = newValue
                self = .topic(inspection)
            case .screen(let overlay, _): self = .screen(overlay, offset: newValue)
            case .list, .settings, .columns: break
            }
        }
    }
}

struct HelpInspection: Equatable, Sendable {
    /// Where it was asked for: the keys of that come first.
    var place: Focus
    /// What it lies over, and comes back to.
    var under: Overlay?
    /// Only lines with this text are shown; empty: all.
    var search = ""
    var offset = 0
}

struct ClientInspection: Equatable, Sendable {
    var id: UInt64
    var label: String
    /// nil until the broker has answered.
    var detail: ClientDetail?
    /// The reason if there is no detail, or no newer one.
    var problem: String?
    /// The broker was asked and has not answered yet.
    var isAsked = true
    var offset = 0
    var facts = DrawerFacts()

    /// The queue that it reads.
    var queue: QueueSubject { detail?.client.queue ?? .client(id) }
}

struct SessionInspection: Equatable, Sendable {
    /// Of the session, as in the list of clients: its lags are kept by it.
    var id: UInt64
    var name: String
    /// nil until the broker has answered.
    var detail: SessionDetail?
    /// The reason if there is no detail, or no newer one.
    var problem: String?
    /// The broker was asked and has not answered yet.
    var isAsked = true
    var offset = 0
    var facts = DrawerFacts()
}

struct TopicInspection: Equatable {
    var name: String
    /// Its row when it was last listed.
    var row: TopicStatistics
    /// nil until the broker has answered.
    var detail: TopicDetail?
    /// The reason if there is no detail, or no newer one.
    var problem: String?
    /// The broker was asked and has not answered yet.
    var isAsked = true
    var offset = 0
    var facts = DrawerFacts()
}
