import ZaichikProtocol

/// A list over the panes, with what is under its cursor beside it or below: messages of a queue, parked messages, clients
/// that are gone, keys that a topic remembers. It is asked for again as long as it is looked at.
struct ListScreen: Equatable, Sendable {
    let subject: ListSubject
    private(set) var rows: [ListRow] = []
    /// How many there are, those that are not here included.
    private(set) var matching = 0
    /// The row with the cursor, kept by its identity while rows come and go.
    private(set) var selected: ListRow.ID?
    /// Where the cursor was last: if its row goes, it stays at this place.
    private var place = 0
    private(set) var offset = 0
    /// The rows that are meant besides the one with the cursor.
    var marked: Set<ListRow.ID> = []
    /// Why there is no list, or no newer one.
    var problem: String?
    /// Asked and not answered yet.
    var isAsked = true
    /// When it was asked for, in µs.
    var askedAt: Moment = 0
    /// Who published a message of the list, as far as that was asked.
    var origins: [ListRow.ID: String] = [:]
    /// What was looked at before, which Esc goes back to.
    let under: Overlay?

    /// How many rows are asked for at most.
    static let mostRows: UInt32 = 500

    init(_ subject: ListSubject, over under: Overlay?, now: Moment) {
        self.subject = subject
        self.under = under
        askedAt = now
    }

    var selectedIndex: Int? {
        guard let selected else { return rows.isEmpty ? nil : 0 }
        return rows.firstIndex { $0.id == selected } ?? (rows.isEmpty ? nil : min(place, rows.count - 1))
    }

    var selectedRow: ListRow? { selectedIndex.map { rows[$0] } }

    /// The marked rows, or the one with the cursor.
    var meant: [ListRow] {
        let rows = rows.filter { marked.contains($0.id) }
        return rows.isEmpty ? selectedRow.map { [$0] } ?? [] : rows
    }

    mutating func take(_ rows: [ListRow], matching: Int) {
        self.rows = rows
        self.matching = matching
        isAsked = false
        problem = nil
        let known = Set(rows.map(\.id))
        marked.formIntersection(known)
        origins = origins.filter { known.contains($0.key) }
    }

    /// - Parameter height: How many rows are seen.
    mutating func move(by distance: Int, height: Int) {
        guard let index = selectedIndex else { return }
        let target = min(max(index + max(min(distance, rows.count), -rows.count), 0), rows.count - 1)
        selected = rows[target].id
        settle(height: height)
    }

    /// Brings the cursor into what is seen.
    mutating func settle(height: Int) {
        let height = max(height, 1)
        if let index = selectedIndex {
            place = index
            if selected != nil { selected = rows[index].id }
            if index < offset { offset = index }
            if index >= offset + height { offset = index - height + 1 }
        }
        offset = max(0, min(offset, rows.count - height))
    }

    mutating func toggleMark() {
        guard let row = selectedRow else { return }
        if marked.remove(row.id) == nil { marked.insert(row.id) }
    }
}

/// What a list is of.
enum ListSubject: Hashable, Sendable {
    /// The messages of somebody's queue; nothing is taken.
    case messages(QueueSubject, label: String)
    /// The messages that a session has put aside.
    case parked(String)
    /// The clients that were connected.
    case closed
    /// The keys that a topic remembers.
    ///
    /// - Parameter window: How long, in ms.
    case keys(topic: String, window: UInt64)

    /// Whether its rows can be marked and acted on.
    var takesMarks: Bool { if case .parked = self { true } else { false } }

    /// How long an answer holds, in µs.
    var period: UInt64 {
        switch self {
        case .messages, .parked: Moment.second
        case .closed, .keys: 3 * Moment.second
        }
    }
}

/// One row of a list.
enum ListRow: Equatable, Sendable {
    case message(PeekedMessage)
    case parked(ParkedMessage)
    case closed(ClosedClient)
    case key(RememberedKey)

    enum ID: Hashable, Sendable {
        case message(String, UInt64)
        case parked(UInt64)
        case closed(UInt64, Moment)
    }

    var id: ID {
        switch self {
        case .message(let row): .message(row.message.topic, row.message.sequence)
        case .parked(let row): .parked(row.number)
        case .closed(let row): .closed(row.client.id, row.closedAt)
        case .key(let row): .message(row.message.topic, row.message.sequence)
        }
    }

    /// The message that it is about; nil if it is about a client.
    var message: ParkedMessage? {
        switch self {
        case .message(let row): row.message
        case .parked(let row): row
        case .key(let row): row.message
        case .closed: nil
        }
    }
}

/// A page of a list, as the broker tells it.
enum ListPage: Equatable, Sendable {
    case messages(RowPage<PeekedMessage>)
    case parked(RowPage<ParkedMessage>)
    case closed(RowPage<ClosedClient>)
}
