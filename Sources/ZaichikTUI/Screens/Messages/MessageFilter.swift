/// Which lines of the Messages pane are shown: those of topics that are on, and of the messages among them those that have
/// a text. What was lost, and notes, have no text to filter by and stay.
struct MessageFilter: Equatable {
    /// As it was typed: a text, `!text` for messages without it, `~text` for its characters in that order.
    var text = "" {
        didSet { condition = TextCondition(text) }
    }
    /// The topics that are off.
    var hidden: Set<String> = []
    private var condition: TextCondition?

    /// Every line is shown.
    var isEmpty: Bool { condition == nil && hidden.isEmpty }

    func shows(_ entry: MessageEntry) -> Bool {
        switch entry.content {
        case .message(let message): !hidden.contains(message.topic) && condition?.holds(message) ?? true
        case .gap(let topic, _, _, _): !hidden.contains(topic)
        case .note, .skipped: true
        }
    }
}

/// What is typed as a filter of messages.
private struct TextCondition: Equatable {
    private enum Match: Equatable {
        case text(TextSearch)
        case rough(RoughSearch)
    }

    private let match: Match
    private let isInverse: Bool

    /// - Returns: nil if there is nothing to filter by.
    init?(_ typed: String) {
        var rest = typed[...]
        isInverse = rest.first == "!"
        if isInverse { rest = rest.dropFirst() }
        if rest.first == "~" {
            guard let search = RoughSearch(String(rest.dropFirst())) else { return nil }
            match = .rough(search)
        } else {
            guard let search = TextSearch(String(rest)) else { return nil }
            match = .text(search)
        }
    }

    func holds(_ message: ReceivedMessage) -> Bool {
        let isFound =
            switch match {
            case .text(let search): search.matches(message, .json)
            case .rough(let search): Self.texts(of: message).contains(where: search.isIn)
            }
        return isFound != isInverse
    }

    /// The parts of a message in which the letters may be; each of them by itself.
    private static func texts(of message: ReceivedMessage) -> [String] {
        let bytes = [message.key ?? [], Array(message.payload.prefix(4096))] + message.headers.map(\.value)
        return [message.topic] + message.headers.map(\.name) + bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}
