import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct MessagesScreenTests {
    var model = Samples.model(Size(width: 120, height: 30))
    let now = Samples.now

    init() {
        model.show(.messages)
    }

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: now) }
    }

    @discardableResult
    private mutating func type(_ text: String) -> [Effect] {
        text.flatMap { update(&model, .terminal(.key(.character($0))), now: now) }
    }

    private var screen: String {
        RootView.screen(model, theme: Theme(scheme: .none), now: now).buffer.lines.joined(separator: "\n")
    }

    private var shownTopics: Set<String> { Set(model.shownLog.shown.compactMap { $0.message?.topic }) }

    // MARK: Filter and topics

    @Test("a filter leaves the messages that have the text, as it is typed; what was lost stays")
    mutating func filter() {
        press(.character("\\"))
        type("orders")
        #expect(shownTopics == ["orders.eu"])
        #expect(model.shownLog.shown.contains { if case .gap = $0.content { true } else { false } })
        press(.escape)
        #expect(shownTopics.count == 4 && model.prompt == nil)
        press(.character("\\"))
        type("!orders")
        press(.enter)
        #expect(!shownTopics.contains("orders.eu") && shownTopics.count == 3)
        press(.character("\\"))
        type("~odeu")
        press(.enter)
        #expect(shownTopics == ["orders.eu"])
        #expect(screen.contains("filter ~odeu"))
        press(.escape)
        #expect(shownTopics.count == 4)
    }

    @Test("what comes while there is a filter is shown if it passes, and counted as it can be looked at")
    mutating func filterGoesOn() {
        press(.character("\\"))
        type("orders")
        press(.enter, .up)
        let before = model.shownLog.shown.count
        let arrivals = [Samples.message(7, "orders.eu", "yes"), Samples.message(8, "chat.東京", "no")]
        _ = update(&model, .link(.arrived(arrivals)), now: now)
        #expect(model.shownLog.shown.count == before + 1)
        #expect(model.shownLog.unseenKept == 2)
    }

    @Test("the cursor moves over the lines that are shown only, whatever is dropped or skipped")
    mutating func filteredMoving() {
        press(.character("\\"))
        type("even")
        press(.enter)
        for number in 7..<20_000 as Range<UInt64> {
            let text = number % 2 == 0 ? "even" : "odd"
            _ = update(&model, .link(.arrived([Samples.message(number, "t", text)])), now: now)
            if number == 9000 { press(.up, .up, .up) }
        }
        for _ in 0..<50 {
            press(.up)
            let current = model.shownLog.current
            if let message = current?.message { #expect(message.payload == Array("even".utf8)) }
        }
        let shown = model.shownLog.shown
        #expect(zip(shown, shown.dropFirst()).allSatisfy { $0.id < $1.id })
    }

    @Test("i hides the topic under the cursor with its losses, and shows it again")
    mutating func topics() {
        press(.character("i"), .enter)
        #expect(!shownTopics.contains("orders.eu") && shownTopics.count == 3)
        #expect(screen.contains("1 topic hidden"))
        press(.character("i"))
        #expect(model.prompt?.offers.contains("orders.eu") == true)
        model.prompt?.editor.text = "orders.eu"
        #expect(screen.contains("hidden: Enter shows it"))
        press(.enter)
        #expect(shownTopics.count == 4)
        press(.character("i"))
        model.prompt?.editor.text = "metrics.cpu"
        press(.enter)
        #expect(!model.shownLog.shown.contains { if case .gap = $0.content { true } else { false } })
    }

    // MARK: Marks

    @Test("Space marks and goes on; by hand c commits what is marked and nothing else")
    mutating func marks() {
        press(.character("a"))
        let arrivals = (7...11 as ClosedRange<UInt64>).map { Samples.message($0, "orders.eu", "n\($0)") }
        _ = update(&model, .link(.arrived(arrivals)), now: now)
        press(.up, .up, .character(" "), .down, .character(" "))
        #expect(model.shownLog.chosen.map(\.number) == [9, 11])
        #expect(screen.contains("2 marked"))
        let settlement = HandSettlement([9, 11], connection: 1, action: .commit)
        #expect(press(.character("c")) == [.link(.settle(settlement))])
        #expect(model.shownLog.marked.isEmpty)
        _ = update(&model, .link(.settled(settlement)), now: now)
        #expect(model.commits.inFlight == 3)
        let fates = model.messages.entries.compactMap(\.message).suffix(5).map { model.commits.fate(of: $0) }
        #expect(fates == [.inFlight, .inFlight, .committed, .inFlight, .committed])
    }

    @Test("what is marked is returned and parked together, and Esc takes the marks off")
    mutating func markedReturn() {
        press(.character("a"))
        let arrivals = (7...9 as ClosedRange<UInt64>).map { Samples.message($0, "orders.eu", "n\($0)") }
        _ = update(&model, .link(.arrived(arrivals)), now: now)
        press(.up, .character(" "), .character(" "), .character("r"))
        type("5s busy")
        let settlement = HandSettlement([8, 9], connection: 1, action: .return(delay: 5000), reason: "busy")
        #expect(press(.enter) == [.link(.settle(settlement))])
        press(.up, .character(" "), .escape)
        #expect(model.shownLog.marked.isEmpty)
    }

    // MARK: One message

    @Test("from the message that is looked at one goes to the next and the one before, and the list follows")
    mutating func stepping() {
        press(.enter, .enter)
        guard case .message(let last) = model.overlay else { return #expect(Bool(false)) }
        press(.left)
        guard case .message(let before) = model.overlay else { return #expect(Bool(false)) }
        #expect(before.entry.id == last.entry.id - 1 && model.shownLog.current?.id == before.entry.id)
        press(.right)
        #expect(model.overlay == .message(last))
        press(.right)
        #expect(model.notice?.text.contains("no later one") == true)
    }

    @Test("where there is room the message stands beside the stream and follows the cursor; the stream goes on")
    mutating func drawer() {
        press(.enter)
        #expect(model.isDrawerFollowing && model.keyFocus == .pane(.messages))
        press(.up, .up)
        guard case .message(let inspection) = model.overlay else { return #expect(Bool(false)) }
        #expect(inspection.entry.id == model.shownLog.current?.id && screen.contains("こんにちは 🐇"))
        _ = update(&model, .link(.arrived([Samples.message(7, "orders.eu", "later")])), now: now)
        #expect(model.overlay == .message(inspection))
        press(.character(" "), .character(" "), .escape)
        #expect(model.overlay == nil && model.shownLog.marked.count == 2)
    }

    @Test("d shows what differs from the message before with the same topic and key")
    mutating func difference() {
        let arrivals = [
            Samples.message(7, "orders.eu", #"{"id":17,"sum":5}"#, key: "k17"),
            Samples.message(8, "orders.eu", #"{"id":99}"#, key: "other"),
        ]
        _ = update(&model, .link(.arrived(arrivals)), now: now)
        press(.up, .enter, .enter, .character("d"))
        #expect(screen.contains(#"-   "sum": 4"#) && screen.contains(#"+   "sum": 5"#))
        #expect(screen.contains("difference to #101"))
        press(.character("d"))
        #expect(!screen.contains(#"-   "sum": 4"#))
        press(.right, .character("d"))
        #expect(model.notice?.text.contains("no earlier message") == true)
    }

    @Test("- folds a level of JSON more, + one less")
    mutating func folding() {
        let text = #"{"a":{"b":[1,2,3],"c":{"d":null}},"e":true}"#
        _ = update(&model, .link(.arrived([Samples.message(7, "t", text)])), now: now)
        press(.enter, .enter)
        #expect(screen.contains(#""d": null"#))
        press(.character("-"))
        #expect(screen.contains(#""b": [ … 3 ]"#) && screen.contains(#""c": { … 1 }"#))
        press(.character("-"))
        #expect(screen.contains(#""a": { … 2 }"#) && !screen.contains(#""b": ["#))
        press(.character("+"), .character("+"))
        #expect(screen.contains(#""d": null"#))
    }

    // MARK: Out of the program

    @Test("y copies the payload of one message, and several as lines of JSON")
    mutating func copying() {
        press(.up)
        #expect(press(.character("y")) == [.copy("evil \u{1B}[2J\u{202E} bytes\r\n")])
        press(.character("g"), .character(" "), .character(" "))
        guard case .copy(let text)? = press(.character("y")).first else { return #expect(Bool(false)) }
        #expect(text.split(separator: "\n").count == 2 && text.contains(#""key":"k17","payload":{"id":17,"sum":4}"#))
    }

    @Test("e writes what is marked, or all that is shown, and says where; a problem stands beside the name")
    mutating func exporting() {
        press(.character("e"))
        model.prompt?.editor.text = "x.csv"
        guard case .file(.write(let path, let bytes, let count))? = press(.enter).first else {
            return #expect(Bool(false))
        }
        let lines = String(decoding: bytes, as: UTF8.self).components(separator: "\r\n")
        #expect(path == "x.csv" && count == 6 && lines.count >= 7)
        #expect(lines.first == "topic,sequence,timestamp,time,key,payload")
        #expect(lines[1].hasSuffix(#",k17,"{ ""id"": 17, ""sum"": 4 }""#))
        _ = update(&model, .file(.notWritten(path: path, "it exists already: type another name")), now: now)
        #expect(model.prompt?.problem?.contains("exists already") == true)
        _ = update(&model, .file(.written(path: path, count: count)), now: now)
        #expect(model.prompt == nil && model.notice?.text == "6 messages written to 'x.csv'")
    }

    @Test("E fills the form with the message, so that it can be changed and sent again")
    mutating func editAgain() throws {
        press(.character("g"), .character("E"))
        #expect(model.focus == .publish && model.publish.isEditing)
        #expect(model.publish.topic.text == "orders.eu" && model.publish.key.text == "k17")
        let message = OutgoingMessage(topic: try TopicName("orders.eu"), key: "k17", body: #"{ "id": 17, "sum": 4 }"#)
        #expect(press(.enter).first == .link(.publish(message)))
    }

    @Test("a message that is no text is sent again byte by byte")
    mutating func editBinary() throws {
        let payload: [UInt8] = [0xFF, 0x00, 0xFE]
        let message = ReceivedMessage(
            topic: "orders.eu", sequence: 9, timestamp: 0, key: nil, payload: payload, length: 3, number: 7,
            connection: 1)
        _ = update(&model, .link(.arrived([.message(message)])), now: now)
        press(.character("E"))
        #expect(screen.contains("#9"))
        type("x")
        #expect(model.notice?.isBad == true)
        let sent = OutgoingMessage(topic: try TopicName("orders.eu"), key: nil, body: payload)
        #expect(press(.enter) == [.link(.publish(sent))])
    }

    // MARK: Columns

    @Test("keys have a column of their own, as long as there are any")
    mutating func keyColumn() {
        let columns = { (messages: [ReceivedMessage]) in MessageColumns(messages, width: 100, hasMarks: false) }
        let all = model.messages.entries.compactMap(\.message)
        #expect(columns(all).key == 5)
        #expect(columns(all.filter { $0.key == nil }).key == 0)
        let rows = screen.split(separator: "\n").filter { $0.contains("load=0.31") || $0.contains("こんにちは") }
        #expect(rows.count == 2 && rows.allSatisfy { !$0.contains("太郎load") })
    }
}

extension String {
    fileprivate func components(separator: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
