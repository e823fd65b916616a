/// The reason that messages of a queue will not come. The `short` of GAP.
public enum GapReason: UInt16, CaseIterable, Sendable, CustomStringConvertible {
    /// Older than the topic's retention when their turn came, or no longer in its history.
    case expired = 1
    /// Dropped at the topic's limit.
    case limit = 2
    /// Removed by an administrator.
    case purged = 3
    /// The topic's log moved and this part was not taken along.
    case moved = 4

    public var description: String {
        switch self {
        case .expired: "expired"
        case .limit: "limit"
        case .purged: "purged"
        case .moved: "moved"
        }
    }
}

/// The cause of a loss, as the figure ``ClientTopicFigure/lossCause`` has it: the reasons of GAP under their numbers, and
/// which of two limits it was.
public enum LossCause: UInt64, CaseIterable, Sendable, CustomStringConvertible {
    /// Nothing was lost.
    case none = 0
    case expired = 1
    /// Dropped at the topic's limit.
    case limit = 2
    case purged = 3
    case moved = 4
    /// Dropped because the broker's memory had run out.
    case memory = 5

    public var description: String {
        switch self {
        case .none: "none"
        case .expired: "expired"
        case .limit: "limit"
        case .purged: "purged"
        case .moved: "moved"
        case .memory: "memory"
        }
    }
}

/// The outcome of one publish. The `short` of RECEIPT.
public enum PublishOutcome: UInt16, CaseIterable, Sendable, CustomStringConvertible {
    case accepted = 0
    /// Its key was seen within the topic's deduplication window; the sequence is the first one's.
    case duplicate = 1
    /// Kept until its `$delay` is over; it has no sequence before that.
    case delayed = 2

    public var description: String {
        switch self {
        case .accepted: "accepted"
        case .duplicate: "duplicate"
        case .delayed: "delayed"
        }
    }
}

/// The outcome of CREATE TOPIC and CREATE SESSION. A u16 in their OK, after the id.
public enum TopicOutcome: UInt16, CaseIterable, Sendable, CustomStringConvertible {
    case created = 0
    /// It existed with just these settings.
    case unchanged = 1
    /// It existed; its settings were replaced, for messages already queued too.
    case changed = 2

    public var description: String {
        switch self {
        case .created: "created"
        case .unchanged: "unchanged"
        case .changed: "changed"
        }
    }
}

/// The dialect that a connection speaks.
public enum Dialect: UInt8, CaseIterable, Sendable, CustomStringConvertible {
    case classic = 1
    case native = 2

    public var description: String {
        switch self {
        case .classic: "classic"
        case .native: "native"
        }
    }
}
