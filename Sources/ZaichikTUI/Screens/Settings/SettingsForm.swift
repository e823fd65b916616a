import ZaichikProtocol
import ZaichikWords

/// The settings of a topic or a session as fields to type into. Enter sends those that were changed.
struct SettingsForm: Equatable, Sendable {
    enum Subject: Equatable, Sendable {
        /// A topic that is to be created.
        case newTopic
        case topic(String)
        case session(String)
    }

    /// One setting, or the name of what is created.
    struct Field: Equatable, Sendable {
        /// nil: the name.
        var tag: UInt8?
        var name: String
        var kind: SettingKind
        /// What it is for.
        var summary: String
        var editor: LineEditor
        /// What it was set to, as text.
        let before: String

        var isChanged: Bool { tag == nil || value != kind.value(before) }

        /// The number on the wire; nil if the text is none.
        var value: UInt64? { kind.value(editor.text) }

        fileprivate init(tag: UInt8, name: String, kind: SettingKind, summary: String, value: UInt64) {
            (self.tag, self.name, self.kind, self.summary) = (tag, name, kind, summary)
            before = kind.text(value)
            editor = LineEditor(before)
        }

        fileprivate init(topicName: String) {
            (tag, name, kind, summary) = (nil, "name", .count, "of the topic, such as orders.eu")
            before = ""
            editor = LineEditor(topicName)
        }
    }

    let subject: Subject
    var fields: [Field]
    private(set) var place = 0
    /// The text of the current field is as it was found: typing replaces it.
    var isSelected = true
    /// What is wrong with what was typed, or why the broker refuses it.
    var problem: String?
    /// Sent and not answered yet.
    var isSent = false
    /// What was looked at before, which Esc goes back to.
    let under: Overlay?

    init(topic: String, _ settings: TopicSettings, over under: Overlay?) {
        subject = .topic(topic)
        fields = Self.fields(settings)
        self.under = under
    }

    init(session: String, _ settings: SessionSettings, over under: Overlay?) {
        subject = .session(session)
        fields = SessionSettings.Tag.allCases.map {
            Field(tag: $0.rawValue, name: $0.name, kind: $0.kind, summary: $0.summary, value: settings[$0])
        }
        self.under = under
    }

    /// A new topic, with the settings that one has if nothing else is said.
    init(newTopic name: String, over under: Overlay?) {
        subject = .newTopic
        fields = [Field(topicName: name)] + Self.fields(TopicSettings())
        self.under = under
    }

    private static func fields(_ settings: TopicSettings) -> [Field] {
        // What decides about losses comes first.
        let order: [TopicSettings.Tag] = [
            .limit, .overflow, .retention, .historyBytes, .historyCount, .deduplicationWindow, .deduplicationScope,
        ]
        return order.map {
            Field(tag: $0.rawValue, name: $0.name, kind: $0.kind, summary: $0.summary, value: settings[$0])
        }
    }

    /// Types what is proposed, and goes to the first such field.
    mutating func propose(_ values: [String: String]) {
        for index in fields.indices { if let value = values[fields[index].name] { fields[index].editor.text = value } }
        select(fields.firstIndex { values[$0.name] != nil } ?? 0)
    }

    var current: Field {
        get { fields[place] }
        set { fields[place] = newValue }
    }

    /// To another field; the last is followed by the first.
    mutating func move(by step: Int) { select((place + step + fields.count) % fields.count) }

    mutating func select(_ field: Int) {
        guard fields.indices.contains(field) else { return }
        (place, isSelected) = (field, fields[field].tag != nil)
    }

    /// Types into the current field. Of a choice the first letter is enough.
    mutating func insert(_ text: String) {
        problem = nil
        guard case .choice(let words) = current.kind else {
            if isSelected { current.editor.text = "" }
            isSelected = false
            current.editor.insert(text, limit: 1 << 10)
            return
        }
        guard let letter = text.lowercased().first else { return }
        if letter == " " {
            choose(1)
            return
        }
        if let word = words.first(where: { $0.first == letter && $0 != current.editor.text })
            ?? words.first(where: { $0.first == letter })
        {
            current.editor.text = word
        }
    }

    /// The next word of a choice.
    ///
    /// - Returns: Whether the current field is one.
    @discardableResult
    mutating func choose(_ step: Int) -> Bool {
        guard case .choice(let words) = current.kind else { return false }
        problem = nil
        let place = words.firstIndex(of: current.editor.text) ?? 0
        current.editor.text = words[(place + step + words.count) % words.count]
        return true
    }

    /// The name of what it is about.
    var name: String {
        switch subject {
        case .topic(let name), .session(let name): name
        case .newTopic: fields[0].editor.text
        }
    }

    /// The command that does the same.
    var command: String {
        let verb =
            switch subject {
            case .topic: "topic set"
            case .newTopic: "topic create"
            case .session: "session set"
            }
        let changes = changed.map { field in
            if field.name == SessionSettings.Tag.mode.name { return "--\(field.editor.text)" }
            return "--\(field.name) \(field.editor.text.filter { $0 != " " })"
        }
        return (["zaichik", verb, ShellText.quoted(name.isEmpty ? "NAME" : name)] + changes).joined(separator: " ")
    }

    /// The settings that differ from what they were.
    var changed: [Field] { fields.filter { $0.tag != nil && $0.isChanged } }

    /// What is to be sent.
    ///
    /// - Returns: nil if something is wrong, which ``problem`` tells then.
    mutating func plan() -> SettingsPlan? {
        for (index, field) in fields.enumerated() where field.tag != nil && field.value == nil {
            select(index)
            problem = "'\(field.editor.text)' is not right for \(field.name): \(field.kind.rule)"
            return nil
        }
        let values = Dictionary(uniqueKeysWithValues: changed.map { ($0.tag ?? 0, $0.value ?? 0) })
        switch subject {
        case .session(let name):
            var settings = SessionSettings()
            for field in fields {
                guard let tag = field.tag.flatMap(SessionSettings.Tag.init), let value = field.value else { continue }
                guard settings.set(tag, to: value) else {
                    problem = "\(field.name) cannot be \(field.editor.text): \(tag.unit)"
                    return nil
                }
            }
            var change = SessionSettingsChange()
            for tag in SessionSettings.Tag.allCases { change[tag] = values[tag.rawValue] }
            return unlessEmpty(.session(name, change))
        case .topic, .newTopic:
            let topic: TopicName
            do throws(NameError) {
                topic = try TopicName(name)
            } catch {
                (place, problem) = (0, name.isEmpty ? "type the topic's name" : ErrorText.topicName(name, error))
                return nil
            }
            var change = TopicSettingsChange()
            for tag in TopicSettings.Tag.allCases { change[tag] = values[tag.rawValue] }
            return unlessEmpty(.topic(topic, change, isNew: subject == .newTopic))
        }
    }

    private mutating func unlessEmpty(_ plan: SettingsPlan) -> SettingsPlan? {
        guard changed.isEmpty, subject != .newTopic else { return plan }
        problem = "nothing is changed yet"
        return nil
    }
}

/// Settings to be sent.
enum SettingsPlan: Equatable, Sendable {
    case topic(TopicName, TopicSettingsChange, isNew: Bool)
    case session(String, SessionSettingsChange)

    var name: String {
        switch self {
        case .topic(let name, _, _): name.string
        case .session(let name, _): name
        }
    }
}
