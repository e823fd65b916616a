import ZaichikProtocol

/// A column of a table: its title, its width, and when it is left out for lack of room.
protocol Column: CaseIterable, Hashable, Sendable where AllCases == [Self] {
    var title: String { get }
    /// Columns of the screen, without the gap to the next one.
    var width: Int { get }
    /// The width to which it shrinks on the narrowest screens, before one of the ``coreCount`` columns is left out.
    var narrowest: Int { get }
    var isNumber: Bool { get }
    /// How many columns, by rank, stay as long as they fit when shrunk.
    static var coreCount: Int { get }
    /// Columns with a greater rank are left out first.
    var rank: Int { get }
    /// Whether rows can be sorted by it.
    var isSortable: Bool { get }

    associatedtype F: Figure
    /// The figure by which the broker sorts for it; nil: by name.
    var figure: F? { get }
}

extension Column {
    static var coreCount: Int { 3 }
    var narrowest: Int { width }
}

/// The columns of the clients, from the left.
enum ClientColumn: Column {
    case name, state, lag, lost, trend, bytes, oldest, published, delivered, inFlight, topics

    var title: String {
        switch self {
        case .name: "NAME"
        case .state: "STATE"
        case .lag: "LAG"
        case .lost: "LOST"
        case .trend: "OVER TIME"
        case .bytes: "BYTES"
        case .oldest: "OLDEST"
        case .published: "IN/s"
        case .delivered: "OUT/s"
        case .inFlight: "FLIGHT/WIN"
        case .topics: "TOPICS"
        }
    }

    var width: Int {
        switch self {
        case .name: 16
        case .state: 16
        case .lag, .lost: 6
        case .trend: 9
        case .bytes: 6
        case .oldest: 7
        case .published, .delivered: 6
        case .inFlight: 11
        case .topics: 6
        }
    }

    static var coreCount: Int { 4 }

    var narrowest: Int {
        switch self {
        case .name: 8
        case .state: 12
        case .lag, .lost: 5
        default: width
        }
    }

    var isNumber: Bool { self != .name && self != .state && self != .trend }

    var rank: Int {
        switch self {
        case .name: 0
        case .lost: 1
        case .lag: 2
        case .state: 3
        case .trend: 4
        case .oldest: 5
        case .delivered: 6
        case .inFlight: 7
        case .published: 8
        case .bytes: 9
        case .topics: 10
        }
    }

    var isSortable: Bool { self != .trend }

    /// The figure by which the broker sorts for it; nil: by name.
    var figure: ClientFigure? {
        switch self {
        case .name: nil
        // The worst first: those that lose messages, then those with the largest lag.
        case .state: .severity
        case .lag, .trend: .lagMessages
        case .lost: .gapMessages
        case .bytes: .lagBytes
        case .oldest: .oldestAge
        case .published: .publishRate
        case .delivered: .deliverRate
        case .inFlight: .inFlightMessages
        case .topics: .topics
        }
    }
}

/// The columns of the topics, from the left.
enum TopicColumn: Column {
    case name, rate, messages, dropped, bytes, held, subscribers, last

    var title: String {
        switch self {
        case .name: "NAME"
        case .rate: "IN/s"
        case .messages: "KEPT"
        case .dropped: "DROPPED"
        case .bytes: "BYTES"
        case .held: "HELD"
        case .subscribers: "SUBS"
        case .last: "LAST"
        }
    }

    var width: Int {
        switch self {
        case .name: 14
        case .rate: 6
        case .messages, .bytes, .held: 6
        case .dropped: 8
        case .subscribers: 5
        case .last: 6
        }
    }

    var narrowest: Int { self == .name ? 8 : width }

    var isNumber: Bool { self != .name }

    var rank: Int {
        switch self {
        case .name: 0
        case .dropped: 1
        case .rate: 2
        case .messages: 3
        case .subscribers: 4
        case .bytes: 5
        case .held: 6
        case .last: 7
        }
    }

    var isSortable: Bool { true }

    /// The figure by which the broker sorts for it; nil: by name.
    var figure: TopicFigure? {
        switch self {
        case .name: nil
        case .rate: .publishRate
        case .messages: .retainedMessages
        case .dropped: .droppedMessages
        case .bytes: .retainedBytes
        case .held: .heldBytes
        case .subscribers: .subscribers
        case .last: .lastPublishAge
        }
    }
}
