/// What a verdict is founded on, and what follows from it: the only table of these fields, from which the wire, the command
/// line's JSON and the documents are made. A tag is never used again.
public enum EvidenceField: UInt8, CaseIterable, Sendable {
    case since = 16
    case growth = 17
    case shrinkage = 18
    case rateError = 19
    case timeLeft = 20
    case timeLeftError = 21
    case sequence = 22
    case attempts = 23
    case unsentBytes = 24
    case roundTrip = 25
    case windowWanted = 26
    case until = 27
    case threat = 28
    case threatIn = 29
    case lossesThen = 30
    case backlogLoss = 31
    case lostMessages = 32
    case lossCause = 33
    case client = 34
    case waitingMessages = 35
    case heldFor = 36
    case topic = 64
    case clientName = 65

    /// Whether its value is a text, not a number.
    public var isText: Bool { rawValue >= EvidenceField.topic.rawValue }

    /// The name in JSON and documents, in snake case.
    public var name: String {
        switch self {
        case .since: "since_us"
        case .growth: "lag_grows_per_1000_s"
        case .shrinkage: "lag_shrinks_per_1000_s"
        case .rateError: "error_per_1000_s"
        case .timeLeft: "time_left_us"
        case .timeLeftError: "time_left_error_us"
        case .sequence: "sequence"
        case .attempts: "attempts"
        case .unsentBytes: "unsent_bytes"
        case .roundTrip: "round_trip_us"
        case .windowWanted: "window_that_would_do"
        case .until: "until_us"
        case .threat: "threat"
        case .threatIn: "threat_in_us"
        case .lossesThen: "then_lost_per_1000_s"
        case .backlogLoss: "would_lose_messages"
        case .lostMessages: "lost_messages"
        case .lossCause: "loss_cause"
        case .client: "client"
        case .waitingMessages: "waiting_messages"
        case .heldFor: "held_us"
        case .topic: "topic"
        case .clientName: "client_name"
        }
    }

    public var unit: FigureUnit? {
        switch self {
        case .since, .until: .time
        case .growth, .shrinkage, .rateError, .backlogLoss, .lossesThen, .lostMessages, .waitingMessages: .messages
        case .timeLeft, .timeLeftError, .roundTrip, .threatIn, .heldFor: .microseconds
        case .unsentBytes: .bytes
        case .sequence, .attempts, .windowWanted, .threat, .lossCause, .client: .count
        case .topic, .clientName: nil
        }
    }

    public var summary: String {
        switch self {
        case .since: "since when the verdict holds"
        case .growth: "by how much the lag grows in 1000 s: the median slope of the last half minute"
        case .shrinkage: "by how much the lag shrinks in 1000 s, likewise"
        case .rateError: "95 % of such slopes are within this of either"
        case .timeLeft: "when the lag is worked off, if it goes on like this"
        case .timeLeftError: "how far off that may be"
        case .sequence: "of the message in `topic` that the client is stuck on"
        case .attempts: "how often that message was delivered"
        case .unsentBytes: "what its socket has not taken"
        case .roundTrip: "from the broker to the client and back: the shortest of the last pings"
        case .windowWanted: "the smallest window that keeps up over this round trip, with a reserve"
        case .until: "when it ends by itself"
        case .threat:
            "what comes in `topic` if it goes on like this: 1 expiry of what is unread, 2 a full topic that drops its oldest, 3 one that lets publishers wait, 4 one that refuses them"
        case .threatIn: "when that begins"
        case .lossesThen: "messages lost in 1000 s from then on"
        case .backlogLoss: "of the messages that wait now, how many would be lost unread"
        case .lostMessages: "messages that the queue has lost since the verdict holds"
        case .lossCause: "why, as in the figures of a topic"
        case .client: "id of the client that has the message, or of the queue that holds back `topic`"
        case .waitingMessages: "publishes that wait for room"
        case .heldFor: "how long the verdict has held, by the broker's clock"
        case .topic: "the topic that all this is about"
        case .clientName: "name of `client`"
        }
    }
}
