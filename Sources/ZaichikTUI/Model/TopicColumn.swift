import ZaichikProtocol

/// The columns of the topics, from the left.
enum TopicColumn: Column {
    case name, rate, messages, dropped, bytes, held, subscribers, last
    // Where there is much room, or where they are chosen.
    case delivered, expired, refused, duplicates, delayed, limit, retention, newest

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
        case .delivered: "OUT/s"
        case .expired: "EXPIRED"
        case .refused: "REFUSED"
        case .duplicates: "DUPLICATES"
        case .delayed: "DELAYED"
        case .limit: "LIMIT"
        case .retention: "RETENTION"
        case .newest: "NEWEST"
        }
    }

    var help: String {
        switch self {
        case .name: "its name; ● it is read here, ○ by a pattern"
        case .rate: "published to it a second, or so far"
        case .messages: "messages that it keeps"
        case .dropped: "messages that it took from queues that needed them"
        case .bytes: "bytes of what it keeps"
        case .held: "bytes that queues hold back"
        case .subscribers: "clients that read it"
        case .last: "since the newest message"
        case .delivered: "delivered to its readers a second, or so far"
        case .expired: "messages removed because of their age"
        case .refused: "publishes refused"
        case .duplicates: "publishes dropped as duplicates"
        case .delayed: "messages that wait for their time"
        case .limit: "what queues may hold back"
        case .retention: "how old a message may be when it is delivered"
        case .newest: "sequence of the newest message"
        }
    }

    var width: Int {
        switch self {
        case .name: 14
        case .rate, .messages, .bytes, .held, .last, .delivered: 6
        case .dropped: 8
        case .subscribers: 5
        case .expired, .refused, .delayed: 7
        case .duplicates: 10
        case .limit: 7
        case .retention: 9
        case .newest: 10
        }
    }

    static var basicCount: Int { 8 }
    static var comfort: Int { 16 }

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
        case .delivered: 8
        case .limit: 9
        case .expired: 10
        case .refused: 11
        case .duplicates: 12
        case .retention: 13
        case .newest: 14
        case .delayed: 15
        }
    }

    var isSortable: Bool { self != .limit && self != .retention }

    var figure: TopicFigure? {
        switch self {
        case .name, .limit, .retention: nil
        case .rate: .publishRate
        case .messages: .retainedMessages
        case .dropped: .droppedMessages
        case .bytes: .retainedBytes
        case .held: .heldBytes
        case .subscribers: .subscribers
        case .last: .lastPublishAge
        case .delivered: .deliverRate
        case .expired: .expiredMessages
        case .refused: .rejectedMessages
        case .duplicates: .duplicateMessages
        case .delayed: .delayedMessages
        case .newest: .headSequence
        }
    }

    var total: TopicFigure? {
        switch self {
        case .rate: .publishedMessages
        case .delivered: .deliveredMessages
        default: nil
        }
    }

    var totalTitle: String {
        switch self {
        case .rate: "IN"
        case .delivered: "OUT"
        default: title
        }
    }
}
