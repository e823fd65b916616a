import ZaichikProtocol

/// Everything that the screen is made from.
struct Model: Equatable {
    var size: Size
    var address: String
    var isDemo = false
    /// Local time's distance from UTC, in seconds.
    var utcOffset: Int = 0

    var connection = Connection.connecting(attempt: 1)
    var roundTrip: Duration?
    /// The broker holds this program's publishes back.
    var isBlocked = false
    var broker: BrokerStatistics?

    var clients = ClientTable(sort: .lag, descending: true)
    var lagHistories: [UInt64: LagHistory] = [:]
    var topics = TopicTable(sort: .name, descending: false)
    var subscriptions: [Subscription] = []
    var messages = MessageLog()
    var payloadFormat = PayloadFormat.json
    var commits: CommitState
    var publish = PublishForm()
    var topicColors = TopicColors()

    var focus = Pane.clients
    /// Which panes are seen where there is not room for all.
    var table = Pane.clients
    var stream = Pane.messages
    var isZoomed = false
    var overlay: Overlay?
    var prompt: Prompt?
    var notice: Notice?
    /// Statistics that came while display was paused; shown when it goes on.
    var pausedUpdate: StatisticsUpdate?
    var isDisplayPaused: Bool { messages.frozenAt != nil }
    var isMouseOn = true
    var isQuitting = false

    init(size: Size, address: String, window: UInt32 = 256) {
        self.size = size
        self.address = address
        commits = CommitState(window: window)
    }

    var layout: ScreenLayout {
        ScreenLayout(
            size: size, focus: focus, table: table, stream: stream, zoomed: isZoomed, statusRows: StatusLine.rows(self))
    }

    /// The statistics that are wanted of the broker.
    var watchRequest: WatchRequest {
        WatchRequest(
            interval: 500,
            clients: ClientQuery(
                sort: clients.sort.figure, descending: clients.descending, limit: 500, filter: clients.filter),
            topics: TopicQuery(
                sort: topics.sort.figure, descending: topics.descending, limit: 500, filter: topics.filter))
    }

    /// This program's own row, if it is among those that are shown.
    var ownRow: ClientStatistics? {
        guard let id = connection.ownID else { return nil }
        return clients.rows.first { $0.id == id }
    }

    var selectedTopic: TopicStatistics? {
        topics.index(of: topics.selected, by: \.name).map { topics.rows[$0] }
    }

    var selectedClient: ClientStatistics? {
        clients.index(of: clients.selected, by: \.id).map { clients.rows[$0] }
    }

    /// The subscriptions by which a topic is read.
    func subscriptions(matching topic: String) -> [Subscription] {
        guard let name = try? TopicName(topic) else { return [] }
        return subscriptions.filter { $0.pattern.matches(name) }
    }
}

/// Says something on the status line for a while.
struct Notice: Equatable {
    var text: String
    var isBad = false
    var until: Moment
}

/// Which colour a topic has: in the order in which they came, so that the first ones differ.
struct TopicColors: Equatable {
    private static let maximumRemembered = 1000
    private var numbers: [String: Int] = [:]

    mutating func assign(_ topic: String) {
        if numbers[topic] == nil, numbers.count < Self.maximumRemembered { numbers[topic] = numbers.count }
    }

    subscript(topic: String) -> Int {
        numbers[topic] ?? topic.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
    }
}
