/// Figures about each session.
public enum SessionFigure: Int, Figure {
    case connections = 0
    case lagMessages
    case lagBytes
    case oldestAge
    case pendingMessages
    case inFlightMessages
    case returnedMessages
    case parkedMessages
    case subscriptions
    case topics
    case deliveredMessages
    case committedMessages
    case redeliveredMessages
    case gapMessages
    case duplicateMessages
    case createdAt
    case absentSince
    case expiresAt
    case deliverRate
    case commitRate
    case lostRate
    case severity
    case deliverRate10
    case deliverRate60
    case commitRate10
    case commitRate60
    case deliveryTimeMedian
    case deliveryTimeHigh
    case deliveryTimeLongest
    case commitTimeMedian
    case commitTimeHigh
    case commitTimeLongest
    case returnsSoFar
    case overdueSoFar
    case parkedSoFar
    case outlivedMessages
    case gapsOfAge
    case gapsOfLimit
    case gapsOfMemory
    case gapsOfPurge
    case gapsOfMove

    public var name: String {
        switch self {
        case .connections: "connections"
        case .lagMessages: "lag_messages"
        case .lagBytes: "lag_bytes"
        case .oldestAge: "oldest_age_us"
        case .pendingMessages: "pending_messages"
        case .inFlightMessages: "in_flight_messages"
        case .returnedMessages: "returned_messages"
        case .parkedMessages: "parked_messages"
        case .subscriptions: "subscriptions"
        case .topics: "topics"
        case .deliveredMessages: "delivered_messages"
        case .committedMessages: "committed_messages"
        case .redeliveredMessages: "redelivered_messages"
        case .gapMessages: "gap_messages"
        case .duplicateMessages: "duplicate_messages"
        case .createdAt: "created_at_us"
        case .absentSince: "absent_since_us"
        case .expiresAt: "expires_at_us"
        case .deliverRate: "delivered_per_second"
        case .commitRate: "committed_per_second"
        case .lostRate: "lost_per_second"
        case .severity: "severity"
        case .deliverRate10: "delivered_per_second_10s"
        case .deliverRate60: "delivered_per_second_60s"
        case .commitRate10: "committed_per_second_10s"
        case .commitRate60: "committed_per_second_60s"
        case .deliveryTimeMedian: "delivery_p50_us"
        case .deliveryTimeHigh: "delivery_p99_us"
        case .deliveryTimeLongest: "delivery_max_us"
        case .commitTimeMedian: "commit_p50_us"
        case .commitTimeHigh: "commit_p99_us"
        case .commitTimeLongest: "commit_max_us"
        case .returnsSoFar: "returns"
        case .overdueSoFar: "overdue"
        case .parkedSoFar: "parked_so_far"
        case .outlivedMessages: "outlived_messages"
        case .gapsOfAge: "gap_expired_messages"
        case .gapsOfLimit: "gap_limit_messages"
        case .gapsOfMemory: "gap_memory_messages"
        case .gapsOfPurge: "gap_purged_messages"
        case .gapsOfMove: "gap_moved_messages"
        }
    }

    public var unit: FigureUnit {
        switch self {
        case .lagMessages, .pendingMessages, .inFlightMessages, .returnedMessages, .parkedMessages, .deliveredMessages,
            .committedMessages, .redeliveredMessages, .gapMessages, .duplicateMessages:
            .messages
        case .lagBytes: .bytes
        case .oldestAge: .microseconds
        case .createdAt, .absentSince, .expiresAt: .time
        case .deliverRate, .commitRate, .lostRate: .perSecond
        case .connections, .subscriptions, .topics, .severity: .count
        case .deliverRate10, .deliverRate60, .commitRate10, .commitRate60: .perSecond
        case .deliveryTimeMedian, .deliveryTimeHigh, .deliveryTimeLongest, .commitTimeMedian,
            .commitTimeHigh, .commitTimeLongest:
            .microseconds
        case .returnsSoFar, .overdueSoFar, .parkedSoFar, .outlivedMessages, .gapsOfAge, .gapsOfLimit,
            .gapsOfMemory, .gapsOfPurge, .gapsOfMove:
            .messages
        }
    }

