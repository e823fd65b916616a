import ZaichikProtocol
import ZaichikWords

/// The message that is being written, and the outcomes of earlier ones.
struct PublishForm: Equatable {
    /// In the order in which Tab goes through them.
    enum Field: Int, CaseIterable, Sendable {
        case topic, key, body, headers, delay, expiry

        var label: String {
            switch self {
            case .topic: "topic"
            case .key: "key"
            case .body: "body"
            case .headers: "header"
            case .delay: "delay"
            case .expiry: "expiry"
            }
        }

        /// The most bytes that it takes; the broker may take less.
        var limit: Int {
            switch self {
            case .topic: 1 << 10
            case .key: Int(UInt16.max)
            case .body: 8 << 20
            case .headers: 64 << 10
            case .delay, .expiry: 64
            }
        }

        /// It may well be left out, and is not shown where there is little room.
        var isOption: Bool {
            switch self {
            case .topic, .key, .body: false
            case .headers, .delay, .expiry: true
            }
        }
    }

    /// One publish, to be sent again.
    struct Draft: Equatable, Sendable {
        var topic = ""
        var key = ""
        var headers = ""
        var delay = ""
        var expiry = ""
        var body = ""
    }

    /// What is published in place of a body that is typed: a file, or a message that is no text.
    struct Attachment: Equatable, Sendable {
        var name: String
        var bytes: [UInt8]
    }

    static let maximumHistory = 200
    /// Longer bodies are not kept for sending them again, in bytes.
    private static let longestRemembered = 64 << 10

    private var editors = [LineEditor](repeating: LineEditor(), count: Field.allCases.count)
    var field = Field.topic
    var isEditing = false
    var attachment: Attachment?
    /// The broker tells the way of what is published.
    var isTraced = false
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
    /// What Enter asked before it does it; pressed again it does.
    var asked: Question?
    /// The topic that is to be created: it was asked for.
    var newTopic: String?
    /// For ``MessageTemplate``.
    var templates = MessageTemplate.State()
    /// What the pane is used for.
    var screen = Screen.message
    var load = LoadState()
    var slowClients = SlowClientsState()

    enum Question: Equatable {
        /// The body is empty.
        case empty
        /// There is no such topic.
        case newTopic(String)
    }

    enum Screen: Equatable { case message, load, slowClients }

    subscript(field: Field) -> LineEditor {
        get { editors[field.rawValue] }
        // In place: a long body is not copied for each key.
        _modify { yield &editors[field.rawValue] }
    }

    var topic: LineEditor {
        get { self[.topic] }
        _modify { yield &self[.topic] }
    }
    var key: LineEditor {
        get { self[.key] }
        _modify { yield &self[.key] }
    }
    var body: LineEditor {
        get { self[.body] }
        _modify { yield &self[.body] }
    }

    /// What is being typed into.
    var typedEditor: LineEditor {
        get {
            switch screen {
            case .message: self[field]
            case .load: load.form[load.form.current]
            case .slowClients: slowClients.form[slowClients.form.current]
            }
        }
        _modify {
            switch screen {
            case .message: yield &self[field]
            case .load: yield &load.form[load.form.current]
            case .slowClients: yield &slowClients.form[slowClients.form.current]
            }
        }
    }

    /// Its name, and the most bytes that it takes.
    var typedField: (name: String, limit: Int) {
        switch screen {
        case .message: (field.label, field.limit)
        case .load: (load.form.current.label, KnobForm<LoadKnob>.longest)
        case .slowClients: (slowClients.form.current.label, KnobForm<SlowClientKnob>.longest)
        }
    }

    /// Options are in use, so they are shown wherever the form is.
    var usesOptions: Bool {
        Field.allCases.contains { $0.isOption && (!self[$0].isEmpty || isEditing && field == $0) }
    }

    var draft: Draft {
        get {
            Draft(
                topic: topic.text, key: key.text, headers: self[.headers].text, delay: self[.delay].text,
                expiry: self[.expiry].text, body: body.text)
        }
        set {
            topic.text = newValue.topic
            key.text = newValue.key
            self[.headers].text = newValue.headers
            self[.delay].text = newValue.delay
            self[.expiry].text = newValue.expiry
            body.text = newValue.body
        }
    }

    /// Forgets what belongs to a broker that is left: load ends with the link to it.
    mutating func leaveBroker() {
        results = []
        (created, asked, newTopic) = (nil, nil, nil)
        load = LoadState(form: load.form)
        slowClients = SlowClientsState(form: slowClients.form)
    }

    // MARK: History

    /// Takes what was published when the program ran before.
    mutating func begin(with history: [Draft]) { self.history = history.suffix(Self.maximumHistory) }

    /// - Returns: What is new in the history; nil if nothing is.
    @discardableResult
    mutating func remember() -> Draft? {
        place = nil
        guard attachment == nil, body.bytes <= Self.longestRemembered, history.last != draft else { return nil }
        history.append(draft)
        if history.count > Self.maximumHistory { history.removeFirst() }
        return draft
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
        attachment = nil
        draft = place.map { history[$0] } ?? typed
    }

    /// Fills the form with a message, to be sent again.
    mutating func fill(from message: ReceivedMessage) {
        let text = String(validating: message.payload, as: UTF8.self)
        let headers = message.headers.compactMap { header in
            String(validating: header.value, as: UTF8.self).map { (header.name, $0) }
        }
        let values = { (header: MessageHeader) in headers.first { $0.0 == header.name }?.1 ?? "" }
        let own = headers.filter { header in !MessageHeader.allCases.contains { $0.name == header.0 } }
        draft = Draft(
            topic: message.topic, key: message.key.map { SafeText.text($0) } ?? "",
            headers: HeaderLine.text(own),
            expiry: UInt64(values(.expireAfter)).map { "\($0)ms" } ?? "", body: text ?? "")
        attachment = text == nil ? Attachment(name: "#\(message.sequence)", bytes: message.payload) : nil
        field = .body
        place = nil
        asked = nil
    }

    /// The message that was published last, if it was traced and accepted.
    var lastTraced: TracedMessage? {
        guard let last = results.last, last.isTraced, case .accepted(let sequence, _) = last.outcome else { return nil }
        return TracedMessage(topic: last.topic, sequence: sequence)
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
        /// It gets its sequence when its delay is over.
        case delayed(queues: UInt32)
        case refused(String)
        /// The broker does not have it.
        case notSent(String)
        /// The connection was lost before the answer came: the broker has it or not.
        case unknown(String)

        /// What went wrong; nil if nothing did.
        var problem: String? {
            switch self {
            case .accepted, .duplicate, .delayed: nil
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
    /// The broker tells its way.
    var isTraced = false
}
