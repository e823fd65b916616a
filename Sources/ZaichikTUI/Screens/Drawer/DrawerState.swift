import ZaichikProtocol

/// What is known of the drawer besides its content: a client, a session, a topic or a message that is looked at. Where there is room
/// it stands beside its table or below it, both are live, and it follows the table's cursor.
struct DrawerState: Equatable {
    /// Keys go to the drawer, not to the table beside it.
    var isEntered = false
    /// When the broker was asked last because the cursor moved.
    var followedAt: Moment = 0

    /// While a cursor runs through a table, the broker is asked this often at most, in µs.
    static let patience: UInt64 = 150_000

    /// The session or topic whose settings are to be typed as soon as they are known.
    var settingsWanted: WantedSettings?
}

/// What a drawer is about.
enum DrawerSubject: Equatable, Sendable {
    /// A client or a session, by its id in the table of clients.
    case client(UInt64)
    case topic(String)
    /// A line of the Messages pane, by its id. The broker is not asked about it.
    case message(UInt64)
}

extension Overlay {
    /// What it is about; nil if it is no drawer.
    var drawerSubject: DrawerSubject? {
        switch self {
        case .client(let inspection): .client(inspection.id)
        case .session(let inspection): .client(inspection.id)
        case .topic(let inspection): .topic(inspection.name)
        case .message(let inspection): .message(inspection.entry.id)
        case .help, .list, .settings, .columns, .screen: nil
        }
    }
}

extension Model {
    /// Whether there is a drawer, and its table is seen as well.
    var isDrawerApart: Bool { overlay?.drawerSubject != nil && layout.isDrawerApart }

    /// Whether there is a drawer, and keys go to its table.
    var isDrawerFollowing: Bool { !drawer.isEntered && isDrawerApart }

    /// Asks for what a drawer shows that has just been opened, or turned to another row.
    ///
    /// - Parameter shown: What the drawer was about before.
    mutating func lookAfterDrawer(_ shown: DrawerSubject?, now: Moment) -> [Effect] {
        guard let effects = followCursor(now: now) else { return [] }
        guard let subject = overlay?.drawerSubject, subject != shown else { return effects }
        if shown == nil { drawer.isEntered = false }
        return effects + askFacts(now: now)
    }

    /// Turns a drawer that stands apart to the row with the table's cursor.
    ///
    /// - Returns: nil if the cursor runs through the table: then the next update of the statistics asks.
    private mutating func followCursor(now: Moment) -> [Effect]? {
        guard let shown = overlay?.drawerSubject, let wanted = focus.content.drawerSubject(self), wanted != shown,
            isDrawerApart
        else { return [] }
        let effects = focus.content.open(&self)
        guard now.since(drawer.followedAt) < DrawerState.patience, now >= drawer.followedAt else {
            drawer.followedAt = now
            return effects
        }
        overlay?.isAsked = false
        return nil
    }
}

extension Overlay {
    /// Whether the broker was asked about what is looked at, and has not answered.
    var isAsked: Bool {
        get {
            switch self {
            case .client(let inspection): inspection.isAsked
            case .session(let inspection): inspection.isAsked
            case .topic(let inspection): inspection.isAsked
            case .message(let inspection): inspection.isAsked
            case .help, .list, .settings, .columns, .screen: false
            }
        }
        set {
            switch self {
            case .client(var inspection):
                inspection.isAsked = newValue
                inspection.facts.forgetQuestions()
                self = .client(inspection)
            case .session(var inspection):
                inspection.isAsked = newValue
                inspection.facts.forgetQuestions()
                self = .session(inspection)
            case .topic(var inspection):
                inspection.isAsked = newValue
                inspection.facts.forgetQuestions()
                self = .topic(inspection)
            case .message(var inspection):
                inspection.isAsked = newValue
                self = .message(inspection)
            case .help, .list, .settings, .columns, .screen: break
            }
        }
    }
}
