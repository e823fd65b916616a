/// The part of the program that takes keys.
enum Focus: Hashable, Sendable {
    case pane(Pane)
    /// The fields of the Publish pane are being typed into.
    case form
    case prompt
    /// An act is chosen.
    case acts
    /// A message covers the panes.
    case message
    /// A client, session or topic is looked at.
    case drawer
    /// A list covers the panes.
    case list
    /// Settings are typed.
    case settings
    /// The columns of a table are chosen.
    case columns
    /// An event, a trace, or a client in a topic covers the panes.
    case detail
    case help
    /// All panes show an instant of the last ten minutes.
    case travel

    /// Whether keys without a binding are text.
    var isTyping: Bool { self == .form || self == .prompt || self == .settings }

    var name: String {
        switch self {
        case .pane(let pane): pane.name
        case .form: "Typing a message"
        case .prompt: "Answering a prompt"
        case .acts: "Choosing an act"
        case .message: "Looking at one message"
        case .drawer: "Looking at one client, session or topic"
        case .list: "Looking through a list"
        case .settings: "Typing settings"
        case .columns: "Choosing columns"
        case .detail: "Looking at an event, a trace, or a client in a topic"
        case .help: "Help"
        case .travel: "Time travel"
        }
    }
}

extension Model {
    var keyFocus: Focus {
        if prompt != nil { return .prompt }
        if acts != nil { return .acts }
        switch overlay {
        case .help: return .help
        case .message: return isDrawerFollowing ? focus.content.keyFocus(self) : .message
        case .client, .session, .topic: return isDrawerFollowing ? focus.content.keyFocus(self) : .drawer
        case .list: return .list
        case .settings: return .settings
        case .columns: return .columns
        case .screen: return .detail
        case nil: return screens.travel == nil ? focus.content.keyFocus(self) : .travel
        }
    }
}
