import ZaichikProtocol
import ZaichikWords

extension Model {
    mutating func performForm(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .startPublish: startPublish()
        case .leaveForm: publish.isEditing = false
        case .send: return advance(now)
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

    private mutating func moveField(by step: Int) {
        let count = PublishForm.Field.allCases.count
        publish.field = PublishForm.Field(rawValue: (publish.field.rawValue + step + count) % count)!
    }

    /// Goes on to the next field, and publishes from the last: a message with nothing in it only if Enter is pressed twice.
    private mutating func advance(_ now: Moment) -> [Effect] {
        guard publish.field == .body else {
            if publish.field == .topic {
                do throws(NameError) { _ = try TopicName(publish.topic.text) } catch { return refuseTopic(error, now) }
            }
            moveField(by: 1)
            return []
        }
        guard !publish.body.isEmpty || publish.asksForEmpty else {
            publish.asksForEmpty = true
            say("the body is empty: Enter once more publishes an empty message", now)
            return []
        }
        publish.asksForEmpty = false
        return send(now)
    }

    private mutating func refuseTopic(_ error: NameError, _ now: Moment) -> [Effect] {
        publish.field = .topic
        say(ErrorText.topicName(publish.topic.text, error), bad: true, now)
        return []
    }

    private mutating func send(_ now: Moment) -> [Effect] {
        guard broker.connection.isConnected else {
            say("not connected: the message stays here until it can be sent", bad: true, now)
            return []
        }
        do throws(NameError) {
            let topic = try TopicName(publish.topic.text)
            let key = publish.key.text
            let body = publish.body.text
            publish.remember()
            publish.waiting += 1
            publish.body.text = ""
            publish.field = .body
            topicColors.assign(topic.string)
            return [.link(.publish(topic: topic, key: key.isEmpty ? nil : key, body: body))]
        } catch {
            return refuseTopic(error, now)
        }
    }

    mutating func pasted(_ text: String, now: Moment) -> [Effect] {
        let lines = text.utf8.contains(UInt8(ascii: "\r")) ? Self.withPlainLineEnds(text) : text
        if keyFocus == .pane(.publish) {
            publish.isEditing = true
            publish.field = .body
        }
        return keyFocus.isTyping ? typed(lines, now: now) : []
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
        let isLine = prompt != nil || publish.field != .body
        let text = isLine && text.utf8.contains(UInt8(ascii: "\n")) ? text.replacing("\n", with: " ") : text
        if prompt != nil {
            prompt?.insert(text)
            return []
        }
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
        } else {
            Self.edit(&publish[publish.field], action)
        }
    }

    private static func edit(_ editor: inout LineEditor, _ action: Action) {
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
