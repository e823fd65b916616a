/// The part of the program that takes keys.
enum Focus: Hashable, Sendable {
    case pane(Pane)
    /// The fields of the Publish pane are being typed into.
    case form
    case prompt
    /// An act is chosen.
    case acts
    /// A client, a session or a topic covers the panes.
    case detail
    /// A message covers them.
    case message
    case help

    /// Whether keys without a binding are text.
    var isTyping: Bool { self == .form || self == .prompt }

    var name: String {
        switch self {
        case .pane(let pane): pane.name
        case .form: "Typing a message"
        case .prompt: "Answering a prompt"
        case .acts: "Choosing an act"
        case .detail: "Looking at one client, session or topic"
        case .message: "Looking at one message"
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
        case .client, .session, .topic: return .detail
        case .message: return .message
        case nil: return focus.content.keyFocus(self)
        }
    }
}
