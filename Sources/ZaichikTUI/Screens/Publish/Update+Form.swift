import ZaichikProtocol
import ZaichikWords

extension Model {
    mutating func performForm(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .send where isReadOnly:
            say("\(readOnlyReason ?? ""): nothing is published", bad: true, now)
        case .leaveForm: publish.isEditing = false
        case .send where publish.screen != .message: return enterKnob(now)
        case .nextField where publish.screen != .message, .newerDraft where publish.screen != .message:
            moveKnob(by: 1)
        case .previousField where publish.screen != .message, .olderDraft where publish.screen != .message:
            moveKnob(by: -1)
        case .send: return enter(now)
        case .readPublished: return readPublished(now)
        case .newLine: if publish.screen == .message, publish.field == .body { publish.body.insert("\n") }
        case .nextField: completeOrMove(now)
        case .previousField: moveField(by: -1)
        case .olderDraft: publish.recall(older: true)
        case .newerDraft: publish.recall(older: false)
        case .chooseFile:
            if publish.screen == .message { prompt = Prompt(.chooseFile, text: publish.attachment?.name ?? "") }
        case .openEditor: return openEditor(now)
        case .traced:
            guard publish.screen == .message else { break }
            publish.isTraced.toggle()
            say(publish.isTraced ? "the broker tells the way of what is published" : "nothing is traced", now)
        default: break
        }
        return []
    }

    /// - Parameter key: In the pane itself Enter changes what it shows.
    mutating func startPublish(by key: Key, now: Moment) -> [Effect] {
        guard !isReadOnly else {
            say("\(readOnlyReason ?? ""): nothing is published", bad: true, now)
            return []
        }
        if focus == .publish, publish.screen != .message, key == .enter || key == .character("i") {
            publish.isEditing = true
            return []
        }
        publish.screen = .message
        if publish.topic.text.isEmpty, let topic = focus.content.topic(self) { publish.topic.text = topic }
        publish.isEditing = true
        publish.field = publish.topic.text.isEmpty ? .topic : .body
        show(.publish)
        return []
    }

    /// Enter goes on to the next field, and publishes in the body.
    private mutating func enter(_ now: Moment) -> [Effect] {
        switch publish.field {
        case .body: return send(now)
        case .topic:
            guard topicName(now) != nil else { return [] }
            moveField(by: 1)
        case .key: moveField(by: 1)
        case .headers, .delay, .expiry: publish.field = .body
        }
        return []
    }

    /// Asks once whether a topic that does not exist is meant: its name may be mistyped.
    private mutating func isTopicMeant(_ name: TopicName, _ now: Moment) -> Bool {
        guard isNewTopic(name.string), publish.asked != .newTopic(name.string), publish.newTopic != name.string else {
            if publish.asked == .newTopic(name.string) { publish.newTopic = name.string }
            return true
        }
        publish.asked = .newTopic(name.string)
        let near = topicCompletion.candidates.first.map { "; '\($0)' exists" } ?? ""
        say("there is no topic '\(name)' yet\(near): Enter again creates it with the message", now)
        return false
    }

    /// Completes the name of a topic; what is complete, or has no completion, leads to the next field.
    private mutating func completeOrMove(_ now: Moment) {
        guard publish.field == .topic, !publish.topic.isEmpty else { return moveField(by: 1) }
        let completion = topicCompletion
        guard !completion.common.isEmpty else { return moveField(by: 1) }
        publish.topic.text = completion.typed + completion.common
        let others = topicCompletion.candidates
        if !others.isEmpty {
            say("also " + others.prefix(8).joined(separator: ", ") + (others.count > 8 ? " …" : ""), now)
        }
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
        publish.asked = nil
        let count = PublishForm.Field.allCases.count
        publish.field = PublishForm.Field(rawValue: (publish.field.rawValue + step + count) % count)!
    }

    private mutating func send(_ now: Moment) -> [Effect] {
        guard broker.connection.isConnected else {
            say("not connected: press Enter again when connected", bad: true, now)
            return []
        }
        guard let topic = topicName(now), isTopicMeant(topic, now) else { return [] }
        if publish.body.isEmpty, publish.attachment == nil, publish.asked != .empty {
            publish.asked = .empty
            say("the body is empty: Enter again publishes an empty message", now)
            return []
        }
        let message: OutgoingMessage
        do throws(PublishForm.Problem) {
            message = try publish.message(to: topic, now: now)
        } catch {
            publish.field = error.field
            say(error.text, bad: true, now)
            return []
        }
        let new = publish.remember()
        publish.waiting += 1
        publish.body.text = ""
        publish.attachment = nil
        publish.field = .body
        publish.asked = nil
        topicColors.assign(topic.string)
        return [.link(.publish(message))] + (new.map { [.file(.remember($0))] } ?? [])
    }

    // MARK: Files and the editor

    private mutating func openEditor(_ now: Moment) -> [Effect] {
        guard publish.screen == .message else { return [] }
        guard publish.attachment == nil else {
            say("the body is '\(publish.attachment?.name ?? "")': ^U takes it out, then it can be written", now)
            return []
        }
        return [.file(.edit(publish.body.text))]
    }

    /// - Returns: Nothing, if no file is named.
    mutating func chooseFile(_ path: String) -> [Effect] {
        guard !path.isEmpty else {
            prompt?.problem = "type the name of a file"
            return []
        }
        return [.file(.read(path: path))]
    }

    /// Takes an answer of the file system or the editor.
    mutating func fileTold(_ event: FileEvent, now: Moment) {
        switch event {
        case .written(let path, let count):
            prompt = nil
            shownLog.unmarkAll()
            say("\(count) \(count == 1 ? "message" : "messages") written to '\(path)'", seconds: 10, now)
        case .notWritten(let path, let problem): answerFile("'\(path)' cannot be written: \(problem)", now)
        case .read(let path, let bytes):
            prompt = nil
            publish.attachment = PublishForm.Attachment(name: path, bytes: bytes)
            publish.field = .body
            say(
                "the body is '\(path)', \(FigureText.bytes(UInt64(bytes.count))); Enter publishes it, ^U takes it out",
                now)
        case .notRead(let path, let problem): answerFile("'\(path)' cannot be read: \(problem)", now)
        case .edited(let text):
            publish.body.text = text
            publish.field = .body
        case .notEdited(let problem): say(problem, bad: true, now)
        }
    }

    /// Beside the name that was typed, if it is still asked for.
    private mutating func answerFile(_ problem: String, _ now: Moment) {
        if prompt == nil { say(problem, bad: true, now) } else { prompt?.problem = problem }
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
        if keyFocus == .pane(.publish), publish.screen == .message {
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
        let isLine = prompt != nil || keyFocus == .settings || publish.screen != .message || publish.field != .body
        let text = isLine && text.utf8.contains(UInt8(ascii: "\n")) ? text.replacing("\n", with: " ") : text
        if prompt != nil {
            prompt?.insert(text)
            return []
        }
        if case .settings = overlay {
            changeForm { $0.insert(text) }
            return []
        }
        publish.asked = nil
        if publish.screen == .message, publish.field == .body, let attachment = publish.attachment {
            say("the body is '\(attachment.name)': ^U takes it out, then it can be written", bad: true, now)
            return []
        }
        let (name, limit) = publish.typedField
        if !publish.typedEditor.insert(text, limit: limit) {
            say("the \(name) takes \(FigureText.bytes(UInt64(limit))) at most: the rest was left out", bad: true, now)
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
            if action == .deleteAll, publish.screen == .message, publish.field == .body { publish.attachment = nil }
            Self.edit(&publish.typedEditor, action)
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
