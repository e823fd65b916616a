import ZaichikProtocol

extension Model {
    mutating func performForm(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .startPublish: startPublish()
        case .leaveForm: publish.isEditing = false
        case .send: return send(now)
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
            publish.field = .topic
            say("\(error)", bad: true, now)
            return []
        }
    }

    mutating func pasted(_ text: String) -> [Effect] {
        let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        if keyFocus == .pane(.publish) {
            publish.isEditing = true
            publish.field = .body
        }
        return keyFocus.isTyping ? typed(lines) : []
    }

    /// Text for the field or the prompt that is being typed into. Only a body has lines.
    mutating func typed(_ text: String) -> [Effect] {
        if prompt != nil {
            prompt?.insert(text.replacing("\n", with: " "))
            return []
        }
        publish[publish.field].insert(publish.field == .body ? text : text.replacing("\n", with: " "))
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
