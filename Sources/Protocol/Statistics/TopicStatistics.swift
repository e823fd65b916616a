/// Figures about each topic.
public enum TopicFigure: Int, Figure {
    case headSequence = 0
    case earliestSequence
    case retainedMessages
    case retainedBytes
    case publishRate
    case publishedMessages
    case publishedBytes
    case subscribers
    case heldBytes
    case duplicateMessages
    case rejectedMessages
    case droppedMessages
    case expiredMessages
    case deduplicationKeys
    case lastPublishAge
    case dropRate
    case blockedPublishers
    case rejectRate
    case delayedMessages
    case outlivedMessages
    case purgedMessages
    case pausedTime
    case publishRate10
    case publishRate60
    case deliveredMessages
    case deliverRate
    case deliverRate10
    case deliverRate60

    public var name: String {
        switch self {
        case .headSequence: "head_sequence"
        case .earliestSequence: "earliest_sequence"
        case .retainedMessages: "retained_messages"
        case .retainedBytes: "retained_bytes"
        case .publishRate: "published_per_second"
        case .publishedMessages: "published_messages"
        case .publishedBytes: "published_bytes"
        case .subscribers: "subscribers"
        case .heldBytes: "held_bytes"
        case .duplicateMessages: "duplicate_messages"
        case .rejectedMessages: "rejected_messages"
        case .droppedMessages: "dropped_messages"
        case .expiredMessages: "expired_messages"
        case .deduplicationKeys: "dedup_keys"
        case .lastPublishAge: "last_publish_age_us"
        case .dropRate: "dropped_per_second"
        case .blockedPublishers: "blocked_publishers"
        case .rejectRate: "rejected_per_second"
        case .delayedMessages: "delayed_messages"
        case .outlivedMessages: "outlived_messages"
        case .purgedMessages: "purged_messages"
        case .pausedTime: "pause_age_us"
        case .publishRate10: "published_per_second_10s"
        case .publishRate60: "published_per_second_60s"
        case .deliveredMessages: "delivered_messages"
        case .deliverRate: "delivered_per_second"
        case .deliverRate10: "delivered_per_second_10s"
        case .deliverRate60: "delivered_per_second_60s"
        }
    }

    public var unit: FigureUnit {
        switch self {
        case .retainedMessages, .publishedMessages, .duplicateMessages, .rejectedMessages, .droppedMessages,
            .expiredMessages, .delayedMessages, .outlivedMessages, .purgedMessages:
            .messages
        case .retainedBytes, .publishedBytes, .heldBytes: .bytes
        case .publishRate, .dropRate, .rejectRate: .perSecond
        case .headSequence, .earliestSequence, .subscribers, .deduplicationKeys, .blockedPublishers: .count
        case .lastPublishAge, .pausedTime: .microseconds
        case .publishRate10, .publishRate60, .deliverRate, .deliverRate10, .deliverRate60: .perSecond
        case .deliveredMessages: .messages
        }
    }

    public var summary: String {
        switch self {
        case .headSequence: "sequence of the newest message; 0: none was published"
        case .earliestSequence: "sequence of the earliest message that a new subscriber can get"
        case .retainedMessages: "messages kept"
        case .retainedBytes: "frame bytes of those"
        case .publishRate: "accepted in the last second"
        case .publishedMessages: "accepted since the topic exists"
        case .publishedBytes: "frame bytes of those"
        case .subscribers: "clients whose queue reads the topic"
        case .heldBytes: "kept because a queue is not done with it"
        case .duplicateMessages: "publishes dropped as duplicates, for scope topic"
        case .rejectedMessages: "publishes refused"
        case .droppedMessages: "messages that its limit or that of memory took from queues not done with them"
        case .expiredMessages: "messages removed because of their age"
        case .deduplicationKeys: "keys in the deduplication window, for scope topic"
        case .lastPublishAge: "since the newest message; 0: there is none"
        case .dropRate: "of `dropped_messages`, a second, smoothed; 0: none for 10 s"
        case .blockedPublishers: "clients whose publishes wait for room in the topic"
        case .rejectRate: "publishes refused in the last second"
        case .delayedMessages: "messages that wait for their `$delay` to be over"
        case .outlivedMessages: "messages withheld from a reader because their `$expire-after` was over"
        case .purgedMessages: "messages that operators removed from the topic"
        case .pausedTime: "since an operator paused publishes to it; 0: it takes them"
        case .publishRate10: "accepted a second, over the last 10 s"
        case .publishRate60: "accepted a second, over the last 60 s"
        case .deliveredMessages: "deliveries to all of its readers since the topic exists"
        case .deliverRate: "deliveries to all of its readers in the last second"
        case .deliverRate10: "deliveries to its readers a second, over the last 10 s"
        case .deliverRate60: "deliveries to its readers a second, over the last 60 s"
        }
    }
}

/// One row of the list of topics.
public struct TopicStatistics: Equatable, Sendable {
    public var id: UInt32 = 0
    public var name = ""
    public var settings = TopicSettings()
    public var figures: FigureRow<TopicFigure>

    public init(figures: FigureRow<TopicFigure> = FigureRow()) { self.figures = figures }

    public subscript(figure: TopicFigure) -> UInt64 {
        get { figures[figure] }
        set { figures[figure] = newValue }
    }
}
