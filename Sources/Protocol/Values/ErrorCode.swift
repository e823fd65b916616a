/// Errors as stable numbers, for ERROR, REJECT and GOODBYE. The only table of codes.
public enum ErrorCode: UInt16, CaseIterable, Sendable {
    case unknownType = 1
    case helloMissing = 2
    case helloRepeated = 3
    case frameTooLong = 4
    case frameTooShort = 5
    case shortReachesPastBody = 6
    case badName = 7
    case badArgument = 8
    case badRequestID = 9
    case reservedName = 10
    case unknownTopic = 11
    case unknownClient = 12
    case commitBeyondDelivered = 13
    case noSession = 14
    case topicFull = 15
    case memoryFull = 16
    case malformedHeaders = 17
    case payloadTooLong = 18
    case tooManyTopics = 19
    case tooManyWatches = 20
    case blockedTooLong = 21
    case closing = 22
    case tooManyRequests = 23
    case tooManySubscriptions = 24
    case otherIncarnation = 25
    case unknownFlag = 26
    case unknownHeader = 27
    case notInFlight = 28
    case commitTooLate = 29
    case tooManyConnections = 30
    case idleTooLong = 31
    case handshakeTooSlow = 32
    case shuttingDown = 33
    case closedByClient = 34
    case frameTooSlow = 35
    case takenOver = 36
    case sessionContended = 37
    case sessionMode = 38
    case sessionDeleted = 39
    case lagLimit = 40
    case sessionAttached = 41
    case unknownSession = 42
    case tooManySessions = 43
    case unknownMessage = 44
    case transactionTooLarge = 45
    case producerTakenOver = 46
    case badHeaderValue = 47
    case producerContended = 48
    case disconnected = 49
    case banned = 50
    case topicPaused = 51
    case draining = 52
    case notAccepting = 53

    /// The scope of an error: what it ends.
    public enum Scope: Sendable {
        /// One request or publish; everything else continues.
        case request
        /// The connection, after a frame that gives the reason.
        case connection
    }

    public var scope: Scope {
        switch self {
        case .helloMissing, .helloRepeated, .frameTooLong, .frameTooShort, .shortReachesPastBody,
            .tooManyConnections, .idleTooLong, .handshakeTooSlow, .shuttingDown, .closedByClient,
            .frameTooSlow, .takenOver, .sessionContended, .sessionMode, .sessionDeleted, .lagLimit, .producerTakenOver,
            .producerContended, .disconnected, .banned, .notAccepting:
            .connection
        case .unknownType, .badName, .badArgument, .badRequestID, .reservedName, .unknownTopic, .unknownClient,
            .commitBeyondDelivered, .noSession, .topicFull, .memoryFull, .malformedHeaders, .payloadTooLong,
            .tooManyTopics, .tooManyWatches, .blockedTooLong, .closing, .tooManyRequests, .tooManySubscriptions,
            .otherIncarnation, .unknownFlag, .unknownHeader, .notInFlight, .commitTooLate, .sessionAttached,
            .unknownSession, .tooManySessions, .unknownMessage, .transactionTooLarge, .badHeaderValue,
            .topicPaused, .draining:
            .request
        }
    }

    /// The name that documents and machine-readable output use.
    public var name: String {
        switch self {
        case .unknownType: "unknown-type"
        case .helloMissing: "hello-missing"
        case .helloRepeated: "hello-repeated"
        case .frameTooLong: "frame-too-long"
        case .frameTooShort: "frame-too-short"
        case .shortReachesPastBody: "short-past-body"
        case .badName: "bad-name"
        case .badArgument: "bad-argument"
        case .badRequestID: "bad-request-id"
        case .reservedName: "reserved-name"
        case .unknownTopic: "unknown-topic"
        case .unknownClient: "unknown-client"
        case .commitBeyondDelivered: "commit-beyond-delivered"
        case .noSession: "no-session"
        case .topicFull: "topic-full"
        case .memoryFull: "memory-full"
        case .malformedHeaders: "malformed-headers"
        case .payloadTooLong: "payload-too-long"
        case .tooManyTopics: "too-many-topics"
        case .tooManyWatches: "too-many-watches"
        case .blockedTooLong: "blocked-too-long"
        case .closing: "closing"
        case .tooManyRequests: "too-many-requests"
        case .tooManySubscriptions: "too-many-subscriptions"
        case .otherIncarnation: "other-incarnation"
        case .unknownFlag: "unknown-flag"
        case .unknownHeader: "unknown-header"
        case .notInFlight: "not-in-flight"
        case .commitTooLate: "commit-too-late"
        case .tooManyConnections: "too-many-connections"
        case .idleTooLong: "idle-too-long"
        case .handshakeTooSlow: "handshake-too-slow"
        case .shuttingDown: "shutting-down"
        case .closedByClient: "closed-by-client"
        case .frameTooSlow: "frame-too-slow"
        case .takenOver: "taken-over"
        case .sessionContended: "session-contended"
        case .sessionMode: "session-mode"
        case .sessionDeleted: "session-deleted"
        case .lagLimit: "lag-limit"
        case .sessionAttached: "session-attached"
        case .unknownSession: "unknown-session"
        case .tooManySessions: "too-many-sessions"
        case .unknownMessage: "unknown-message"
        case .transactionTooLarge: "transaction-too-large"
        case .producerTakenOver: "producer-taken-over"
        case .badHeaderValue: "bad-header-value"
        case .producerContended: "producer-contended"
        case .disconnected: "disconnected"
        case .banned: "banned"
        case .topicPaused: "topic-paused"
        case .draining: "draining"
        case .notAccepting: "not-accepting"
        }
    }

