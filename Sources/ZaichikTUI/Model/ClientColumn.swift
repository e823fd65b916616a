import ZaichikProtocol

/// The columns of the clients, from the left.
enum ClientColumn: Column {
    case name, state, lag, lost, trend, bytes, oldest, published, delivered, inFlight, topics
    // Where there is much room, or where they are chosen.
    case committed, commitTime, deliveryTime, roundTrip, unsent, returned, parked, connected, program, address

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
        case .committed: "COMMIT/s"
        case .commitTime: "COMMITS IN"
        case .deliveryTime: "ARRIVES IN"
        case .roundTrip: "RTT"
        case .unsent: "UNSENT"
        case .returned: "RETURNED"
        case .parked: "PARKED"
        case .connected: "UP"
        case .program: "PROGRAM"
        case .address: "ADDRESS"
        }
    }

    var help: String {
        switch self {
        case .name: "its name; of a session, how many share it or when it ends"
        case .state: "the broker's verdict; sorts the worst first"
        case .lag: "messages that it has not committed"
        case .lost: "messages that its queue has lost"
        case .trend: "the lag over time"
        case .bytes: "bytes that it holds back"
        case .oldest: "age of the oldest message that it has not committed"
        case .published: "published by it a second, or so far"
        case .delivered: "delivered to it a second, or so far"
        case .inFlight: "delivered and not committed, of its window"
        case .topics: "topics that its queue reads"
        case .committed: "committed by it a second, or so far"
        case .commitTime: "from delivery to commit: 99 of 100 took no longer"
        case .deliveryTime: "from publish to delivery: 99 of 100 took no longer"
        case .roundTrip: "from the broker to it and back"
        case .unsent: "bytes that its socket has not taken"
        case .returned: "messages that are to come again"
        case .parked: "messages that are put aside"
        case .connected: "since when it is connected"
        case .program: "its program and version"
        case .address: "where it connects from"
        }
    }

    var width: Int {
        switch self {
        case .name, .state: 16
        case .lag, .lost, .bytes, .published, .delivered, .topics, .unsent, .parked: 6
        case .trend: 9
        case .oldest, .connected: 7
        case .inFlight: 11
        case .committed, .roundTrip, .returned: 8
        case .commitTime, .deliveryTime: 10
        case .program: 18
        case .address: 21
        }
    }

    static var coreCount: Int { 4 }
    static var basicCount: Int { 11 }
    static var comfort: Int { 40 }

    var narrowest: Int {
        switch self {
        case .name: 8
        case .state: 12
        case .lag, .lost: 5
        default: width
        }
    }

    var isNumber: Bool {
        switch self {
        case .name, .state, .trend, .program, .address: false
        default: true
        }
    }

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
        case .commitTime: 11
        case .committed: 12
        case .connected: 13
        case .program: 14
        case .deliveryTime: 15
        case .address: 16
        case .roundTrip: 17
        case .parked: 18
        case .returned: 19
        case .unsent: 20
        }
    }

    var isSortable: Bool { self != .trend && self != .program && self != .address }

    var figure: ClientFigure? {
        switch self {
        case .name, .program, .address: nil
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
        case .committed: .commitRate
        case .commitTime: .commitTimeHigh
        case .deliveryTime: .deliveryTimeHigh
        case .roundTrip: .roundTrip
        case .unsent: .unsentBytes
        case .returned: .returnedMessages
        case .parked: .parkedMessages
        case .connected: .connectedAt
        }
    }

    var total: ClientFigure? {
        switch self {
        case .published: .publishedMessages
        case .delivered: .deliveredMessages
        case .committed: .committedMessages
        default: nil
        }
    }

    var totalTitle: String {
        switch self {
        case .published: "IN"
        case .delivered: "OUT"
        case .committed: "COMMITS"
        default: title
        }
    }
}
