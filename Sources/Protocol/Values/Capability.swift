/// What a broker can do beyond the first brokers of this version. Its WELCOME names all that it has, so that a client need
/// not guess. The only table of these names; they are for ever.
public enum Capability: String, CaseIterable, Sendable {
    case incarnations
    case windowBytes = "window-bytes"

    public var name: String { rawValue }

    public var summary: String {
        switch self {
        case .incarnations:
            "WELCOME and TOPIC carry incarnations, and SUBSCRIBE may name the one that a sequence was learnt under"
        case .windowBytes: "WINDOW may bound the bytes in flight"
        }
    }
}
