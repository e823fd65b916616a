/// The settings of a session: who may attach to it, how long it lasts alone, and what it does with work that is not done.
///
/// docs/PROTOCOL.md, "Session settings", has the wire's tags; ``Tag`` is their only table in code.
public struct SessionSettings: SettingsTable {
    /// How its connections share it.
    public var mode: Mode = .exclusive
    /// How long it lasts without a connection, in ms; 0: it ends with its last connection.
    public var expiry: UInt64 = 86_400_000
    /// How long a delivery may be in flight before it is returned, in ms; 0 for any time.
    public var commitDeadline: UInt64 = 0
    /// After how many deliveries without a commit a message is parked; 0 for never.
    public var attempts: UInt64 = 0
    /// Its own limit of lag, in messages; 0 for none.
    public var lagMessages: UInt64 = 0
    /// Its own limit of lag, in frame bytes; 0 for none.
    public var lagBytes: UInt64 = 0
    /// What happens at its own limit of lag.
    public var lagOverflow: LagOverflow = .skip

    /// The shortest commit deadline, in ms.
    public static let shortestDeadline: UInt64 = 100

    public init() {}

    /// One setting on the wire: its tag, name, unit and meaning.
    public enum Tag: UInt8, SettingTag {
        case mode = 1
        case expiry = 2
        case commitDeadline = 3
        case attempts = 4
        case lagMessages = 5
        case lagBytes = 6
        case lagOverflow = 7

        public var name: String {
            switch self {
            case .mode: "mode"
            case .expiry: "expiry"
            case .commitDeadline: "commit-deadline"
            case .attempts: "attempts"
            case .lagMessages: "lag-messages"
            case .lagBytes: "lag-bytes"
            case .lagOverflow: "lag-overflow"
            }
        }

        public var unit: String {
            switch self {
            case .mode: "0 exclusive, 1 shared, 2 shared-by-key"
            case .expiry: "ms"
            case .commitDeadline: "ms: 0, or at least \(SessionSettings.shortestDeadline)"
            case .attempts: "deliveries"
            case .lagMessages: "messages"
            case .lagBytes: "bytes"
            case .lagOverflow: "0 skip, 1 disconnect"
            }
        }

        public var summary: String {
            switch self {
            case .mode:
                "one connection at a time, any number that share the messages, or any number that share the keys"
            case .expiry: "how long it lasts without a connection; 0: it ends with its last connection"
            case .commitDeadline: "how long a delivery may be in flight before it is returned; 0: any time"
            case .attempts: "after how many deliveries without a commit a message is parked; 0: never"
            case .lagMessages: "its own limit of lag; 0: none"
            case .lagBytes: "likewise, in frame bytes; 0: none"
            case .lagOverflow:
                "at its own limit: skip its oldest messages, or disconnect its connections; while it is absent it skips"
            }
        }
    }

    public enum Mode: UInt8, CaseIterable, Sendable, CustomStringConvertible {
        /// One connection at a time: a newcomer takes over.
        case exclusive = 0
        /// Any number of connections, each message to one of them.
        case shared = 1
        /// Likewise, and messages with equal keys to one connection at a time, in order.
        case sharedByKey = 2

        public var description: String {
            switch self {
            case .exclusive: "exclusive"
            case .shared: "shared"
            case .sharedByKey: "shared-by-key"
            }
        }
    }

    public enum LagOverflow: UInt8, CaseIterable, Sendable, CustomStringConvertible {
        /// The oldest messages leave the queue, with a GAP.
        case skip = 0
        /// Its connections end with the reason.
        case disconnect = 1

        public var description: String {
            switch self {
            case .skip: "skip"
            case .disconnect: "disconnect"
            }
        }
    }

    public subscript(tag: Tag) -> UInt64 {
        switch tag {
        case .mode: UInt64(mode.rawValue)
        case .expiry: expiry
        case .commitDeadline: commitDeadline
        case .attempts: attempts
        case .lagMessages: lagMessages
        case .lagBytes: lagBytes
        case .lagOverflow: UInt64(lagOverflow.rawValue)
        }
    }

    public mutating func set(_ tag: Tag, to value: UInt64) -> Bool {
        switch tag {
        case .mode:
            guard let choice = UInt8(exactly: value).flatMap(Mode.init) else { return false }
            mode = choice
        case .expiry: expiry = value
        case .commitDeadline:
            guard value == 0 || value >= Self.shortestDeadline else { return false }
            commitDeadline = value
        case .attempts: attempts = value
        case .lagMessages: lagMessages = value
        case .lagBytes: lagBytes = value
        case .lagOverflow:
            guard let choice = UInt8(exactly: value).flatMap(LagOverflow.init) else { return false }
            lagOverflow = choice
        }
        return true
    }
}

public typealias SessionSettingsChange = SettingsChange<SessionSettings>
