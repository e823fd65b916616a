import ZaichikProtocol

/// The message that is being written, and the outcomes of earlier ones.
struct PublishForm: Equatable {
    enum Field: Int, CaseIterable, Sendable {
        case topic, key, body

        var label: String {
            switch self {
            case .topic: "topic"
            case .key: "key"
            case .body: "body"
            }
        }

        /// The most bytes that it takes; the broker may take less.
        var limit: Int {
            switch self {
            case .topic: 1 << 10
            case .key: Int(UInt16.max)
            case .body: 8 << 20
            }
        }
    }

    /// One publish, to be sent again.
    struct Draft: Equatable, Sendable {
        var topic = ""
        var key = ""
        var body = ""
    }

    static let maximumHistory = 200
    /// Longer bodies are not kept for sending them again, in bytes.
    private static let longestRemembered = 64 << 10

    var topic = LineEditor()
    var key = LineEditor()
    var body = LineEditor()
    var field = Field.topic
    var isEditing = false
    /// Oldest first.
    private(set) var history: [Draft] = []
    /// The place in the history that the form shows; nil if it shows what is being typed.
    private(set) var place: Int?
    private var typed = Draft()
    /// Newest last.
    var results: [PublishResult] = []
    /// Published and not yet answered.
    var waiting = 0
    /// The topic that was created last, for a publish that is not answered yet.
    var created: String?
    /// Enter was pressed with an empty body: pressed again it publishes an empty message.
    var isEmptyAsked = false

    subscript(field: Field) -> LineEditor {
        get {
            switch field {
            case .topic: topic
            case .key: key
            case .body: body
            }
        }
        // In place: a long body is not copied for each key.
        _modify {
            switch field {
            case .topic: yield &topic
            case .key: yield &key
            case .body: yield &body
            }
        }
    }

    var draft: Draft { Draft(topic: topic.text, key: key.text, body: body.text) }

    mutating func remember() {
        if body.bytes <= Self.longestRemembered, history.last != draft { history.append(draft) }
        if history.count > Self.maximumHistory { history.removeFirst() }
        place = nil
    }

    /// Shows an older or a newer publish; after the newest comes the text that was being typed.
    mutating func recall(older: Bool) {
        guard !history.isEmpty else { return }
        if place == nil {
            guard older else { return }
            typed = draft
        }
        let target = (place ?? history.count) + (older ? -1 : 1)
        guard target >= 0 else { return }
        place = target < history.count ? target : nil
        let draft = place.map { history[$0] } ?? typed
        topic.text = draft.topic
        key.text = draft.key
        body.text = draft.body
    }

    mutating func record(_ result: PublishResult) {
        results.append(result)
        if results.count > Self.maximumHistory { results.removeFirst() }
    }
}

/// The outcome of one publish.
struct PublishResult: Equatable, Sendable {
    enum Outcome: Equatable, Sendable {
        case accepted(sequence: UInt64, queues: UInt32)
        /// Its key had been published before, with that sequence.
        case duplicate(sequence: UInt64)
        case refused(String)
        /// The broker does not have it.
        case notSent(String)
        /// The connection was lost before the answer came: the broker has it or not.
        case unknown(String)

        /// What went wrong; nil if nothing did.
        var problem: String? {
            switch self {
            case .accepted, .duplicate: nil
            case .refused(let reason): "refused: \(reason)"
            case .notSent(let reason): "not sent: \(reason)"
            case .unknown(let reason): "unknown: \(reason)"
            }
        }
    }

    var topic: String
    var key: String
    var length: Int
    var outcome: Outcome
    var time: Moment
    /// The topic did not exist and was created for it.
    var isNewTopic = false
}
