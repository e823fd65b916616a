/// Figures about the broker itself.
public enum BrokerFigure: Int, Figure {
    case startedAt = 0
    case connections
    case topics
    case publishRate
    case deliverRate
    case commitRate
    case publishedMessages
    case publishedBytes
    case deliveredMessages
    case deliveredBytes
    case committedMessages
    case lagMessages
    case largestLag
    case retainedBytes
    case memoryLimit
    case gapMessages
    case duplicateMessages
    case rejectedMessages
    case connectionsOpened
    case connectionsRefused
    case protocolErrors
    case loops
    case skippedUpdates
    case batches
    case loopWakeups
    case losingClients
    case lostRate
    case droppedMessages
    case connectionLimit
    case topicLimit
    case dropRate
    case rejectRate
    case droppingTopics
    case rejectingTopics
    case blockedClients
    case requestsRefused
    case requestsRefusedLately
    case connectionsRefusedLately
    case sessions
    case absentSessions
    case sessionLimit
    case parkedMessages
    case redeliveredMessages
    case producers
    case forgottenProducers
    case drainTime
    case notAcceptingTime
    case publishRate10
    case publishRate60
    case deliverRate10
    case deliverRate60
    case commitRate10
    case commitRate60

    public var name: String {
        switch self {
        case .startedAt: "started_at_us"
        case .connections: "connections"
        case .topics: "topics"
        case .publishRate: "published_per_second"
        case .deliverRate: "delivered_per_second"
        case .commitRate: "committed_per_second"
        case .publishedMessages: "published_messages"
        case .publishedBytes: "published_bytes"
        case .deliveredMessages: "delivered_messages"
        case .deliveredBytes: "delivered_bytes"
        case .committedMessages: "committed_messages"
        case .lagMessages: "lag_messages"
        case .largestLag: "largest_lag_messages"
        case .retainedBytes: "retained_bytes"
        case .memoryLimit: "memory_limit_bytes"
        case .gapMessages: "gap_messages"
        case .duplicateMessages: "duplicate_messages"
        case .rejectedMessages: "rejected_messages"
        case .connectionsOpened: "connections_opened"
        case .connectionsRefused: "connections_refused"
        case .protocolErrors: "protocol_errors"
        case .loops: "loops"
        case .skippedUpdates: "skipped_updates"
        case .batches: "batches"
        case .loopWakeups: "loop_wakeups"
        case .losingClients: "losing_clients"
        case .lostRate: "lost_per_second"
        case .droppedMessages: "dropped_messages"
        case .connectionLimit: "connection_limit"
        case .topicLimit: "topic_limit"
        case .dropRate: "dropped_per_second"
        case .rejectRate: "rejected_per_second"
        case .droppingTopics: "dropping_topics"
        case .rejectingTopics: "rejecting_topics"
        case .blockedClients: "blocked_clients"
        case .requestsRefused: "requests_refused"
        case .requestsRefusedLately: "requests_refused_lately"
        case .connectionsRefusedLately: "connections_refused_lately"
        case .sessions: "sessions"
        case .absentSessions: "absent_sessions"
        case .sessionLimit: "session_limit"
        case .parkedMessages: "parked_messages"
        case .redeliveredMessages: "redelivered_messages"
        case .producers: "producers"
        case .forgottenProducers: "forgotten_producers"
        case .drainTime: "drain_age_us"
        case .notAcceptingTime: "not_accepting_age_us"
        case .publishRate10: "published_per_second_10s"
        case .publishRate60: "published_per_second_60s"
        case .deliverRate10: "delivered_per_second_10s"
        case .deliverRate60: "delivered_per_second_60s"
        case .commitRate10: "committed_per_second_10s"
        case .commitRate60: "committed_per_second_60s"
        }
    }

    public var unit: FigureUnit {
        switch self {
        case .startedAt: .time
        case .drainTime, .notAcceptingTime: .microseconds
        case .publishRate, .deliverRate, .commitRate, .lostRate, .dropRate, .rejectRate: .perSecond
        case .publishedMessages, .deliveredMessages, .committedMessages, .lagMessages, .largestLag, .gapMessages,
            .duplicateMessages, .rejectedMessages, .droppedMessages, .parkedMessages, .redeliveredMessages:
            .messages
        case .publishedBytes, .deliveredBytes, .retainedBytes, .memoryLimit: .bytes
        case .connections, .topics, .connectionsOpened, .connectionsRefused, .protocolErrors, .loops, .skippedUpdates,
            .batches, .loopWakeups, .losingClients, .connectionLimit, .topicLimit, .droppingTopics, .rejectingTopics,
            .blockedClients, .requestsRefused, .requestsRefusedLately, .connectionsRefusedLately, .sessions,
            .absentSessions, .sessionLimit, .producers, .forgottenProducers:
            .count
        case .publishRate10, .publishRate60, .deliverRate10, .deliverRate60, .commitRate10, .commitRate60: .perSecond
        }
    }

