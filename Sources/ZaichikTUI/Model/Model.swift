import ZaichikProtocol

/// The state from which the screen is drawn.
struct Model: Equatable {
    var size: Size
    /// Local time's distance from UTC, in seconds.
    var utcOffset: Int = 0

    var broker: BrokerState
    var clients = ClientTable(sort: .state, descending: true)
    var lagHistories: [UInt64: LagHistory] = [:]
    var topics = TopicTable(sort: .name, descending: false)
    var subscriptions: [Subscription] = []
    var messages = MessageLog()
    /// The topic whose messages are shown in place of those; nil if none is.
    var browse: Browse?
    /// What is searched for in the messages.
    var search: TextSearch?
    var payloadFormat = PayloadFormat.json
    var commits: CommitState
    var publish = PublishForm()
    var topicColors = TopicColors()
    /// The states of the panes in Screens.
    var screens = ScreenStates()

    var panes: PaneState
    var overlay: Overlay?
    var drawer = DrawerState()
    /// An act that is chosen or confirmed, over everything else.
    var acts: ActDialog?
    /// Whether this program may change nothing at the broker.
    var isReadOnly = false
    var prompt: Prompt?
    var palette = PaletteState()
    var profiles = ProfileState()
    var theme = ThemeName.standard
    /// nil if nobody takes it.
    var tour: Tour?
    var notice: Notice?
    /// Statistics that came while display was paused; shown when the pause ends.
    var pausedUpdate: StatisticsUpdate?
    var isMouseOn = true
    var isQuitting = false

    init(size: Size, address: String, window: UInt32 = CommitState.standardWindow, panes: PaneTable = .standard) {
        self.size = size
        broker = BrokerState(address: address)
        commits = CommitState(window: window)
        self.panes = PaneState(panes)
    }

    var focus: Pane { panes.focus }
    var isDisplayPaused: Bool { messages.frozenAt != nil }

    /// The statistics to ask the broker for.
    var watchRequest: WatchRequest {
        WatchRequest(interval: 500, clients: clients.query, topics: topics.query)
    }

    /// This program's own row, if it is among those that are shown.
    var ownRow: ClientStatistics? {
        guard let id = broker.connection.ownID else { return nil }
        return clients.rows.first { $0.id == id }
    }

    /// Whether a name is that of a topic that does not exist. Not as long as some of the topics may be missing here.
    func isNewTopic(_ text: String) -> Bool {
        guard broker.connection.isConnected, broker.figures != nil, topics.isWhole, (try? TopicName(text)) != nil else {
            return false
        }
        return !topics.rows.contains { $0.name == text }
    }

    /// The subscriptions by which a topic is read.
    func subscriptions(matching topic: String) -> [Subscription] {
        guard let name = try? TopicName(topic) else { return [] }
        return subscriptions.filter { $0.pattern.matches(name) }
    }
}

/// A text that stands on the status line for a while.
struct Notice: Equatable {
    var text: String
    var isBad = false
    var until: Moment
}
