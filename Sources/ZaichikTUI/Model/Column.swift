import ZaichikProtocol

/// A column of a table: its title, its width, and when it is left out for lack of room.
protocol Column: CaseIterable, Hashable, Sendable where AllCases == [Self] {
    var title: String { get }
    /// Columns of the screen, without the gap to the next one.
    var width: Int { get }
    /// The width to which it shrinks on the narrowest screens, before one of the ``coreCount`` columns is left out.
    var narrowest: Int { get }
    var isNumber: Bool { get }
    /// Columns with a greater rank are left out first.
    var rank: Int { get }
    /// Whether rows can be sorted by it.
    var isSortable: Bool { get }
}

extension Column {
    /// How many columns, by rank, stay as long as they fit when shrunk.
    static var coreCount: Int { 3 }
    var narrowest: Int { width }
}

/// The columns of the clients, from the left.
enum ClientColumn: Column {
    case name, state, lag, trend, bytes, oldest, published, delivered, inFlight, topics

    var title: String {
        switch self {
        case .name: "NAME"
        case .state: "STATE"
        case .lag: "LAG"
        case .trend: "LAG OVER TIME"
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
        case .state: 15
        case .lag: 6
        case .trend: 13
        case .bytes: 6
        case .oldest: 7
        case .published, .delivered: 6
        case .inFlight: 11
        case .topics: 6
        }
    }

    var narrowest: Int { self == .name ? 8 : width }

    var isNumber: Bool { self != .name && self != .state && self != .trend }

    var rank: Int {
        switch self {
        case .name: 0
        case .lag: 1
        case .state: 2
        case .oldest: 3
        case .delivered: 4
        case .inFlight: 5
        case .trend: 6
        case .published: 7
        case .bytes: 8
        case .topics: 9
        }
    }

    var isSortable: Bool { self != .trend }

    /// The figure by which the broker sorts for it; nil: by name.
    var figure: ClientFigure? {
        switch self {
        case .name: nil
        case .state, .lag, .trend: .lagMessages
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
    case name, rate, messages, bytes, held, subscribers, last

    var title: String {
        switch self {
        case .name: "NAME"
        case .rate: "IN/s"
        case .messages: "KEPT"
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
        case .subscribers: 5
        case .last: 6
        }
    }

    var isNumber: Bool { self != .name }

    var rank: Int {
        switch self {
        case .name: 0
        case .rate: 1
        case .messages: 2
        case .subscribers: 3
        case .bytes: 4
        case .held: 5
        case .last: 6
        }
    }

    var isSortable: Bool { true }

    /// The figure by which the broker sorts for it; nil: by name.
    var figure: TopicFigure? {
        switch self {
        case .name: nil
        case .rate: .publishRate
        case .messages: .retainedMessages
        case .bytes: .retainedBytes
        case .held: .heldBytes
        case .subscribers: .subscribers
        case .last: .lastPublishAge
        }
    }
}
