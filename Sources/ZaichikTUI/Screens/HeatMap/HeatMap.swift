import ZaichikProtocol

/// The lag of each client in each topic, as a grid: its rows are those of the Clients pane that have a queue, in that order
/// and with that filter, its columns the topics that they read.
struct HeatMap: Equatable {
    /// What came of one client.
    struct Row: Equatable {
        var pairs: [String: ClientTopicStatistics]
        var time: Moment
    }

    /// So many clients are asked about at once: those that are seen.
    static let mostAsked = 60

    var figure = HeatFigure.lag
    private(set) var rows: [UInt64: Row] = [:]
    /// The names of all columns, sorted.
    private(set) var topics: [String] = []
    /// The broker was asked, and has not answered yet.
    private(set) var isAsked = false
    private(set) var problem: String?
    /// The cursor, kept by identity while rows and columns come and go.
    private(set) var client: UInt64?
    private(set) var topic: String?
    private(set) var firstRow = 0
    private(set) var firstColumn = 0

    /// The clients that are rows.
    static func clients(_ model: Model) -> [ClientStatistics] { model.clients.rows.filter { $0[.topics] > 0 } }

    func pair(_ client: UInt64, _ topic: String) -> ClientTopicStatistics? { rows[client]?.pairs[topic] }

    /// When the broker was asked last, by its clock.
    private var askedAt: Moment = 0

    /// Whether to ask again: once a second at most, as each client is a question of its own.
    func isDue(at time: Moment) -> Bool { !isAsked && (time.since(askedAt) >= Moment.second || rows.isEmpty) }

    mutating func ask(at time: Moment) { (isAsked, askedAt) = (true, time) }
    /// After a lost connection no answer is on its way.
    mutating func disconnected() { isAsked = false }

    /// - Parameter clients: The rows that there are now: what is known of others is forgotten.
    mutating func take(_ answer: [HeatAnswer], _ problem: String?, among clients: [ClientStatistics], time: Moment) {
        isAsked = false
        self.problem = problem
        let ids = Set(clients.map(\.id))
        rows = rows.filter { ids.contains($0.key) }
        for row in answer where ids.contains(row.client) {
            let pairs = Dictionary(row.topics.map { ($0.topic, $0) }) { first, _ in first }
            rows[row.client] = Row(pairs: pairs, time: time)
        }
        // The broker's own topics are no work that anybody is behind with: they come last.
        topics = Set(rows.values.flatMap(\.pairs.keys)).sorted {
            ($0.hasPrefix("$") ? 1 : 0, $0) < ($1.hasPrefix("$") ? 1 : 0, $1)
        }
    }

    mutating func forget() {
        (rows, topics, isAsked, client, topic) = ([:], [], false, nil, nil)
        (firstRow, firstColumn) = (0, 0)
    }

    // MARK: The cursor

    /// The places of the cursor.
    func cursor(_ clients: [ClientStatistics]) -> (row: Int, column: Int) {
        let row = client.flatMap { id in clients.firstIndex { $0.id == id } } ?? 0
        let column = topic.flatMap { topics.firstIndex(of: $0) } ?? 0
        return (row, column)
    }

    mutating func move(_ clients: [ClientStatistics], rows distance: Int, columns: Int, height: Int, width: Int) {
        guard !clients.isEmpty else { return }
        let place = cursor(clients)
        let row = Self.clamped(place.row, by: distance, count: clients.count)
        let column = Self.clamped(place.column, by: columns, count: topics.count)
        client = clients[row].id
        if topics.indices.contains(column) { topic = topics[column] }
        settle(clients, height: height, width: width)
    }

    /// - Parameter row: From the first that is seen.
    mutating func press(_ clients: [ClientStatistics], row: Int) {
        if clients.indices.contains(firstRow + row) { client = clients[firstRow + row].id }
    }

    /// Keeps the cursor in sight, and no blank where there are rows or columns to show.
    mutating func settle(_ clients: [ClientStatistics], height: Int, width: Int) {
        let place = cursor(clients)
        firstRow = Self.first(firstRow, showing: place.row, seen: height, of: clients.count)
        firstColumn = Self.first(firstColumn, showing: place.column, seen: width, of: topics.count)
    }

    private static func clamped(_ place: Int, by distance: Int, count: Int) -> Int {
        min(max(place + max(min(distance, count), -count), 0), max(count - 1, 0))
    }

    private static func first(_ first: Int, showing place: Int, seen: Int, of count: Int) -> Int {
        let seen = max(seen, 1)
        let first = min(max(first, place - seen + 1), place)
        return max(0, min(first, count - seen))
    }
}

/// What the broker tells about one client in all its topics.
struct HeatAnswer: Equatable, Sendable {
    var client: UInt64
    var topics: [ClientTopicStatistics]
}
