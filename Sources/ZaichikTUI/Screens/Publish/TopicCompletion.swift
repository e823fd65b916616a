import ZaichikProtocol

/// The topics that a beginning of a name may become.
struct TopicCompletion {
    let typed: String
    /// In alphabetical order; without one that is typed already.
    let candidates: [String]

    init(_ typed: String, _ names: some Sequence<String>) {
        self.typed = typed
        candidates = typed.isEmpty ? [] : Set(names).filter { $0.hasPrefix(typed) && $0 != typed }.sorted()
    }

    /// What all candidates go on with after what is typed; empty if they differ at once.
    var common: String {
        guard let first = candidates.first, let last = candidates.last else { return "" }
        let rests = (first.dropFirst(typed.count), last.dropFirst(typed.count))
        return String(zip(rests.0, rests.1).prefix { $0 == $1 }.map(\.0))
    }
}

extension Model {
    /// What the topic that is typed may become.
    var topicCompletion: TopicCompletion {
        TopicCompletion(publish.topic.text, topics.rows.map(\.name) + publish.history.map(\.topic))
    }
}
