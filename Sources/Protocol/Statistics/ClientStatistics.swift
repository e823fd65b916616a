/// Figures about each client.
public enum ClientFigure: Int, Figure {
    case lagMessages = 0
    case lagBytes
    case oldestAge
    case pendingMessages
    case inFlightMessages
    case window
    case publishRate
    case deliverRate
    case commitRate
    case subscriptions
    case topics
    case publishedMessages
    case publishedBytes
    case deliveredMessages
    case deliveredBytes
    case committedMessages
    case gapMessages
    case duplicateMessages
    case rejectedMessages
    case connectedAt
    case roundTrip
    case lastCommitAge
    case unsentBytes
    case lostRate
    case severity
    case windowBytes
    case returnedMessages
    case parkedMessages
    case redeliveredMessages
    case absentSince
    case expiresAt
    case connections
    case publishRate10
    case publishRate60
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
    case unwritable
    case unwritableInAll
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
        case .lagMessages: "lag_messages"
        case .lagBytes: "lag_bytes"
        case .oldestAge: "oldest_age_us"
        case .pendingMessages: "pending_messages"
        case .inFlightMessages: "in_flight_messages"
        case .window: "window"
        case .publishRate: "published_per_second"
        case .deliverRate: "delivered_per_second"
        case .commitRate: "committed_per_second"
        case .subscriptions: "subscriptions"
        case .topics: "topics"
        case .publishedMessages: "published_messages"
        case .publishedBytes: "published_bytes"
        case .deliveredMessages: "delivered_messages"
        case .deliveredBytes: "delivered_bytes"
        case .committedMessages: "committed_messages"
        case .gapMessages: "gap_messages"
        case .duplicateMessages: "duplicate_messages"
        case .rejectedMessages: "rejected_messages"
        case .connectedAt: "connected_at_us"
        case .roundTrip: "round_trip_us"
        case .lastCommitAge: "last_commit_age_us"
        case .unsentBytes: "unsent_bytes"
        case .lostRate: "lost_per_second"
        case .severity: "severity"
        case .windowBytes: "window_bytes"
        case .returnedMessages: "returned_messages"
        case .parkedMessages: "parked_messages"
        case .redeliveredMessages: "redelivered_messages"
        case .absentSince: "absent_since_us"
        case .expiresAt: "expires_at_us"
        case .connections: "connections"
        case .publishRate10: "published_per_second_10s"
        case .publishRate60: "published_per_second_60s"
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
        case .unwritable: "unwritable_us"
        case .unwritableInAll: "unwritable_total_us"
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
        case .lagMessages, .pendingMessages, .inFlightMessages, .window, .publishedMessages, .deliveredMessages,
            .committedMessages, .gapMessages, .duplicateMessages, .rejectedMessages, .returnedMessages, .parkedMessages,
            .redeliveredMessages:
            .messages
        case .lagBytes, .publishedBytes, .deliveredBytes, .unsentBytes, .windowBytes: .bytes
        case .oldestAge, .roundTrip, .lastCommitAge: .microseconds
        case .publishRate, .deliverRate, .commitRate, .lostRate: .perSecond
        case .subscriptions, .topics, .severity, .connections: .count
        case .connectedAt, .absentSince, .expiresAt: .time
        case .publishRate10, .publishRate60, .deliverRate10, .deliverRate60, .commitRate10, .commitRate60: .perSecond
        case .deliveryTimeMedian, .deliveryTimeHigh, .deliveryTimeLongest, .commitTimeMedian,
            .commitTimeHigh, .commitTimeLongest, .unwritable, .unwritableInAll:
            .microseconds
        case .returnsSoFar, .overdueSoFar, .parkedSoFar, .outlivedMessages, .gapsOfAge, .gapsOfLimit,
            .gapsOfMemory, .gapsOfPurge, .gapsOfMove:
            .messages
        }
    }

    public var summary: String {
        switch self {
        case .lagMessages: "pending, in flight and returned"
        case .lagBytes: "frame bytes from the oldest uncommitted message to the head"
        case .oldestAge: "age of the oldest uncommitted message; 0: there is none"
        case .pendingMessages: "in the queue, not yet delivered"
        case .inFlightMessages: "delivered, not yet committed"
        case .window: "how many deliveries may be in flight"
        case .publishRate: "published by this client in the last second"
        case .deliverRate: "delivered to it in the last second"
        case .commitRate: "committed by it in the last second"
        case .subscriptions: "names and patterns it subscribes to"
        case .topics: "topics that its queue reads"
        case .publishedMessages: "publishes accepted since it connected"
        case .publishedBytes: "frame bytes of those"
        case .deliveredMessages: "deliveries since it connected"
        case .deliveredBytes: "frame bytes of those"
        case .committedMessages: "deliveries committed since it connected"
        case .gapMessages: "messages its queue lost to retention, history or a limit"
        case .duplicateMessages:
            "messages withheld because their key was delivered, and its own duplicate publishes"
        case .rejectedMessages: "its publishes that were refused"
        case .connectedAt: "when it connected"
        case .roundTrip: "round trip of the last ping; 0: not measured"
        case .lastCommitAge: "since its last commit; 0: it made none"
        case .unsentBytes: "written to its socket's queue, not yet taken by the kernel"
        case .lostRate:
            "of `gap_messages`, a second, smoothed; 0: none for 10 s. What was gone when it subscribed is not in it"
        case .severity:
            "to sort by: 2^52 and `lost_per_second` for a client that loses messages, else `lag_messages`"
        case .windowBytes: "how many frame bytes of deliveries may be in flight; 0: as many as the window allows"
        case .returnedMessages: "taken back, to be delivered again"
        case .parkedMessages: "put aside; they are not in the lag"
        case .redeliveredMessages: "deliveries to it of messages that had been delivered before"
        case .absentSince: "of a session without a connection: since when; else 0"
        case .expiresAt: "of a session without a connection: when it ends unless one comes; else 0"
        case .connections: "connections of its session; 0: it has none of its own"
        case .publishRate10: "published by this client a second, over the last 10 s"
        case .publishRate60: "published by this client a second, over the last 60 s"
        case .deliverRate10: "delivered to it a second, over the last 10 s"
        case .deliverRate60: "delivered to it a second, over the last 60 s"
        case .commitRate10: "committed by it a second, over the last 10 s"
        case .commitRate60: "committed by it a second, over the last 60 s"
        case .deliveryTimeMedian: "publish to delivery: half of the messages took no longer; 0: there were none lately"
        case .deliveryTimeHigh: "publish to delivery: 99 of 100 took no longer"
        case .deliveryTimeLongest: "publish to delivery: the longest of the last minutes"
        case .commitTimeMedian: "delivery to commit: half of the deliveries took no longer; 0: there were none lately"
        case .commitTimeHigh: "delivery to commit: 99 of 100 took no longer"
        case .commitTimeLongest: "delivery to commit: the longest of the last minutes"
        case .unwritable: "since when its socket takes nothing, looked at once a second; 0: it does"
        case .unwritableInAll: "how long its socket took nothing since it connected, looked at once a second"
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

/// The state of a client, as one word: judged by the broker once a second from lag and rates.
public enum ClientState: UInt8, CaseIterable, Sendable, CustomStringConvertible {
    /// It has no subscription and has not published lately.
    case idle = 0
    /// Publishes and has no subscription.
    case publishing = 1
    /// Subscribed, with little or no lag.
    case keepingUp = 2
    /// It has lag, and the lag shrinks.
    case draining = 3
    /// It has lag, and the lag grows or stays.
    case fallingBehind = 4
    /// Deliveries are in flight, and no commit has come for a while.
    case commitsStopped = 5
    /// Its window is 0, or an operator has paused it.
    case paused = 6
    /// Its publishes wait for a full topic.
    case blocked = 7
    /// The socket takes no more: the client does not read.
    case notReading = 8
    /// Its queue has lost messages lately. Wins over all others.
    case losing = 9
    /// A session to which no connection is attached.
    case absent = 10
    /// It is behind because its window has no room for what is on the way to it and back.
    case windowTooSmall = 11
    /// One message is delivered to it again and again.
    case poisoned = 12

    public var description: String {
        switch self {
        case .idle: "idle"
        case .publishing: "publishing"
        case .keepingUp: "keeping up"
        case .draining: "draining"
        case .fallingBehind: "falling behind"
        case .commitsStopped: "commits stopped"
        case .paused: "paused"
        case .blocked: "blocked"
        case .notReading: "not reading"
        case .losing: "losing"
        case .absent: "absent"
        case .windowTooSmall: "window too small"
        case .poisoned: "poisoned"
        }
    }
}

/// One row of the list of clients.
public struct ClientStatistics: Equatable, Sendable {
    /// The connection id from its WELCOME, or a session's id.
    public var id: UInt64 = 0
    public var name = ""
    public var program = ""
    public var version = ""
    public var host = ""
    /// The process id on its host, or empty.
    public var pid = ""
    /// The address it connects from, with the port.
    public var address = ""
    public var dialect = Dialect.native
    public var state = ClientState.idle
    public var figures: FigureRow<ClientFigure>
    /// The name of its session, or empty.
    public var session = ""

    public init(figures: FigureRow<ClientFigure> = FigureRow()) { self.figures = figures }

    public subscript(figure: ClientFigure) -> UInt64 {
        get { figures[figure] }
        set { figures[figure] = newValue }
    }
}

/// The figures of one client in one topic.
public struct ClientTopicStatistics: Equatable, Sendable {
    public var topicID: UInt32 = 0
    public var topic = ""
    public var figures: FigureRow<ClientTopicFigure>

    public init(figures: FigureRow<ClientTopicFigure> = FigureRow()) { self.figures = figures }

    public subscript(figure: ClientTopicFigure) -> UInt64 {
        get { figures[figure] }
        set { figures[figure] = newValue }
    }
}

/// Figures about one client in one topic.
public enum ClientTopicFigure: Int, Figure {
    case lagMessages = 0
    case lagBytes
    case oldestAge
    case pendingMessages
    case inFlightMessages
    case nextSequence
    case committedSequence
    case headSequence
    case gapMessages
    case duplicateMessages
    case lostRate
    case lossCause
    case publishRate
    case limit
    case retention
    case returnedMessages
    case parkedMessages

    public var name: String {
        switch self {
        case .lagMessages: "lag_messages"
        case .lagBytes: "lag_bytes"
        case .oldestAge: "oldest_age_us"
        case .pendingMessages: "pending_messages"
        case .inFlightMessages: "in_flight_messages"
        case .nextSequence: "next_sequence"
        case .committedSequence: "committed_sequence"
        case .headSequence: "head_sequence"
        case .gapMessages: "gap_messages"
        case .duplicateMessages: "duplicate_messages"
        case .lostRate: "lost_per_second"
        case .lossCause: "loss_cause"
        case .publishRate: "published_per_second"
        case .limit: "limit_bytes"
        case .retention: "retention_ms"
        case .returnedMessages: "returned_messages"
        case .parkedMessages: "parked_messages"
        }
    }

    public var unit: FigureUnit {
        switch self {
        case .lagMessages, .pendingMessages, .inFlightMessages, .gapMessages, .duplicateMessages, .returnedMessages,
            .parkedMessages:
            .messages
        case .lagBytes, .limit: .bytes
        case .oldestAge: .microseconds
        case .lostRate, .publishRate: .perSecond
        case .nextSequence, .committedSequence, .headSequence, .lossCause: .count
        case .retention: .milliseconds
        }
    }

    public var summary: String {
        switch self {
        case .lagMessages: "pending, in flight and returned"
        case .lagBytes: "frame bytes from the oldest uncommitted message to the head"
        case .oldestAge: "age of the oldest uncommitted message; 0: there is none"
        case .pendingMessages: "in the queue, not yet delivered"
        case .inFlightMessages: "delivered, not yet committed"
        case .nextSequence: "sequence of the next delivery"
        case .committedSequence: "sequence up to which the client is done"
        case .headSequence: "sequence of the topic's newest message"
        case .gapMessages: "messages that this queue lost to retention, history or a limit"
        case .duplicateMessages: "messages not delivered because their key was"
        case .lostRate: "of `gap_messages`, a second, smoothed; 0: none for 10 s"
        case .lossCause: "of the last loss: a reason of GAP, or 5: the broker's memory; 0: nothing was lost lately"
        case .publishRate: "accepted by the topic in the last second"
        case .limit: "what queues may hold back in the topic: its setting `limit`"
        case .retention: "how old a message of the topic may be when it is delivered; 0: any age"
        case .returnedMessages: "taken back, to be delivered again"
        case .parkedMessages: "put aside; they are not in the lag"
        }
    }
}

/// One client in detail: its row and one row for each topic that its queue reads.
public struct ClientDetail: Equatable, Sendable {
    public var client: ClientStatistics
    /// The names and patterns it subscribes to, in the order of the subscriptions.
    public var subscriptions: [String]
    public var topics: [ClientTopicStatistics]
    /// nil if its queue is not paused by an operator.
    public var pause: OperatorPause?
    /// What its state is founded on.
    public var evidence: Evidence

    public init(
        client: ClientStatistics, subscriptions: [String], topics: [ClientTopicStatistics], pause: OperatorPause? = nil,
        evidence: Evidence = Evidence()
    ) {
        self.client = client
        self.subscriptions = subscriptions
        self.topics = topics
        self.pause = pause
        self.evidence = evidence
    }
}
