/// A format in which payloads are shown.
enum PayloadFormat: String, CaseIterable, Sendable {
    case json = "JSON"
    case text = "text"
    case hex = "hex"
    /// Shown as JSON. It is not chosen, but found out where JSON is.
    case messagePack = "MessagePack"

    var next: PayloadFormat {
        switch self {
        case .json, .messagePack: .text
        case .text: .hex
        case .hex: .json
        }
    }
}
