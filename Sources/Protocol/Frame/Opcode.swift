/// The types of the frames that a client sends. With ``BrokerOpcode`` the only table of types.
public enum ClientOpcode: UInt8, CaseIterable, Sendable {
    case hello = 0x01
    case ping = 0x02
    case close = 0x03
    case publish = 0x10
    case topic = 0x12
    case subscribe = 0x20
    case unsubscribe = 0x21
    case commit = 0x22
    case window = 0x23
    case settle = 0x24
    case transaction = 0x25
    case createTopic = 0x30
    case listTopics = 0x31
    case listClients = 0x32
    case inspectClient = 0x33
    case watch = 0x34
    case unwatch = 0x35
    case inspectTopic = 0x36
    case createSession = 0x37
    case listSessions = 0x38
    case inspectSession = 0x39
    case deleteSession = 0x3A
    case seek = 0x3B
    case listParked = 0x3C
    case settleParked = 0x3D
    case deleteTopic = 0x3E
    case inspectMessage = 0x3F
    case act = 0x40
    case peek = 0x41
    case listClosed = 0x42
    case history = 0x43
    case lagShares = 0x44
    /// Both directions: the answer to the other side's PING.
    case pong = 0x82

    public var name: String {
        switch self {
        case .hello: "HELLO"
        case .ping: "PING"
        case .pong: "PONG"
        case .close: "CLOSE"
        case .publish: "PUBLISH"
        case .topic: "TOPIC"
        case .subscribe: "SUBSCRIBE"
        case .unsubscribe: "UNSUBSCRIBE"
        case .commit: "COMMIT"
        case .window: "WINDOW"
        case .settle: "SETTLE"
        case .transaction: "TRANSACTION"
        case .createTopic: "CREATE TOPIC"
        case .listTopics: "LIST TOPICS"
        case .listClients: "LIST CLIENTS"
        case .inspectClient: "INSPECT CLIENT"
        case .watch: "WATCH"
        case .unwatch: "UNWATCH"
        case .inspectTopic: "INSPECT TOPIC"
        case .createSession: "CREATE SESSION"
        case .listSessions: "LIST SESSIONS"
        case .inspectSession: "INSPECT SESSION"
        case .deleteSession: "DELETE SESSION"
        case .seek: "SEEK"
        case .listParked: "LIST PARKED"
        case .settleParked: "SETTLE PARKED"
        case .deleteTopic: "DELETE TOPIC"
        case .inspectMessage: "INSPECT MESSAGE"
        case .act: "ACT"
        case .peek: "PEEK"
        case .listClosed: "LIST CLOSED"
        case .history: "HISTORY"
        case .lagShares: "LAG SHARES"
        }
    }

    /// The fewest bytes of a body, without those that `short` counts.
    public var minimumBody: Int {
        switch self {
        case .hello: 8
        case .ping, .pong, .commit: 8
        case .close: 0
        case .publish: MessageLayout.bodyPrefix
        case .topic, .unsubscribe, .window, .createTopic, .createSession, .deleteSession, .deleteTopic: 4
        case .subscribe, .seek, .listParked, .act, .peek: 16
        case .listTopics, .listClients, .listSessions: 12
        case .settle, .inspectClient, .inspectMessage: 12
        case .watch: 28
        case .history: 20
        case .lagShares: 16
        case .listClosed: 8
        case .unwatch, .inspectTopic, .inspectSession, .transaction, .settleParked: 8
        }
    }

    /// Whether `short` counts bytes of the body, so that it must not reach past its end.
    public var shortCountsBytes: Bool {
        switch self {
        case .hello, .publish, .topic, .subscribe, .unsubscribe, .createTopic, .listTopics, .listClients,
            .inspectTopic, .createSession, .listSessions, .inspectSession, .deleteSession, .seek, .listParked,
            .deleteTopic, .inspectMessage, .act, .peek, .listClosed, .history, .lagShares:
            true
        case .ping, .pong, .close, .commit, .window, .settle, .transaction, .inspectClient, .watch, .unwatch,
            .settleParked:
            false
        }
    }
}

/// The types of the frames that the broker sends.
public enum BrokerOpcode: UInt8, CaseIterable, Sendable {
    /// Both directions: the broker asks whether a silent client is there.
    case ping = 0x02
    case welcome = 0x81
    case pong = 0x82
    case goodbye = 0x83
    case ok = 0x84
    case error = 0x85
    case retryAfter = 0x86
    case confirm = 0x90
    case reject = 0x91
    case topic = 0x92
    case receipt = 0x93
    case aborted = 0x94
    case topicGone = 0x96
    case deliver = 0xA0
    case gap = 0xA1
    case redelivery = 0xA2
    case topics = 0xB1
    case clients = 0xB2
    case client = 0xB3
    case statistics = 0xB4
    case blocked = 0xB5
    case topicDetail = 0xB6
    case sessions = 0xB7
    case sessionDetail = 0xB8
    case parked = 0xB9
    case acted = 0xBA
    case peeked = 0xBB
    case closed = 0xBC
    case history = 0xBD
    case lagShares = 0xBE