    public var summary: String {
        switch self {
        case .startedAt: "when the broker started"
        case .connections: "connections open, those not greeted yet included"
        case .topics: "topics"
        case .publishRate: "accepted in the last second"
        case .deliverRate: "delivered in the last second"
        case .commitRate: "committed in the last second"
        case .publishedMessages: "accepted since it started"
        case .publishedBytes: "frame bytes of those"
        case .deliveredMessages: "delivered since it started"
        case .deliveredBytes: "frame bytes of those"
        case .committedMessages: "committed since it started"
        case .lagMessages: "the lag of all clients together"
        case .largestLag: "the lag of the client that has most"
        case .retainedBytes: "memory of messages, queues and all else that clients make grow"
        case .memoryLimit: "how much that may be"
        case .gapMessages: "messages in the gaps that queues have come to"
        case .duplicateMessages: "messages dropped at publish, or withheld from a client, as duplicates"
        case .rejectedMessages: "publishes refused"
        case .connectionsOpened: "connections accepted since it started, those turned away included"
        case .connectionsRefused: "connections turned away at the limit"
        case .protocolErrors: "connections ended because of what they sent"
        case .loops: "event loops that serve clients"
        case .skippedUpdates: "updates not sent to watchers that did not read"
        case .batches: "runs of messages appended to a topic at once"
        case .loopWakeups: "times that one event loop woke another"
        case .losingClients: "clients whose queues have lost messages lately"
        case .lostRate: "of `gap_messages`, a second, smoothed: the sum over the clients"
        case .droppedMessages:
            "messages that topics took from queues at their limit or for lack of memory, each counted once"
        case .connectionLimit: "how many clients may be connected"
        case .topicLimit: "how many topics there may be"
        case .dropRate: "of `dropped_messages`, in the last second"
        case .rejectRate: "publishes refused in the last second"
        case .droppingTopics: "topics that dropped messages in the last 10 s"
        case .rejectingTopics: "topics that refused publishes in the last 10 s"
        case .blockedClients: "clients whose publishes wait for room"
        case .requestsRefused: "requests refused because a limit was reached"
        case .requestsRefusedLately: "of those, in the last 10 s"
        case .connectionsRefusedLately: "connections turned away in the last 10 s"
        case .sessions: "sessions"
        case .absentSessions: "sessions to which no connection is attached"
        case .sessionLimit: "how many sessions there may be"
        case .parkedMessages: "parked messages of all queues"
        case .redeliveredMessages: "deliveries of messages that had been delivered before"
        case .producers: "named producers that are remembered, with a connection or without"
        case .forgottenProducers: "producers that were forgotten before their time, as there were too many"
        case .drainTime: "since an operator has the broker drained; 0: it takes publishes"
        case .notAcceptingTime: "since an operator has it take no new connections; 0: it takes them"
        case .publishRate10: "accepted a second, over the last 10 s"
        case .publishRate60: "accepted a second, over the last 60 s"
        case .deliverRate10: "delivered a second, over the last 10 s"
        case .deliverRate60: "delivered a second, over the last 60 s"
        case .commitRate10: "committed a second, over the last 10 s"
        case .commitRate60: "committed a second, over the last 60 s"
        }
    }
}

public typealias BrokerStatistics = FigureRow<BrokerFigure>

/// The rows that a list or a watch wants: sorted, filtered and limited by the broker, not by the reader.
public struct ListQuery<F: Figure>: Hashable, Sendable {
    /// The longest filter, in bytes of UTF-8: as long as the longest name.
    public static var longestFilter: Int { TopicName.maximumLength }

    /// The figure to sort by; nil to sort by name.
    public var sort: F?
    public var descending: Bool
    /// The most rows; 0 for just the count of all that match.
    public var limit: UInt32
    /// Only rows whose name has this text in it, upper and lower case alike; empty: all. For clients the
    /// program, the host and the address are looked at too. At most ``longestFilter`` bytes, or the broker refuses it.
    public var filter: String

    /// - Parameter descending: By default, figures fall and names rise.
    public init(sort: F? = nil, descending: Bool? = nil, limit: UInt32 = 1000, filter: String = "") {
        self.sort = sort
        self.descending = descending ?? (sort != nil)
        self.limit = limit
        self.filter = filter
    }
}

public typealias ClientQuery = ListQuery<ClientFigure>
public typealias TopicQuery = ListQuery<TopicFigure>

/// The rows that a watcher wants, and how often.
public struct WatchRequest: Equatable, Sendable {
    /// The shortest interval that a broker grants, in ms.
    public static let shortestInterval: UInt32 = 100

    /// The time between two updates, in ms; clamped to 100 ms and 1 h.
    public var interval: UInt32
    /// The clients wanted; nil for no rows of clients.
    public var clients: ClientQuery?
    /// The topics wanted; nil for no rows of topics.
    public var topics: TopicQuery?

    public init(interval: UInt32 = 1000, clients: ClientQuery? = nil, topics: TopicQuery? = nil) {
        self.interval = interval
        self.clients = clients
        self.topics = topics
    }
}

/// One pushed update: the broker's figures and the rows that the watcher asked for.
public struct StatisticsUpdate: Equatable, Sendable {
    /// The broker's clock when the figures were gathered, in µs since 1970 UTC.
    public var time: UInt64
    public var broker: BrokerStatistics
    /// nil if not asked for.
    public var clients: RowPage<ClientStatistics>?
    /// nil if not asked for.
    public var topics: RowPage<TopicStatistics>?

    public init(
        time: UInt64, broker: BrokerStatistics, clients: RowPage<ClientStatistics>? = nil,
        topics: RowPage<TopicStatistics>? = nil
    ) {
        self.time = time
        self.broker = broker
        self.clients = clients
        self.topics = topics
    }
}

/// The first rows of those that match, and how many match in all.
public struct RowPage<Row: Equatable & Sendable>: Equatable, Sendable {
    public var rows: [Row]
    public var matching: Int

    public init(rows: [Row], matching: Int) {
        self.rows = rows
        self.matching = matching
    }
}
