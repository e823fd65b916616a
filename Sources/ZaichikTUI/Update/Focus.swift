/// Where a key goes.
enum Focus: CaseIterable, Hashable, Sendable {
    case clients, topics, messages, publish
    /// The fields of the Publish pane are being typed into.
    case form
    case prompt
    /// Something lies over the panes: a client, a message.
    case detail
    case help

    /// Whether keys without a binding are text.
    var isTyping: Bool { self == .form || self == .prompt }

    var name: String {
        switch self {
        case .clients: "Clients"
        case .topics: "Topics"
        case .messages: "Messages"
        case .publish: "Publish"
        case .form: "Typing a message"
        case .prompt: "Answering a prompt"
        case .detail: "Looking at one client or message"
        case .help: "Help"
        }
    }
}

extension Model {
    var keyFocus: Focus {
        if prompt != nil { return .prompt }
        switch overlay {
        case .help: return .help
        case .client, .message: return .detail
        case nil: break
        }
        switch focus {
        case .clients: return .clients
        case .topics: return .topics
        case .messages: return .messages
        case .publish: return publish.isEditing ? .form : .publish
        }
    }
}
