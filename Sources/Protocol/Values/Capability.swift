/// What a broker can do beyond the first brokers of this version. Its WELCOME names all that it has, so that a client need
/// not guess. The only table of these names; they are for ever.
public enum Capability: String, CaseIterable, Sendable {
    case incarnations
    case windowBytes = "window-bytes"
    case inspectTopic = "inspect-topic"
    case signsOfLife = "signs-of-life"
    case refusals

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
        }
    }
}
