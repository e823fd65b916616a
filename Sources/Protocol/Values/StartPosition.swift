/// Where a subscription starts. docs/PROTOCOL.md, "SUBSCRIBE".
public enum StartPosition: Equatable, Sendable {
    /// From now on; for topics that a pattern meets later, from their first message.
    case new
    /// From where this client's queue stands in arrival order: its accept, if nothing was delivered yet.
    case connection
    /// The earliest message that is kept.
    case earliest
    /// From this sequence on. Below the earliest kept, a gap comes first; beyond the head, the queue waits for it.
    case sequence(UInt64)
    /// The first message at or after this time, in µs since 1970 UTC.
    case time(UInt64)
    /// Where this session left off.
    case session
    /// The last messages that are kept, of each topic at most so many.
    case last(UInt64)
    /// The last message of each key that is kept, and all messages without a key; then what is new.
    case lastOfEachKey

    public var wire: (start: UInt8, argument: UInt64) {
        switch self {
        case .new: (0, 0)
        case .connection: (1, 0)
        case .earliest: (2, 0)
        case .sequence(let sequence): (3, sequence)
        case .time(let time): (4, time)
        case .session: (5, 0)
        case .last(let count): (6, count)
        case .lastOfEachKey: (7, 0)
        }
    }

    /// nil if the protocol has no such start.
    public init?(start: UInt8, argument: UInt64) {
        switch start {
        case 0: self = .new
        case 1: self = .connection
        case 2: self = .earliest
        case 3: self = .sequence(argument)
        case 4: self = .time(argument)
        case 5: self = .session
        case 6: self = .last(argument)
        case 7: self = .lastOfEachKey
        default: return nil
        }
    }

    /// Whether a subscription may fall back to it when there is nothing to continue.
    public var canBeFallback: Bool { self != .session }

    /// Whether a queue can be moved to it.
    public var canBeSought: Bool {
        switch self {
        case .new, .earliest, .sequence, .time, .last: true
        case .connection, .session, .lastOfEachKey: false
        }
    }
}
