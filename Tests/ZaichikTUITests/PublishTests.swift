import Foundation
import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct PublishTests {
    var model = Samples.model(Size(width: 120, height: 30))
    let now = Samples.now

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: now) }
    }

    private mutating func type(_ text: String) { for character in text { press(.character(character)) } }

    private var screen: String {
        RootView.screen(model, theme: Theme(scheme: .none), now: now).buffer.lines.joined(separator: "\n")
    }

    private mutating func sent() -> OutgoingMessage? {
        for effect in press(.enter) { if case .link(.publish(let message)) = effect { return message } }
        return nil
    }

    // MARK: Topic

    @Test("Tab completes the name of a topic as far as it is certain, then goes on")
    mutating func completion() {
        press(.character("p"))
        type("o")
        #expect(screen.contains("orders.eu  Tab"))
        press(.tab)
        #expect(model.publish.topic.text == "orders.eu" && model.publish.field == .topic)
        press(.tab)
        #expect(model.publish.field == .key)
    }

    @Test("of several topics the common beginning is completed, and the others are named")
    mutating func severalCompletions() {
        for name in ["orders.us", "orders.uk"] {
            model.topics.rows.append(Samples.topic(9, name, rate: 0, kept: 0, subscribers: 0))
        }
        press(.character("p"))
        type("or")
        press(.tab)
        #expect(model.publish.topic.text == "orders." && model.notice?.text.contains("orders.uk, orders.us") == true)
        press(.tab)
        #expect(model.publish.field == .key)
    }

    @Test("a topic that does not exist is asked about once, when the message is sent: no key is swallowed before")
    mutating func newTopic() {
        press(.character("p"))
        type("order.eu")
        press(.enter)
        #expect(model.publish.field == .key && model.notice == nil)
        press(.enter)
        type("x")
        #expect(sent() == nil && model.publish.field == .body)
        #expect(model.notice?.text.contains("no topic 'order.eu'") == true)
        #expect(sent()?.topic.string == "order.eu")
        type("y")
        #expect(sent()?.body == Array("y".utf8))
    }

    // MARK: Options

    @Test("headers, a delay and an expiry go with the message, and stay for the next one")
    mutating func options() throws {
        press(.character("p"))
        type("orders.eu")
        press(.tab, .tab)
        type("x")
        press(.tab)
        type("color:grey; note: a\\;b")
        press(.tab)
        type("30s")
        press(.tab)
        type("1h")
        #expect(press(.enter).isEmpty && model.publish.field == .body)
        let message = try #require(sent())
        #expect(
            message.headers == [
                OutgoingHeader(name: "color", value: "grey"), OutgoingHeader(name: "note", value: "a;b"),
                OutgoingHeader(name: "$delay", value: "30000"), OutgoingHeader(name: "$expire-after", value: "3600000"),
            ])
        #expect(model.publish[.headers].text.hasPrefix("color"))
    }

    @Test("what is wrong with an option is said at its field, and nothing is sent")
    mutating func badOptions() {
        for (steps, text, field) in [
            (1, "nonsense", PublishForm.Field.headers), (2, "soon", .delay), (3, "0s", .expiry),
        ] {
            model = Samples.model(Size(width: 120, height: 30))
            press(.character("p"))
            type("orders.eu")
            press(.tab, .tab)
            type("x")
            for _ in 0..<steps { press(.tab) }
            type(text)
            press(.enter)
            #expect(press(.enter).isEmpty && model.publish.field == field && model.notice?.isBad == true, "\(text)")
        }
    }

    @Test("headers that are written as a line are read as what they were")
    func headerLine() throws {
        let headers = [("a", "x; y"), ("b", "back\\slash"), ("c", "")]
        let line = HeaderLine.text(headers.map { (name: $0.0, value: $0.1) })
        #expect(try HeaderLine.read(line).map { $0.name + $0.value } == headers.map { $0.0 + $0.1 })
    }

    @Test("options are shown where there is room, and wherever they are typed into", arguments: 1...20)
    func places(height: Int) {
        var form = PublishForm()
        form.isEditing = true
        for field in PublishForm.Field.allCases {
            form.field = field
            let inside = Rect(x: 1, y: 1, width: 40, height: height)
            let area = PublishArea(inside, form)
            #expect(area.row(of: field) != nil, "\(field)")
            for other in PublishForm.Field.allCases {
                guard let row = area.row(of: other) else { continue }
                #expect(row.y >= inside.y && row.maxY <= inside.maxY && row.maxX <= inside.maxX)
            }
        }
    }

    @Test("^T has the messages traced, until it is pressed again")
    mutating func traced() throws {
        press(.character("p"))
        type("orders.eu")
        press(.tab, .tab, .control("t"))
        type("x")
        #expect(screen.contains("traced") && sent()?.isTraced == true)
        press(.control("t"))
        type("y")
        #expect(sent()?.isTraced == false)
    }

    // MARK: Templates

    @Test("templates are filled in, each message with the next number")
    mutating func templates() throws {
        press(.character("p"))
        type("orders.eu")
        press(.tab)
        type("k{{count}}")
        press(.tab)
        type("{{count}} {{time}} {{random 3 3}} {{nothing}} {{")
        var message = try #require(sent())
        #expect(message.key == "k1")
        #expect(message.body == Array("1 2023-11-14T22:13:20.000Z 3 {{nothing}} {{".utf8))
        #expect(model.publish.history.last?.body == "{{count}} {{time}} {{random 3 3}} {{nothing}} {{")
        press(.up)
        message = try #require(sent())
        #expect(message.key == "k2")
    }

    @Test("a UUID is one of version 4, and no two are alike")
    func uuid() {
        var state = MessageTemplate.State(seed: 1)
        var seen: Set<String> = []
        for _ in 0..<100 {
            let text = state.filled("{{uuid}}", now)
            #expect(UUID(uuidString: text) != nil && Array(text)[14] == "4" && "89ab".contains(Array(text)[19]))
            seen.insert(text)
        }
        #expect(seen.count == 100)
    }

    // MARK: Files and history

    @Test("a file is published as it is, and ^U takes it out again")
    mutating func file() throws {
        press(.character("p"))
        type("orders.eu")
        press(.tab, .tab, .control("o"))
        type("a.bin")
        #expect(press(.enter) == [.file(.read(path: "a.bin"))])
        _ = update(&model, .file(.notRead(path: "a.bin", "No such file or directory")), now: now)
        #expect(model.prompt?.problem?.contains("No such file") == true)
        _ = update(&model, .file(.read(path: "a.bin", [0, 255])), now: now)
        #expect(model.prompt == nil && screen.contains("a.bin (2 B)"))
        #expect(sent()?.body == [0, 255] && model.publish.attachment == nil)
        _ = update(&model, .file(.read(path: "a.bin", [0, 255])), now: now)
        press(.control("u"))
        #expect(model.publish.attachment == nil)
    }

    @Test("^X has the body written in the editor")
    mutating func editor() {
        press(.character("p"))
        type("orders.eu")
        press(.tab, .tab)
        type("one")
        #expect(press(.control("x")) == [.file(.edit("one"))])
        _ = update(&model, .file(.edited("one\ntwo")), now: now)
        #expect(model.publish.body.text == "one\ntwo" && model.publish.field == .body)
    }

    @Test("what is published is kept for the next run, and comes back with the arrow up")
    mutating func history() throws {
        press(.character("p"))
        type("orders.eu")
        press(.tab, .tab)
        type("x")
        let draft = PublishForm.Draft(topic: "orders.eu", body: "x")
        #expect(press(.enter).contains(.file(.remember(draft))))
        var later = Samples.model(Size(width: 120, height: 30))
        later.publish.begin(with: [draft])
        later.publish.recall(older: true)
        #expect(later.publish.draft == draft)
    }

    @Test("the file of what was published gives back what it was given, whatever that is")
    func historyFile() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let file = HistoryFile(directory: directory + "/a/b")
        #expect(file.load().isEmpty)
        let drafts = [
            PublishForm.Draft(
                topic: "a", key: "k\t1", headers: "x:y", delay: "1s", expiry: "", body: "l1\nl2\r\n\\n\\"),
            PublishForm.Draft(topic: "письма", body: "👩\u{200D}🚀 e\u{301}\t\u{301}"),
        ]
        for draft in drafts { #expect(file.append(draft) == nil) }
        #expect(file.load() == drafts)
        let mode = try FileManager.default.attributesOfItem(atPath: directory + "/a/b/published")[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test("files are written once and read as they are; what is no file is said")
    func files() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let terminal = MemoryTerminal(size: Size(width: 80, height: 24))
        let files = LocalFiles(environment: ["HOME": directory, "EDITOR": "ed -s"])
        let bytes: [UInt8] = [0, 1, 255, 10]
        #expect(files.perform(.write(path: "~/x", bytes, count: 3), terminal) == .written(path: "~/x", count: 3))
        #expect(files.perform(.read(path: directory + "/x"), terminal) == .read(path: directory + "/x", bytes))
        guard case .notWritten(_, let problem)? = files.perform(.write(path: "~/x", [], count: 0), terminal) else {
            return #expect(Bool(false))
        }
        #expect(problem.contains("exists already"))
        guard case .notRead? = files.perform(.read(path: directory), terminal) else { return #expect(Bool(false)) }
        terminal.onRun = { words in
            #expect(words.prefix(3) == ["/bin/sh", "-c", "ed -s \"$1\""])
            try? "edited\n".write(toFile: words[4], atomically: false, encoding: .utf8)
        }
        #expect(files.perform(.edit("before"), terminal) == .edited("edited"))
    }

    @Test("publishes that cannot be kept for the next run are told of, once")
    func notKept() {
        let files = LocalFiles(history: HistoryFile(directory: "/dev/null/zaichik"))
        let terminal = MemoryTerminal(size: Size(width: 80, height: 24))
        let first = files.perform(.remember(PublishForm.Draft(topic: "orders")), terminal)
        guard case .notWritten("/dev/null/zaichik/published", let problem) = first else {
            Issue.record("nothing was told: \(String(describing: first))")
            return
        }
        #expect(!problem.isEmpty)
        #expect(files.perform(.remember(PublishForm.Draft(topic: "orders")), terminal) == nil)
    }
}
