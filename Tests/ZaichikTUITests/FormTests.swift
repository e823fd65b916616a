import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct FormTests {
    var model = Samples.model(Size(width: 120, height: 30))

    init() {
        // A topic that does not exist is asked about.
        model.topics.rows.append(Samples.topic(9, "t", rate: 0, kept: 0, subscribers: 0))
    }

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: Samples.now) }
    }

    private mutating func type(_ text: String) {
        for character in text { press(.character(character)) }
    }

    @Test("p, topic, key, body, Enter publishes; the topic and the key stay for the next one")
    mutating func publish() throws {
        press(.character("p"))
        type("orders.eu")
        press(.tab)
        type("k1")
        press(.tab)
        type("q is just a letter? да")
        let effects = press(.enter)
        let message = OutgoingMessage(topic: try TopicName("orders.eu"), key: "k1", body: "q is just a letter? да")
        #expect(effects.first == .link(.publish(message)))
        #expect(model.publish.waiting == 1)
        #expect(model.publish.topic.text == "orders.eu" && model.publish.body.text == "")
    }

    @Test("no key is not the same as an empty one: an empty field means none")
    mutating func noKey() throws {
        press(.character("p"))
        type("t")
        press(.tab, .tab)
        type("x")
        let message = OutgoingMessage(topic: try TopicName("t"), key: nil, body: "x")
        #expect(press(.enter).first == .link(.publish(message)))
    }

    @Test("Enter goes on to the next field, and publishes in the body only; the key line says which")
    mutating func enter() throws {
        press(.character("p"))
        type("t")
        #expect(keyLine.contains("Enter next field"))
        #expect(press(.enter).isEmpty && model.publish.field == .key)
        #expect(press(.enter).isEmpty && model.publish.field == .body)
        #expect(keyLine.contains("Enter publish"))
    }

    @Test("an empty message is published only if Enter is pressed again; typing begins anew")
    mutating func emptyBody() throws {
        press(.character("p"))
        type("t")
        press(.enter, .enter)
        #expect(press(.enter).isEmpty && model.notice?.text.contains("empty") == true)
        type("x")
        press(.backspace)
        #expect(press(.enter).isEmpty)
        let message = OutgoingMessage(topic: try TopicName("t"), key: nil, body: "")
        #expect(press(.enter).first == .link(.publish(message)))
        #expect(press(.enter).isEmpty)
    }

    @Test("a large paste is taken whole, and one that is too large as far as there is room, which is said")
    mutating func largePaste() {
        press(.character("p"), .tab, .tab)
        let line = "a line of text, ключ 東京 e\u{301}\n"
        let text = String(repeating: line, count: (1 << 20) / line.utf8.count)
        _ = update(&model, .terminal(.paste(text)), now: Samples.now)
        #expect(model.publish.body.text == text && model.notice == nil)
        #expect(screen.contains("a line of text"))
        for _ in 0..<8 { _ = update(&model, .terminal(.paste(text)), now: Samples.now) }
        #expect(model.publish.body.bytes <= PublishForm.Field.body.limit && model.notice?.isBad == true)
        press(.backTab, .backTab)
        _ = update(&model, .terminal(.paste(text)), now: Samples.now)
        #expect(model.publish.topic.bytes <= PublishForm.Field.topic.limit)
    }

    @Test("a topic that publishing creates is told, and ^R reads it: in Messages, from the earliest")
    mutating func newTopic() throws {
        press(.character("p"))
        type("hares")
        #expect(screen.contains("new topic"))
        press(.tab, .tab)
        type("one")
        press(.enter)
        _ = update(&model, .link(.created(topic: "hares")), now: Samples.now)
        let result = PublishResult(
            topic: "hares", key: "", length: 3, outcome: .accepted(sequence: 1, queues: 0), time: Samples.now)
        _ = update(&model, .link(.published(result)), now: Samples.now)
        #expect(screen.contains("published to 'hares' (created; it did not exist). ^R"))
        #expect(keyLine.contains("^R read it"))
        #expect(press(.control("r")) == [.link(.subscribe(try TopicPattern("hares"), .earliest))])
        #expect(model.focus == .messages && !model.publish.isEditing)
        _ = update(
            &model, .link(.subscribed(Subscription(pattern: try TopicPattern("hares"), start: .earliest))),
            now: Samples.now)
        #expect(press(.character("4"), .control("r")).isEmpty, "it is subscribed already")
    }

    @Test("a topic that exists is not called new, nor is any while some of the topics may be missing here")
    mutating func knownTopic() {
        press(.character("p"))
        type("orders.eu")
        #expect(!screen.contains("new topic"))
        type("x")
        #expect(screen.contains("new topic"))
        var figures = Samples.statistics
        figures.topics!.matching = 1000
        _ = update(&model, .link(.statistics(figures)), now: Samples.now)
        #expect(!screen.contains("new topic"))
    }

    private var screen: String {
        RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines.joined(separator: "\n")
    }

    private var keyLine: String { String(screen.split(separator: "\n").last ?? "") }

    @Test("a bad topic is refused here, with the rule that it breaks", arguments: ["", "a..b", "orders.*", ">"])
    mutating func badTopic(topic: String) {
        press(.character("p"))
        type(topic)
        #expect(press(.enter).isEmpty)
        #expect(model.notice?.isBad == true)
        #expect(model.publish.field == .topic)
        #expect(model.publish.waiting == 0)
    }

    @Test("without a connection nothing is sent and nothing typed is lost")
    mutating func notConnected() {
        _ = update(&model, .link(.lost("gone")), now: Samples.now)
        press(.character("p"))
        type("t")
        press(.tab, .tab)
        type("body")
        #expect(press(.enter).isEmpty)
        #expect(model.publish.body.text == "body")
    }

    @Test("↑ and ↓ go through what was published, and back to what was being typed")
    mutating func history() {
        press(.character("p"))
        for body in ["one", "two"] {
            if model.publish.topic.text.isEmpty { type("t") }
            model.publish.field = .body
            type(body)
            press(.enter)
        }
        type("draft")
        press(.up)
        #expect(model.publish.body.text == "two")
        press(.up, .up, .up)
        #expect(model.publish.body.text == "one")
        press(.down, .down)
        #expect(model.publish.body.text == "draft")
        press(.down)
        #expect(model.publish.body.text == "draft")
    }

    @Test("a paste goes into the body with its lines, and into a topic without them")
    mutating func paste() {
        press(.character("p"))
        _ = update(&model, .terminal(.paste("a\r\nb")), now: Samples.now)
        #expect(model.publish.topic.text == "a b")
        press(.tab, .tab)
        _ = update(&model, .terminal(.paste("{\r\n  1\r}")), now: Samples.now)
        #expect(model.publish.body.text == "{\n  1\n}")
        #expect(!model.isQuitting)
    }

    @Test("a paste outside of any field is not a command", arguments: [Pane.clients, .topics, .messages])
    mutating func pasteElsewhere(pane: Pane) {
        model.show(pane)
        let before = model
        #expect(update(&model, .terminal(.paste("q\u{3}")), now: Samples.now).isEmpty)
        #expect(model == before)
    }

    @Test("outcomes are told as they are")
    mutating func outcomes() {
        let outcomes: [(PublishResult.Outcome, String)] = [
            (.accepted(sequence: 9, queues: 1), "accepted #9 → 1 queue"), (.duplicate(sequence: 4), "duplicate of #4"),
            (.refused("the topic is full"), "refused: the topic is full"),
            (.notSent("the connection was lost"), "not sent: the connection"),
            (.unknown("the connection was lost"), "unknown: the connection"),
        ]
        for (outcome, text) in outcomes {
            let result = PublishResult(topic: "t", key: "", length: 1, outcome: outcome, time: Samples.now)
            _ = update(&model, .link(.published(result)), now: Samples.now)
            let lines = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines
            #expect(lines.contains { $0.contains(text.prefix(22)) })
        }
    }

    @Test("the cursor of the terminal is where the next character is typed")
    mutating func cursor() throws {
        press(.character("p"))
        type("東京")
        let screen = RootView.screen(model, theme: Theme(scheme: .colors256), now: Samples.now)
        let cursor = try #require(screen.cursor)
        let left = (0..<cursor.x).map { screen.buffer[$0, cursor.y].text }.joined()
        #expect(left.hasSuffix("東京"))
        press(.escape)
        #expect(RootView.screen(model, theme: Theme(scheme: .colors256), now: Samples.now).cursor == nil)
    }

    @Test("editing: words, ends, characters of several scalars")
    func editor() {
        var editor = LineEditor("один два  три")
        editor.remove(.wordBefore)
        #expect(editor.text == "один два  ")
        editor.remove(.wordBefore)
        #expect(editor.text == "один ")
        editor.move(.start)
        editor.remove(.characterAfter)
        editor.insert("О")
        #expect(editor.text == "Один ")
        editor.move(.end)
        editor.insert("e")
        editor.insert("\u{301}")
        editor.remove(.characterBefore)
        #expect(editor.text == "Один ")
        editor.remove(.all)
        editor.remove(.characterBefore)
        editor.remove(.wordBefore)
        editor.move(.left)
        #expect(editor.text == "" && editor.cursor == 0)
    }
}
