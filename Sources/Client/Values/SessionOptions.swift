import ZaichikProtocol

/// The session that a client attaches to, and the settings it asks for.
///
/// A session is a queue under a name. It keeps its subscriptions, its place in every topic and what is not committed
/// while no connection is there. The first that names it creates it; settings that are nil stay what they are then, and
/// are the broker's defaults in a new one.
public struct SessionOptions: Equatable, Sendable {
    /// 1 to 255 bytes of UTF-8, without control characters.
    public var name: String
    /// Whether one connection has it, or several share its messages. Default of a new session: exclusive.
    public var mode: SessionSettings.Mode?
    /// How long it lasts without a connection; 0: it ends with its last one. Default of a new session: a day.
    public var expiry: Duration?
    /// How long a delivery may be in flight before it is returned; 0: any time, the default of a new session.
    public var commitDeadline: Duration?
    /// After how many deliveries a message that nobody commits is parked; 0: never, the default of a new session.
    public var attempts: UInt64?
    /// Its own limit of lag in messages; 0: none, the default of a new session.
    public var lagMessages: UInt64?
    /// Its own limit of lag in frame bytes; 0: none, the default of a new session.
    public var lagBytes: UInt64?
    /// What happens at its own limit of lag. Default of a new session: it skips its oldest messages.
    public var lagOverflow: SessionSettings.LagOverflow?

    public init(
        _ name: String, mode: SessionSettings.Mode? = nil, expiry: Duration? = nil, commitDeadline: Duration? = nil,
        attempts: UInt64? = nil
    ) {
        self.name = name
        self.mode = mode
        self.expiry = expiry
        self.commitDeadline = commitDeadline
        self.attempts = attempts
    }

    /// Whether other clients may have its messages at the same time.
    var isShared: Bool { mode == .shared || mode == .sharedByKey }

    /// The settings that are named, as the wire has them.
    public var change: SessionSettingsChange {
        var change = SessionSettingsChange()
        for tag in SessionSettings.Tag.allCases {
            switch tag {
            case .mode: change[tag] = mode.map { UInt64($0.rawValue) }
            case .expiry: change[tag] = expiry.map(Self.milliseconds)
            case .commitDeadline: change[tag] = commitDeadline.map(Self.milliseconds)
            case .attempts: change[tag] = attempts
            case .lagMessages: change[tag] = lagMessages
            case .lagBytes: change[tag] = lagBytes
            case .lagOverflow: change[tag] = lagOverflow.map { UInt64($0.rawValue) }
            }
        }
        return change
    }

    private static func milliseconds(_ duration: Duration) -> UInt64 {
        UInt64(exactly: max(duration / .milliseconds(1), 0).rounded(.up)) ?? .max
    }
}