    public var summary: String {
        switch self {
        case .connections: "connections that are attached to it"
        case .lagMessages: "pending, in flight and returned"
        case .lagBytes: "frame bytes from the oldest uncommitted message to the head; parked ones do not count"
        case .oldestAge: "age of the oldest uncommitted message; 0: there is none"
        case .pendingMessages: "in the queue, not yet delivered"
        case .inFlightMessages: "delivered, not yet committed, to all of its connections"
        case .returnedMessages: "taken back, to be delivered again"
        case .parkedMessages: "put aside; they are not in its lag"
        case .subscriptions: "names and patterns it subscribes to"
        case .topics: "topics that its queue reads"
        case .deliveredMessages: "deliveries since it exists, redeliveries included"
        case .committedMessages: "messages committed since it exists"
        case .redeliveredMessages: "deliveries of messages that had been delivered before"
        case .gapMessages: "messages its queue lost to retention, history, a limit or a seek"
        case .duplicateMessages: "messages withheld because their key was delivered"
        case .createdAt: "when it was created"
        case .absentSince: "since when no connection is attached; 0: one is"
        case .expiresAt: "when it ends unless a connection comes; 0: one is attached"
        case .deliverRate: "delivered in the last second"
        case .commitRate: "committed in the last second"
        case .lostRate: "of `gap_messages`, a second, smoothed; 0: none for 10 s"
        case .severity: "to sort by: 2^52 and `lost_per_second` for a session that loses messages, else `lag_messages`"
        case .deliverRate10: "delivered a second, over the last 10 s"
        case .deliverRate60: "delivered a second, over the last 60 s"
        case .commitRate10: "committed a second, over the last 10 s"
        case .commitRate60: "committed a second, over the last 60 s"
        case .deliveryTimeMedian: "publish to delivery: half of the messages took no longer; 0: there were none lately"
        case .deliveryTimeHigh: "publish to delivery: 99 of 100 took no longer"
        case .deliveryTimeLongest: "publish to delivery: the longest of the last minutes"
        case .commitTimeMedian: "delivery to commit: half of the deliveries took no longer; 0: there were none lately"
        case .commitTimeHigh: "delivery to commit: 99 of 100 took no longer"
        case .commitTimeLongest: "delivery to commit: the longest of the last minutes"
        case .returnsSoFar:
            "deliveries that clients gave back to come again, or that a lost connection left, so far"
        case .overdueSoFar: "deliveries that the commit deadline has taken back, so far"
        case .parkedSoFar: "messages put aside so far, released ones included"
        case .outlivedMessages: "messages withheld because their `$expire-after` was over"
        case .gapsOfAge: "of `gap_messages`: for their age, as far as it was told"
        case .gapsOfLimit: "of `gap_messages`: for a limit of the topic, as far as it was told"
        case .gapsOfMemory: "of `gap_messages`: for the broker's memory, as far as it was told"
        case .gapsOfPurge: "of `gap_messages`: purged or deleted with their topic, as far as it was told"
        case .gapsOfMove: "of `gap_messages`: passed by a seek, as far as it was told"
        }
    }
}

public typealias SessionQuery = ListQuery<SessionFigure>

/// One row of the list of sessions.
public struct SessionStatistics: Equatable, Sendable {
    /// Of the same numbers as connection ids.
    public var id: UInt64 = 0
    /// No other session of the name has it.
    public var incarnation: UInt64 = 0
    public var name = ""
    /// That of its queue; ``ClientState/absent`` while no connection is attached.
    public var state = ClientState.idle
    public var settings = SessionSettings()
    public var figures: FigureRow<SessionFigure>

    public init(figures: FigureRow<SessionFigure> = FigureRow()) { self.figures = figures }

    public subscript(figure: SessionFigure) -> UInt64 {
        get { figures[figure] }
        set { figures[figure] = newValue }
    }
}

/// One session in detail.
public struct SessionDetail: Equatable, Sendable {
    public var session: SessionStatistics
    /// In the order of the subscriptions.
    public var subscriptions: [Subscription]
    /// The clients that are attached.
    public var connections: [ClientStatistics]
    /// One row for each topic that its queue reads.
    public var topics: [ClientTopicStatistics]
    /// nil if its queue is not paused by an operator.
    public var pause: OperatorPause?
    /// What its state is founded on.
    public var evidence: Evidence

    /// A name or pattern that a session subscribes to.
    public struct Subscription: Equatable, Sendable {
        public var pattern: String
        public var options: SubscribeOptions

        public init(pattern: String, options: SubscribeOptions = []) {
            self.pattern = pattern
            self.options = options
        }
    }

    public init(
        session: SessionStatistics, subscriptions: [Subscription] = [], connections: [ClientStatistics] = [],
        topics: [ClientTopicStatistics] = [], pause: OperatorPause? = nil, evidence: Evidence = Evidence()
    ) {
        self.session = session
        self.subscriptions = subscriptions
        self.connections = connections
        self.topics = topics
        self.pause = pause
        self.evidence = evidence
    }
}