    /// Types that are kept for frames that count as deliveries. A client counts and commits them even if it does not know
    /// them; no type outside, but DELIVER, ever counts.
    public static let countedTypes: ClosedRange<UInt8> = 0xA8...0xAF

    public var name: String {
        switch self {
        case .ping: "PING"
        case .welcome: "WELCOME"
        case .pong: "PONG"
        case .goodbye: "GOODBYE"
        case .ok: "OK"
        case .error: "ERROR"
        case .retryAfter: "RETRY AFTER"
        case .confirm: "CONFIRM"
        case .reject: "REJECT"
        case .topic: "TOPIC"
        case .receipt: "RECEIPT"
        case .aborted: "ABORTED"
        case .topicGone: "TOPIC GONE"
        case .deliver: "DELIVER"
        case .gap: "GAP"
        case .redelivery: "REDELIVERY"
        case .topics: "TOPICS"
        case .clients: "CLIENTS"
        case .client: "CLIENT"
        case .statistics: "STATISTICS"
        case .blocked: "BLOCKED"
        case .topicDetail: "TOPIC DETAIL"
        case .sessions: "SESSIONS"
        case .sessionDetail: "SESSION DETAIL"
        case .parked: "PARKED"
        case .acted: "ACTED"
        case .peeked: "PEEKED"
        case .closed: "CLOSED"
        case .history: "HISTORY"
        case .lagShares: "LAG SHARES"
        }
    }
}

/// One layout for PUBLISH and DELIVER: the broker fills in what the publisher leaves zero.
///
///     0        4      5      6       8          12         20          28
///     ┌────────┬──────┬──────┬───────┬──────────┬──────────┬───────────┬─────┬─────────
///     │ length │ type │flags │ short │ topic id │ sequence │ timestamp │ key │ payload
///     └────────┴──────┴──────┴───────┴──────────┴──────────┴───────────┴─────┴─────────
///       u32      u8     u8     u16     u32        u64        u64 µs      short  the rest
public enum MessageLayout {
    // Computed and inlinable, so that other modules have them as constants in their loops.
    @inlinable public static var lengthOffset: Int { 0 }
    @inlinable public static var typeOffset: Int { 4 }
    @inlinable public static var flagsOffset: Int { 5 }
    @inlinable public static var keyLengthOffset: Int { 6 }
    @inlinable public static var topicOffset: Int { 8 }
    @inlinable public static var sequenceOffset: Int { 12 }
    @inlinable public static var timestampOffset: Int { 20 }
    @inlinable public static var keyOffset: Int { 28 }
    /// Bytes of the body before the key.
    @inlinable public static var bodyPrefix: Int { keyOffset - FrameHeader.size }
}

/// The flags of PUBLISH and DELIVER.
@frozen public struct MessageFlags: OptionSet, Sendable {
    public let rawValue: UInt8

    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// PUBLISH: the publisher wants no CONFIRM for this message.
    public static let unconfirmed = MessageFlags(rawValue: 1 << 0)
    /// The payload begins with headers.
    public static let headers = MessageFlags(rawValue: 1 << 1)
    /// The message has a key although `short` is 0: the empty key.
    public static let emptyKey = MessageFlags(rawValue: 1 << 2)
    /// PUBLISH: the publisher wants a RECEIPT.
    public static let receipt = MessageFlags(rawValue: 1 << 3)
    /// The message's way through every queue is told in the topic ``TopicName/trace``.
    public static let trace = MessageFlags(rawValue: 1 << 4)

    /// The flags that a DELIVER keeps; the broker clears the others.
    public static let delivered: MessageFlags = [.headers, .emptyKey, .trace]
    /// All flags that have a meaning. A PUBLISH with any other is refused.
    public static let known: MessageFlags = [.unconfirmed, .headers, .emptyKey, .receipt, .trace]
    /// The flags of publishes that a broker cannot take as a part of a run.
    static let individual = MessageFlags(rawValue: ~known.rawValue).union([.headers, .receipt, .trace])
}

/// The flag of PING and PONG.
public enum PingFlags {
    /// PING: the answer is wanted at once, ahead of the answers to what was sent before. PONG: it answers such a PING.
    static let atOnce: UInt8 = 1 << 0
}
