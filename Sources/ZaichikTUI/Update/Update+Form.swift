import ZaichikProtocol
import ZaichikWords

extension Model {
    mutating func performForm(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .startPublish where isReadOnly, .send where isReadOnly:
            say("this program was started with --read-only: it publishes nothing", bad: true, now)
        case .startPublish: startPublish()
        case .leaveForm: publish.isEditing = false
        case .send: return enter(now)
        case .readPublished: return readPublished(now)
        case .newLine: if publish.field == .body { publish.body.insert("\n") }
        case .nextField: moveField(by: 1)
        case .previousField: moveField(by: -1)
        case .olderDraft: publish.recall(older: true)
        case .newerDraft: publish.recall(older: false)
        default: break
        }
        return []
    }

    private mutating func startPublish() {
        if publish.topic.text.isEmpty, let topic = focus.content.topic(self) { publish.topic.text = topic }
        publish.isEditing = true
        publish.field = publish.topic.text.isEmpty ? .topic : .body
        show(.publish)
    }

    /// Enter goes on to the next field, and publishes at the last.
    private mutating func enter(_ now: Moment) -> [Effect] {
        guard publish.field == .body else {
            if publish.field == .topic, topicName(now) == nil { return [] }
            moveField(by: 1)
            return []
        }
        if publish.body.isEmpty, !publish.isEmptyAsked {
            publish.isEmptyAsked = true
            say("the body is empty: Enter again publishes an empty message", now)
            return []
        }
        return send(now)
    }

    /// The topic of the form; nil if it is no name, which is said.
    private mutating func topicName(_ now: Moment) -> TopicName? {
        let text = publish.topic.text
        do throws(NameError) {
            return try TopicName(text)
        } catch {
            publish.field = .topic
            say(
                text.isEmpty ? "type the name of a topic, such as orders.eu" : ErrorText.topicName(text, error),
                bad: true, now)
            return nil
        }
    }

    private mutating func moveField(by step: Int) {
        publish.isEmptyAsked = false
        let count = PublishForm.Field.allCases.count
        publish.field = PublishForm.Field(rawValue: (publish.field.rawValue + step + count) % count)!
    }

    private mutating func send(_ now: Moment) -> [Effect] {
        guard broker.connection.isConnected else {
            say("not connected: press Enter again when connected", bad: true, now)
            return []
        }
        guard let topic = topicName(now) else { return [] }
        let key = publish.key.text
        let body = publish.body.text
        publish.remember()
        publish.waiting += 1
        publish.body.text = ""
        publish.field = .body
        publish.isEmptyAsked = false
        topicColors.assign(topic.string)
        return [.link(.publish(topic: topic, key: key.isEmpty ? nil : key, body: body))]
    }

    /// Shows what was published last where it arrives: in Messages, by a subscription to all that the topic keeps.
    private mutating func readPublished(_ now: Moment) -> [Effect] {
        guard let topic = publish.results.last?.topic, let pattern = try? TopicPattern(topic) else {
            say("nothing is published yet", now)
            return []
        }
        publish.isEditing = false
        show(.messages)
        messages.follow()
        return subscriptions(matching: topic).isEmpty ? [.link(.subscribe(pattern, .earliest))] : []
    }

    /// A name may be mistyped, so that is told.
    mutating func created(_ topic: String, now: Moment) {
        let isRead = subscriptions.contains { $0.pattern.string == topic }
        if !isRead { publish.created = topic }
        let text =
            isRead ? "subscribed to '\(topic)', which was created. u unsubscribes" : "created '\(topic)'"
        say(text, seconds: 20, now)
    }

    mutating func published(_ result: PublishResult, now: Moment) {
        var result = result
        result.isNewTopic = result.topic == publish.created
        if result.isNewTopic { publish.created = nil }
        publish.waiting = max(0, publish.waiting - 1)
        publish.record(result)
        if let problem = result.outcome.problem { return say(problem, bad: true, now) }
        guard result.isNewTopic else { return say(MessageText.published(result), now) }
        let hint = subscriptions(matching: result.topic).isEmpty ? " ^R reads it" : ""
        say("published to '\(result.topic)' (created; it did not exist).\(hint)", seconds: 20, now)
    }

    mutating func pasted(_ text: String, now: Moment) -> [Effect] {
        let lines = text.utf8.contains(UInt8(ascii: "\r")) ? Self.withPlainLineEnds(text) : text
        if keyFocus == .pane(.publish) {
            publish.isEditing = true
            publish.field = .body
        }
        let editor = prompt?.editor
        return keyFocus.isTyping ? typed(lines, now: now) + promptTyped(since: editor) : []
    }

    private static func withPlainLineEnds(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var last: UInt8 = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\r") {
                bytes.append(UInt8(ascii: "\n"))
            } else if byte != UInt8(ascii: "\n") || last != UInt8(ascii: "\r") {
                bytes.append(byte)
            }
            last = byte
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Text for the field or the prompt that is being typed into. Only a body has lines.
    mutating func typed(_ text: String, now: Moment) -> [Effect] {
        let isLine = prompt != nil || keyFocus == .settings || publish.field != .body
        let text = isLine && text.utf8.contains(UInt8(ascii: "\n")) ? text.replacing("\n", with: " ") : text
        if prompt != nil {
            prompt?.insert(text)
            return []
        }
        if case .settings = overlay {
            changeForm { $0.insert(text) }
            return []
        }
        publish.isEmptyAsked = false
        let field = publish.field
        if !publish[field].insert(text, limit: field.limit) {
            let limit = FigureText.bytes(UInt64(field.limit))
            say("the \(field.label) takes \(limit) at most: the rest was left out", bad: true, now)
        }
        return []
    }

    mutating func edit(_ action: Action) {
        if var editor = prompt?.editor {
            Self.edit(&editor, action)
            prompt?.editor = editor
            prompt?.isSelected = false
            prompt?.problem = nil
        } else if case .settings = overlay {
            editSetting(action)
        } else {
            Self.edit(&publish[publish.field], action)
        }
    }

    static func edit(_ editor: inout LineEditor, _ action: Action) {
        switch action {
        case .cursorLeft: editor.move(.left)
        case .cursorRight: editor.move(.right)
        case .cursorStart: editor.move(.start)
        case .cursorEnd: editor.move(.end)
        case .deleteBefore: editor.remove(.characterBefore)
        case .deleteAfter: editor.remove(.characterAfter)
        case .deleteWord: editor.remove(.wordBefore)
        case .deleteAll: editor.remove(.all)
        default: break
        }
    }
}
