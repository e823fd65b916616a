/// The part of the program that takes keys.
enum Focus: Hashable, Sendable {
    case pane(Pane)
    /// The fields of the Publish pane are being typed into.
    case form
    case prompt
    /// An act is chosen.
    case acts
    /// A client or a message covers the panes.
    case detail
    case help

    /// Whether keys without a binding are text.
    var isTyping: Bool { self == .form || self == .prompt }

    var name: String {
        switch self {
        case .pane(let pane): pane.name
        case .form: "Typing a message"
        case .prompt: "Answering a prompt"
        case .acts: "Choosing an act"
        case .detail: "Looking at one client, topic or message"
        case .help: "Help"
        }
    }
}

extension Model {
    var keyFocus: Focus {
        if prompt != nil { return .prompt }
        if acts != nil { return .acts }
        switch overlay {
        case .help: return .help
        case .client, .session, .topic, .message, .screen: return .detail
        case nil: return focus.content.keyFocus(self)
        }
    }
}
