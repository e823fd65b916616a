/// The parts of the screen that can have the focus, in the order of their numbers.
enum Pane: Int, CaseIterable, Sendable {
    case clients = 1
    case topics
    case messages
    case publish

    var name: String {
        switch self {
        case .clients: "Clients"
        case .topics: "Topics"
        case .messages: "Messages"
        case .publish: "Publish"
        }
    }

    /// The one after it, round about.
    var next: Pane { Pane(rawValue: rawValue % 4 + 1)! }
    var previous: Pane { Pane(rawValue: (rawValue + 2) % 4 + 1)! }

    /// Tables stand above, messages below, where there is room for one of each.
    var isTable: Bool { self == .clients || self == .topics }
}
