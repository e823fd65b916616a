import ZaichikProtocol
import ZaichikWords

// What is done with lines of the Messages pane, and with one that is looked at as a whole.
extension Model {
    /// The log that the Messages pane shows: the stream, or the topic that is browsed.
    var shownLog: MessageLog {
        get { browse?.log ?? messages }
        _modify {
            if browse != nil { yield &browse!.log } else { yield &messages }
        }
    }

    private var messageRows: Int { area(of: .messages).pageHeight }

    mutating func performMessages(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .filterMessages: prompt = Prompt(.filterMessages(before: shownLog.filter.text), text: shownLog.filter.text)
        case .switchTopic: askForTopic(now)
        case .mark: markHere()
        case .olderMessage: return step(by: -1, now)
        case .newerMessage: return step(by: 1, now)
        case .difference: return toggleDifference(now)
        case .foldMore, .foldLess: fold(more: action == .foldMore)
        case .copyMessage: return copyChosen(now)
        case .export: askForFile(now)
        case .editMessage: editAgain(now)
        case .browse: askForBrowse()
        default: break
        }
        return []
    }

    /// The messages that an action is about: the one that is looked at, those that are marked, or that under the cursor.
    var chosenMessages: [ReceivedMessage] {
        if isStreamInFront { return shownLog.chosen }
        guard case .message(let inspection) = overlay, let message = inspection.entry.message else { return [] }
        return [message]
    }

    /// Keys go to the lines of the Messages pane, with a drawer beside them or none.
    var isStreamInFront: Bool { overlay == nil || isDrawerFollowing }

    private static let nothingChosen = "there is no message under the cursor"

    private mutating func markHere() {
        guard let current = shownLog.current else { return }
        shownLog.toggleMark(current)
        let rows = messageRows
        // On to the next, as one marks several; at the last line the newest is not followed for it.
        if let cursor = shownLog.cursor, cursor < shownLog.shown.count - 1 {
            shownLog.select(shownLog.shown[cursor + 1].id, height: rows)
        } else {
            shownLog.select(current.id, height: rows)
        }
    }

    mutating func setMessageFilter(_ text: String) {
        var filter = shownLog.filter
        filter.text = text
        shownLog.setFilter(filter)
    }

    // MARK: Topics that are off

    /// The topics of the lines that are there, and those that are off.
    var switchableTopics: [String] {
        let seen = shownLog.entries.reduce(into: shownLog.filter.hidden) { topics, entry in
            switch entry.content {
            case .message(let message): topics.insert(message.topic)
            case .gap(let topic, _, _, _): topics.insert(topic)
            case .note, .skipped: break
            }
        }
        return seen.sorted()
    }

    private mutating func askForTopic(_ now: Moment) {
        let topics = switchableTopics
        guard let first = topics.first else { return say("no messages yet: there is no topic to hide", now) }
        let here = shownLog.current?.message?.topic
        prompt = Prompt(.switchTopic, text: here ?? first, offers: topics)
    }

    mutating func switchTopic(_ topic: String, _ now: Moment) {
        guard switchableTopics.contains(topic) else {
            prompt?.problem = "no message of '\(topic)' is here; ↓ ↑ show which topics are"
            return
        }
        prompt = nil
        var filter = shownLog.filter
        let isShown = filter.hidden.remove(topic) != nil
        if !isShown { filter.hidden.insert(topic) }
        shownLog.setFilter(filter)
        say(isShown ? "'\(topic)' is shown" : "'\(topic)' is hidden; i shows it again", now)
    }

    // MARK: One message

    /// Looks at the message before or after the one that is looked at.
    private mutating func step(by distance: Int, _ now: Moment) -> [Effect] {
        guard case .message(let inspection) = overlay else { return [] }
        let shown = shownLog.shown
        let place = shown.place(of: inspection.entry.id) + distance
        guard shown.indices.contains(place) else {
            say(distance < 0 ? "there is no earlier one here" : "there is no later one yet", now)
            return []
        }
        let entry = shown[place]
        shownLog.select(entry.id, height: messageRows)
        return look(at: entry, format: inspection.format, showsDifference: inspection.earlier != nil)
            + browseMore(down: distance > 0)
    }

    /// Shows a line as a whole.
    mutating func look(at entry: MessageEntry, format: PayloadFormat, showsDifference: Bool = false) -> [Effect] {
        var inspection = MessageInspection(entry: entry, format: format)
        if showsDifference { inspection.earlier = earlier(than: entry) }
        let rest = restToRead([entry.message, inspection.earlier])
        inspection.isAsked = rest != nil
        overlay = .message(inspection)
        return rest.map { [.link(.readWhole($0))] } ?? []
    }

    /// Asks for what is missing of the message that is looked at, unless it is asked for already.
    mutating func readRest() -> [Effect] {
        guard case .message(var inspection) = overlay, !inspection.isAsked, !inspection.isBeyondReach,
            let rest = restToRead([inspection.entry.message, inspection.earlier])
        else { return [] }
        inspection.isAsked = true
        overlay = .message(inspection)
        return [.link(.readWhole(rest))]
    }

    /// Those of some messages that were looked at and are not here as a whole; nil if there are none.
    private func restToRead(_ messages: [ReceivedMessage?]) -> KeptMessages? {
        let cut = messages.compactMap(\.self).filter {
            $0.connection == 0 && $0.payload.count < min($0.length, ReceivedMessage.maximumKept)
        }
        guard broker.connection.isConnected, let first = cut.first, let topic = try? TopicName(first.topic) else {
            return nil
        }
        return KeptMessages(topic: topic, sequences: cut.map(\.sequence))
    }

    /// The last message before a line with the same topic and key.
    private func earlier(than entry: MessageEntry) -> ReceivedMessage? {
        guard let message = entry.message else { return nil }
        let shown = shownLog.entries
        return shown[..<shown.place(of: entry.id)].last { other in
            other.message.map { $0.topic == message.topic && $0.key == message.key } ?? false
        }?.message
    }

    private mutating func toggleDifference(_ now: Moment) -> [Effect] {
        guard case .message(var inspection) = overlay, let message = inspection.entry.message else { return [] }
        if inspection.earlier != nil {
            inspection.earlier = nil
        } else if let earlier = earlier(than: inspection.entry) {
            inspection.earlier = earlier
        } else {
            let key = message.key.map { " with the key \(SafeText.text($0))" } ?? " without a key"
            say("there is no earlier message of '\(message.topic)'\(key) here", now)
            return []
        }
        inspection.offset = 0
        let rest = restToRead([inspection.earlier])
        if rest != nil { inspection.isAsked = true }
        overlay = .message(inspection)
        return rest.map { [.link(.readWhole($0))] } ?? []
    }

    private mutating func fold(more: Bool) {
        guard case .message(var inspection) = overlay, let message = inspection.entry.message else { return }
        inspection.fold(message, more: more)
        inspection.offset = 0
        overlay = .message(inspection)
    }

    /// The message that is looked at is a document, whose brackets can be folded.
    var isDocumentShown: Bool {
        guard case .message(let inspection) = overlay, let message = inspection.entry.message else { return false }
        return message.format(inspection.format) == .json || message.format(inspection.format) == .messagePack
    }

    // MARK: Out of the program

    /// Copies payloads: one as it is, several as lines of JSON.
    private mutating func copyChosen(_ now: Moment) -> [Effect] {
        let messages = chosenMessages
        guard let first = messages.first else {
            say(Self.nothingChosen, now)
            return []
        }
        let text =
            messages.count == 1
            ? SafeText.text(first.payload)
            : messages.map { String(decoding: ExportText.json($0), as: UTF8.self) }.joined(separator: "\n")
        let what = messages.count == 1 ? "the payload of #\(first.sequence)" : "\(messages.count) messages"
        let isCut = text.utf8.count > Clipboard.mostBytes || messages.contains { $0.payload.count < $0.length }
        say("copied \(what)" + (isCut ? ", but not all of it: it is too long" : ""), bad: isCut, now)
        return [.copy(text)]
    }

    /// What is marked, or all that is shown; the one that is looked at.
    var exportedMessages: [ReceivedMessage] {
        isStreamInFront && shownLog.marked.isEmpty ? shownLog.shown.compactMap(\.message) : chosenMessages
    }

    private mutating func askForFile(_ now: Moment) {
        let messages = exportedMessages
        guard let first = messages.first else { return say("there are no messages to export", now) }
        let topics = Set(messages.map(\.topic))
        let name = topics.count == 1 ? first.topic.replacing("/", with: "_") : "messages"
        prompt = Prompt(.export(messages), text: "\(name)-\(first.sequence).jsonl")
    }

    private mutating func editAgain(_ now: Moment) {
        guard let message = chosenMessages.first else { return say(Self.nothingChosen, now) }
        guard !isReadOnly else {
            return say("\(readOnlyReason ?? ""): nothing is published", bad: true, now)
        }
        guard message.payload.count == message.length, message.omittedHeaders == 0 else {
            return say(
                "only the first \(FigureText.bytes(UInt64(message.payload.count))) of that message are here: it cannot be sent again",
                bad: true, now)
        }
        overlay = nil
        publish.fill(from: message)
        publish.screen = .message
        publish.isEditing = true
        show(.publish)
    }

    // MARK: Browsing

    private mutating func askForBrowse() {
        let topic: String? =
            switch overlay {
            case .topic(let inspection): inspection.name
            case .message(let inspection): inspection.entry.message?.topic
            default: browse?.topic.string ?? focus.content.topic(self)
            }
        prompt = Prompt(.browse, text: topic ?? "", offers: topics.rows.map(\.name))
    }

    /// What was typed to the prompt.
    mutating func browse(typed text: String, _ now: Moment) -> [Effect] {
        switch browse(at: text, now) {
        case .success(let effects):
            prompt = nil
            overlay = nil
            return effects
        case .failure(let problem):
            prompt?.problem = problem.text
            return []
        }
    }

    /// Browses a topic from a place on.
    mutating func browse(at text: String, _ now: Moment) -> Result<[Effect], KeptPlace.Problem> {
        let time = broker.time > 0 ? broker.time : now
        let (name, start) = KeptPlace.read(text, now: time, offset: utcOffset)
        do throws(NameError) {
            let topic = try TopicName(name)
            guard let start else { return .failure(KeptPlace.Problem(text: "a place is \(KeptPlace.forms)")) }
            return .success(browse(BrowseRequest(topic: topic, start: start, part: .place)))
        } catch {
            let text = name.isEmpty ? "type the name of a topic, such as orders.eu" : ErrorText.topicName(name, error)
            return .failure(KeptPlace.Problem(text: text))
        }
    }

    private mutating func browse(_ request: BrowseRequest) -> [Effect] {
        if browse?.topic != request.topic { browse = Browse(request.topic) }
        browse?.asked = request
        browse?.problem = nil
        topicColors.assign(request.topic.string)
        show(.messages)
        return [.link(.browse(request))]
    }

    /// Goes to the first or the last message that the topic keeps.
    mutating func browseEnd(first: Bool) -> [Effect] {
        guard let topic = browse?.topic else { return [] }
        let start = first ? StartPosition.earliest : .last(UInt64(Browse.page))
        return browse(BrowseRequest(topic: topic, start: start, part: .place))
    }

    /// Asks for the page that comes next, if the cursor is near to an end.
    ///
    /// - Parameter down: Whether the cursor was moved down: what was published meanwhile is looked for.
    mutating func browseMore(down: Bool) -> [Effect] {
        guard browse != nil, overlay == nil || overlay?.isMessage == true, broker.connection.isConnected else {
            return []
        }
        if down { browse?.lookForNewer() }
        return browse?.askForMore().map { [.link(.browse($0))] } ?? []
    }

    mutating func browseTold(_ event: BrowseEvent, _ now: Moment) -> [Effect] {
        switch event {
        case .page(let request, let messages):
            let rows = messageRows
            let next = browse?.take(messages, for: request, height: rows)
            if let next = next ?? nil { return [.link(.browse(next))] }
            // What is around a place that one goes to is shown with it. A filter might ask on and on.
            return shownLog.filter.isEmpty ? browseMore(down: false) : []
        case .noPage(let request, let problem):
            guard browse?.asked == request else { return [] }
            browse?.asked = nil
            browse?.problem = problem
            say(problem, bad: true, now)
        case .whole(let messages):
            for message in messages { showWhole(message) }
            return exportWhole()
        case .noWhole(let wanted, let problem):
            if browse?.export != nil { return exportWhole() }
            guard case .message(var inspection) = overlay, inspection.isAsked else { return [] }
            inspection.isAsked = false
            inspection.isBeyondReach = true
            overlay = .message(inspection)
            say("the rest of #\(wanted.sequences.first ?? 0) cannot be read: \(problem)", bad: true, now)
        }
        return []
    }

    private mutating func showWhole(_ message: ReceivedMessage) {
        guard browse?.topic.string == message.topic else { return }
        let entry = MessageEntry(id: message.sequence, time: message.timestamp, content: .message(message))
        browse?.log.replace(entry)
        guard case .message(var inspection) = overlay, inspection.isAsked else { return }
        if inspection.entry.id == entry.id {
            inspection.entry = entry
        } else if inspection.earlier?.sequence == message.sequence {
            inspection.earlier = message
        } else {
            return
        }
        inspection.isAsked = restToRead([inspection.entry.message, inspection.earlier]) != nil
        inspection.payload = nil
        overlay = .message(inspection)
    }

    // MARK: Exporting

    /// Asks the edge for a file with messages. The prompt stays if that does not succeed.
    mutating func export(_ messages: [ReceivedMessage], to path: String) -> [Effect] {
        guard !path.isEmpty else {
            prompt?.problem = "type the name of a file"
            return []
        }
        if browse != nil, let rest = restToRead(messages) {
            browse?.export = Browse.Export(path: path, sequences: messages.map(\.sequence))
            prompt?.found = "reading them as a whole"
            return [.link(.readWhole(rest))]
        }
        let bytes = ExportText.bytes(messages, isCSV: path.lowercased().hasSuffix(".csv"))
        return [.file(.write(path: path, bytes, count: messages.count))]
    }

    /// Writes what was to be read as a whole first, as far as that was possible.
    private mutating func exportWhole() -> [Effect] {
        guard let export = browse?.export else { return [] }
        browse?.export = nil
        let sequences = Set(export.sequences)
        let messages = shownLog.entries.compactMap(\.message).filter { sequences.contains($0.sequence) }
        let bytes = ExportText.bytes(messages, isCSV: export.path.lowercased().hasSuffix(".csv"))
        return [.file(.write(path: export.path, bytes, count: messages.count))]
    }
}

extension Overlay {
    var isMessage: Bool {
        if case .message = self { return true }
        return false
    }
}

/// Messages that a topic keeps.
struct KeptMessages: Equatable, Sendable {
    var topic: TopicName
    var sequences: [UInt64]
}
