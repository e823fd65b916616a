/// The settings of a topic: what it keeps, and what it does with equal keys.
///
/// docs/PROTOCOL.md, "Topic settings", has the wire's tags; ``Tag`` is their only table in code.
public struct TopicSettings: SettingsTable {
    /// How old a message may be when it is delivered, in ms; 0 for any age.
    public var retention: UInt64 = 0
    /// How much is kept for later subscribers when no queue needs it any more, in frame bytes.
    public var historyBytes: UInt64 = 16 << 20
    /// How many messages are kept for later subscribers; 0 for as many as `historyBytes` allows.
    public var historyCount: UInt64 = 0
    /// How much queues that lag may hold back, in frame bytes.
    public var limit: UInt64 = 1 << 30
    /// How long an equal key is dropped, in ms; 0 for never.
    public var deduplicationWindow: UInt64 = 0
    // The small ones come last, so that they share a word.
    /// What happens at the limit.
    public var overflow: Overflow = .drop
    /// The scope in which equal keys are searched for.
    public var deduplicationScope: DeduplicationScope = .consumer

    public init() {}

    /// One setting on the wire: its tag, name, unit and meaning.
    public enum Tag: UInt8, SettingTag {
        case retention = 1
        case historyBytes = 2
        case historyCount = 3
        case limit = 4
        case overflow = 5
        case deduplicationWindow = 6
        case deduplicationScope = 7

        public var name: String {
            switch self {
            case .retention: "retention"
            case .historyBytes: "history-bytes"
            case .historyCount: "history-count"
            case .limit: "limit"
            case .overflow: "overflow"
            case .deduplicationWindow: "dedup-window"
            case .deduplicationScope: "dedup-scope"
            }
        }

        public var unit: String {
            switch self {
            case .retention, .deduplicationWindow: "ms"
            case .historyBytes, .limit: "bytes"
            case .historyCount: "messages"
            case .overflow: "0 drop, 1 reject, 2 block"
            case .deduplicationScope: "0 consumer, 1 topic"
            }
        }

        public var summary: String {
            switch self {
            case .retention: "how old a message may be when it is delivered; 0: any age"
            case .historyBytes: "kept for subscribers to come when no queue needs it any more"
            case .historyCount: "likewise, as a number of messages; 0: as the bytes allow"
            case .limit: "what queues that are behind may hold back"
            case .overflow: "at the limit: drop the oldest, reject publishes, or block publishers"
            case .deduplicationWindow: "how long an equal key is dropped; 0: never"
            case .deduplicationScope: "judged at delivery for each consumer, or at publish for the topic"
            }
        }
    }

    public enum Overflow: UInt8, CaseIterable, Sendable, CustomStringConvertible {
        /// The oldest messages leave the queues that lag; each of those is told of the gap.
        case drop = 0
        /// The publish is refused.
        case reject = 1
        /// The publisher waits, and is told so.
        case block = 2

        public var description: String {
            switch self {
            case .drop: "drop"
            case .reject: "reject"
            case .block: "block"
            }
        }
    }

    public enum DeduplicationScope: UInt8, CaseIterable, Sendable, CustomStringConvertible {
        /// Each consumer for itself, judged when the message is about to be delivered to it.
        case consumer = 0
        /// The whole topic, judged at publish; the publisher is told.
        case topic = 1

        public var description: String {
            switch self {
            case .consumer: "consumer"
            case .topic: "topic"
            }
        }
    }

    /// The number of a setting on the wire.
    public subscript(tag: Tag) -> UInt64 {
        switch tag {
        case .retention: retention
        case .historyBytes: historyBytes
        case .historyCount: historyCount
        case .limit: limit
        case .overflow: UInt64(overflow.rawValue)
        case .deduplicationWindow: deduplicationWindow
        case .deduplicationScope: UInt64(deduplicationScope.rawValue)
        }
    }

    /// - Returns: Whether the number is one that the setting can have; if not, nothing is changed.
    public mutating func set(_ tag: Tag, to value: UInt64) -> Bool {
        switch tag {
        case .retention: retention = value
        case .historyBytes: historyBytes = value
        case .historyCount: historyCount = value
        case .limit: limit = value
        case .overflow:
            guard value < 256, let choice = Overflow(rawValue: UInt8(value)) else { return false }
            overflow = choice
        case .deduplicationWindow: deduplicationWindow = value
        case .deduplicationScope:
            guard value < 256, let scope = DeduplicationScope(rawValue: UInt8(value)) else { return false }
            deduplicationScope = scope
        }
        return true
    }
}

public typealias TopicSettingsChange = SettingsChange<TopicSettings>