    public var summary: String {
        switch self {
        case .unknownType: "a frame of a type that this broker does not know"
        case .helloMissing: "a frame before HELLO"
        case .helloRepeated: "a second HELLO"
        case .frameTooLong: "a frame over the limit that WELCOME names (64 KiB before it)"
        case .frameTooShort: "a frame shorter than its type needs"
        case .shortReachesPastBody: "a `short` that reaches past the frame's end"
        case .badName: "a name or pattern that breaks the rules for names"
        case .badArgument: "a value that the request cannot have"
        case .badRequestID: "request id 0, which stands for no request"
        case .reservedName: "a name of the broker's own, which clients neither create nor publish to"
        case .unknownTopic: "a topic that does not exist"
        case .unknownClient: "a client that is not connected"
        case .commitBeyondDelivered: "a commit of more deliveries than were made; nothing was committed"
        case .noSession: "start 5 with nothing to continue and no fallback"
        case .topicFull: "the topic's limit is reached and its overflow choice is to reject"
        case .memoryFull: "the broker's memory limit is reached and the topic has nothing left to drop"
        case .malformedHeaders: "headers that do not parse, or that reach past the payload"
        case .payloadTooLong: "a message that no frame of the broker's limit can carry"
        case .tooManyTopics: "the broker's limit of topics is reached"
        case .tooManyWatches: "this connection watches as much as it may"
        case .blockedTooLong: "the queues of a full topic made no progress for as long as a publish may wait"
        case .closing: "a frame after CLOSE"
        case .tooManyRequests: "more lists or PONGs are waited for than a connection may wait for"
        case .tooManySubscriptions: "this connection has as many subscriptions as it may"
        case .otherIncarnation: "the topic is not the one that the sequence was learnt under; nothing was changed"
        case .unknownFlag: "a flag of PUBLISH that this broker does not know"
        case .unknownHeader: "a header whose name begins with `$` and that this broker does not know"
        case .notInFlight: "a delivery that is not in flight on this connection; nothing was done"
        case .commitTooLate: "a commit of deliveries that a deadline had taken back; the others are committed"
        case .tooManyConnections: "the broker's limit of connections is reached"
        case .idleTooLong: "two pings went unanswered"
        case .handshakeTooSlow: "the preface or HELLO was not complete in time"
        case .shuttingDown: "the broker is stopping"
        case .closedByClient: "the client asked for it with CLOSE"
        case .frameTooSlow: "a frame that had begun got no further in time"
        case .takenOver: "another connection has taken over the session"
        case .sessionContended: "the session was taken over too often in the last seconds; another connection keeps it"
        case .sessionMode: "the session has another mode, which cannot change while others are attached"
        case .sessionDeleted: "the session was deleted"
        case .lagLimit: "the session's own limit of lag is reached and its choice is to disconnect"
        case .sessionAttached: "connections are attached to the session, and this cannot be done meanwhile"
        case .unknownSession: "a session that does not exist"
        case .tooManySessions: "the broker's limit of sessions is reached"
        case .unknownMessage: "a message that is not kept, or not parked; nothing was done"
        case .transactionTooLarge: "a transaction of more publishes than one may have"
        case .producerTakenOver: "another connection publishes under the name of the producer"
        case .badHeaderValue: "a header with `$` whose value it cannot have"
        case .producerContended:
            "the producer was taken over too often in the last seconds; another connection keeps its name"
        case .disconnected: "an operator has ended the connection"
        case .banned: "nobody may come under the name for now, as an operator has decided"
        case .topicPaused: "publishes to the topic are paused by an operator"
        case .draining: "the broker takes no publishes, as it is being drained"
        case .notAccepting: "the broker takes no new connections for now"
        }
    }
}
