/// What a broker can do beyond the first brokers of this version. Its WELCOME names all that it has, so that a client need
/// not guess. The only table of these names; they are for ever.
public enum Capability: String, CaseIterable, Sendable {
    case incarnations
    case windowBytes = "window-bytes"
    case inspectTopic = "inspect-topic"
    case signsOfLife = "signs-of-life"
    case refusals
    case sessions
    case settle
    case transactions
    case producers
    case seek
    case lastStarts = "last-starts"
    case subscribeOptions = "subscribe-options"
    case deleteTopic = "delete-topic"
    case messageTimes = "message-times"
    case inspectMessage = "inspect-message"
    case acts
    case peek
    case closedClients = "closed-clients"
    case history
    case lagShares = "lag-shares"
    case verdicts
    case events
    case trace

    public var name: String { rawValue }

    public var summary: String {
        switch self {
        case .incarnations:
            "WELCOME and TOPIC carry incarnations, and SUBSCRIBE may name the one that a sequence was learnt under"
        case .windowBytes: "WINDOW may bound the bytes in flight"
        case .inspectTopic: "INSPECT TOPIC is answered"
        case .signsOfLife: "a PING with flag bit 0 is answered at once"
        case .refusals:
            "flags of PUBLISH and headers with `$` that the broker does not know are refused, not passed over"
        case .sessions:
            "HELLO may name a session, SUBSCRIBE takes start 5 with a fallback, and sessions can be created, listed, inspected and deleted"
        case .settle:
            "SETTLE is answered, deliveries can be returned and parked, and parked messages listed and settled"
        case .transactions: "TRANSACTION is answered"
        case .producers: "HELLO may name a producer, which goes on behind what was answered"
        case .seek: "SEEK is answered"
        case .lastStarts: "SUBSCRIBE takes starts 6 and 7"
        case .subscribeOptions: "SUBSCRIBE takes options: no echo, auto-commit"
        case .deleteTopic: "DELETE TOPIC is answered"
        case .messageTimes: "the headers `$expire-after` and `$delay` are obeyed"
        case .inspectMessage: "INSPECT MESSAGE is answered"
        case .acts: "ACT is answered"
        case .peek: "PEEK is answered"
        case .closedClients: "LIST CLOSED is answered"
        case .history: "HISTORY is answered"
        case .lagShares: "LAG SHARES is answered"
        case .verdicts: "CLIENT and SESSION DETAIL end with the evidence for the state"
        case .events: "there is the topic `$zaichik.events`"
        case .trace: "PUBLISH takes flag bit 4, and there is the topic `$zaichik.trace`"
        }
    }
}
