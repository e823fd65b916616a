import ZaichikProtocol

/// The state from which the screen is drawn.
struct Model: Equatable {
    var size: Size
    /// Local time's distance from UTC, in seconds.
    var utcOffset: Int = 0

    var broker: BrokerState
    var clients = ClientTable(sort: .lag, descending: true)
    var lagHistories: [UInt64: LagHistory] = [:]
    var topics = TopicTable(sort: .name, descending: false)
    var subscriptions: [Subscription] = []
    var messages = MessageLog()
    var payloadFormat = PayloadFormat.json
    var commits: CommitState
    var publish = PublishForm()
    var topicColors = TopicColors()

    var panes: PaneState
    var overlay: Overlay?
    var prompt: Prompt?
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

    /// A table has so many rows, even if a broker sends more.
    static let mostRows = 500

    /// The statistics to ask the broker for.
    var watchRequest: WatchRequest {
        WatchRequest(
            interval: 500,
            clients: ClientQuery(
                sort: clients.sort.figure, descending: clients.descending, limit: UInt32(Self.mostRows),
                filter: clients.filter),
            topics: TopicQuery(
                sort: topics.sort.figure, descending: topics.descending, limit: UInt32(Self.mostRows),
                filter: topics.filter))
    }

    /// This program's own row, if it is among those that are shown.
    var ownRow: ClientStatistics? {
        guard let id = broker.connection.ownID else { return nil }
        return clients.rows.first { $0.id == id }
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
