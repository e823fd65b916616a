import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite struct UpdateTests {
    var model = Samples.model(Size(width: 120, height: 30))
    let now = Samples.now

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: now) }
    }

    @discardableResult
    private mutating func type(_ text: String) -> [Effect] {
        text.flatMap { update(&model, .terminal(.key(.character($0))), now: now) }
    }

    @discardableResult
    private mutating func tell(_ event: LinkEvent, at time: Moment = Samples.now) -> [Effect] {
        update(&model, .link(event), now: time)
    }

    // MARK: Panes

    @Test("Tab goes round all panes, S-Tab the other way, numbers go straight")
    mutating func panes() {
        var seen: [Pane] = []
        for _ in 0..<7 {
            press(.tab)
            seen.append(model.focus)
        }
        #expect(seen == [.topics, .messages, .publish, .events, .heatMap, .broker, .clients])
        press(.backTab)
        #expect(model.focus == .broker)
        press(.character("2"))
        #expect(model.focus == .topics)
    }

    @Test("Esc undoes one thing at a time: overlay, zoom, filter")
    mutating func escape() {
        press(.character("\\"))
        type("a")
        press(.enter, .character("z"), .character("?"))
        press(.escape)
        #expect(model.overlay == nil && model.panes.isZoomed && model.clients.filter == "a")
        press(.escape)
        #expect(!model.panes.isZoomed && model.clients.filter == "a")
        #expect(press(.escape) == [.link(.watch(model.watchRequest))])
        #expect(model.clients.filter == "")
    }

    @Test("the cursor stays on its client when the rows are sorted anew")
    mutating func selectionStays() {
        press(.down, .down, .down)
        #expect(model.clients.selected == 3)
        press(.character("r"))
        #expect(model.clients.selectedRow?.name == "bob")
        tell(.statistics(Samples.statistics))
        #expect(model.clients.selectedRow?.name == "bob")
    }

    @Test("> and < change the sorting, here at once and at the broker")
    mutating func sorting() {
        let effects = press(.character(">"))
        #expect(model.clients.sort == .lag)
        guard case .link(.watch(let request))? = effects.first else {
            Issue.record("no new watch")
            return
        }
        #expect(request.clients?.sort == .lagMessages)
        press(.character("<"), .character("<"))
        #expect(model.clients.sort == .name && !model.clients.descending)
        #expect(model.clients.rows.map(\.name) == model.clients.rows.map(\.name).sorted())
        for _ in ClientColumn.allCases {
            press(.character(">"))
            #expect(model.clients.sort.isSortable)
        }
    }

    @Test("a filter acts as it is typed, here at once and at the broker; Enter keeps it")
    mutating func filtering() {
        press(.character("\\"))
        let effects = type("ali")
        #expect(model.clients.rows.map(\.name) == ["alice"])
        guard effects.count == 3, case .link(.watch(let request))? = effects.last else {
            Issue.record("no new watch for each letter")
            return
        }
        #expect(request.clients?.filter == "ali" && request.topics?.filter == "")
        #expect(press(.enter).isEmpty && model.prompt == nil && model.clients.filter == "ali")
    }

    @Test("Esc in the filter's prompt brings the filter back that was there before")
    mutating func filterCancelled() {
        press(.character("\\"))
        type("bob")
        press(.enter, .character("\\"))
        type("ali")
        #expect(model.clients.rows.map(\.name) == ["alice"])
        press(.escape)
        #expect(model.clients.filter == "bob" && model.clients.rows.map(\.name) == ["bob"])
    }

    // MARK: Subscriptions

    @Test("s asks for a pattern, Tab changes the start, Enter subscribes")
    mutating func subscribe() throws {
        press(.character("s"))
        type("orders.*")
        press(.tab)
        #expect(press(.enter) == [.link(.subscribe(try TopicPattern("orders.*"), .earliest))])
    }

    @Test("a name that breaks the rules is refused in the prompt, with the reason")
    mutating func badPattern() {
        press(.character("s"))
        type("a..b")
        #expect(press(.enter).isEmpty)
        #expect(model.prompt?.problem?.contains("empty levels") == true)
    }

    @Test("t on a topic subscribes to it, and again unsubscribes; so it does while the topic is looked at")
    mutating func toggle() throws {
        press(.character("2"), .down, .down)
        let pattern = try TopicPattern("metrics.cpu")
        #expect(press(.character("t")) == [.link(.subscribe(pattern, .new))])
        tell(.subscribed(Subscription(pattern: pattern, start: .new)))
        press(.enter)
        guard case .topic(let inspection) = model.overlay, inspection.name == "metrics.cpu" else {
            Issue.record("Enter did not open the topic")
            return
        }
        #expect(press(.character("t")) == [.link(.unsubscribe(pattern))])
        tell(.unsubscribed(pattern))
        #expect(!model.subscriptions.contains { $0.pattern == pattern })
    }

    @Test("a topic that comes by a wider pattern is not subscribed twice")
    mutating func wider() {
        press(.character("2"))
        model.topics.selected = "orders.eu"
        #expect(press(.character("t")).isEmpty)
        #expect(model.notice?.text.contains("orders.>") == true)
    }

    @Test("unsubscribing offers what is subscribed, and nothing else is accepted")
    mutating func unsubscribe() throws {
        press(.character("u"))
        #expect(model.prompt?.editor.text == "chat.東京")
        press(.up, .up)
        #expect(model.prompt?.editor.text == "orders.>")
        #expect(press(.enter) == [.link(.unsubscribe(try TopicPattern("orders.>")))])
        press(.character("u"), .control("u"))
        type("nothing")
        #expect(press(.enter).isEmpty)
        #expect(model.notice?.isBad == true)
    }

    // MARK: Commits

    @Test("automatically, what arrives is committed at once")
    mutating func automatic() {
        let effects = tell(.arrived([Samples.message(7, "a", "1"), Samples.message(8, "a", "2")]))
        #expect(effects == [.link(.commit(upTo: 8, connection: 1))])
    }

    @Test("by hand nothing is committed until asked: up to the cursor, then all")
    mutating func byHand() {
        press(.character("a"))
        let arrivals = (7...12).map { Samples.message($0, "a", "\($0)") }
        #expect(tell(.arrived(arrivals)).isEmpty)
        #expect(model.commits.inFlight == 6)
        press(.character("3"), .up, .up)
        #expect(press(.character("c")) == [.link(.commit(upTo: 10, connection: 1))])
        #expect(press(.character("c")).isEmpty)
        #expect(press(.character("C")) == [.link(.commit(upTo: 12, connection: 1))])
        #expect(model.commits.inFlight == 0)
    }

    @Test("going back to automatic commits what is open")
    mutating func backToAutomatic() {
        press(.character("a"))
        tell(.arrived([Samples.message(7, "a", "1")]))
        #expect(press(.character("a")) == [.link(.commit(upTo: 7, connection: 1))])
    }

    @Test("committing while commits are automatic says how to do it by hand")
    mutating func commitRefused() {
        #expect(press(.character("3"), .character("c")).isEmpty)
        #expect(model.notice?.text.contains("press a") == true)
    }

    @Test("what an earlier connection delivered cannot be committed any more")
    mutating func newConnection() {
        press(.character("a"))
        tell(.arrived([Samples.message(7, "a", "1")]))
        tell(.lost("the broker went away"))
        #expect(model.commits.inFlight == 0)
        tell(.connected(Samples.welcome))
        tell(.arrived([Samples.message(1, "a", "1", connection: 2), Samples.message(2, "a", "2", connection: 2)]))
        #expect(model.commits.inFlight == 2)
        #expect(press(.character("C")) == [.link(.commit(upTo: 2, connection: 2))])
    }

    @Test("the window doubles, halves, is typed, pauses at 0 and resumes as it was")
    mutating func window() {
        #expect(press(.character("+")) == [.link(.window(512))])
        #expect(press(.character("-"), .character("-")) == [.link(.window(256)), .link(.window(128))])
        press(.character("w"), .control("u"))
        type("8")
        #expect(press(.enter) == [.link(.window(8))])
        #expect(press(.character("P")) == [.link(.window(0))])
        #expect(press(.character("P")) == [.link(.window(8))])
        press(.character("w"), .control("u"))
        type("many")
        #expect(press(.enter).isEmpty)
        #expect(model.prompt?.problem != nil)
    }

    @Test("a program that begins paused can be resumed, and no window is larger than what a broker grants")
    mutating func extremeWindows() {
        model = Model(size: model.size, address: "x", window: 0)
        #expect(press(.character("P")) == [.link(.window(CommitState.standardWindow))])
        model = Model(size: model.size, address: "x", window: .max)
        #expect(model.commits.window == CommitState.largestWindow)
        #expect(press(.character("+")) == [.link(.window(CommitState.largestWindow))])
    }

    @Test("typing replaces the window that the prompt offers, editing keys keep it, letters are refused")
    mutating func windowPrompt() {
        press(.character("w"))
        type("16")
        #expect(press(.enter) == [.link(.window(16))])
        press(.character("w"), .left, .end)
        type("4")
        #expect(press(.enter) == [.link(.window(164))])
        press(.character("w"), .backspace)
        type("x7")
        #expect(model.prompt?.editor.text == "167")
        press(.escape, .character("w"))
        type("x")
        #expect(model.prompt?.editor.text == "164" && model.prompt?.problem?.contains("digits only") == true)
        #expect(press(.enter).isEmpty && model.prompt != nil, "it is not taken for the number that stands there")
        type("8")
        #expect(press(.enter) == [.link(.window(8))])
    }

    @Test("x in a message's details changes the format there only")
    mutating func detailFormat() {
        press(.character("3"), .enter, .character("x"))
        guard case .message(let inspection) = model.overlay, inspection.format == .text else {
            Issue.record("the format of the details is as it was")
            return
        }
        #expect(model.payloadFormat == .json)
        press(.escape, .character("x"))
        #expect(model.payloadFormat == .text)
    }

    @Test("what is wrong with an answer is readable at 80 columns, and by hand it is seen that a message was published")
    mutating func readable() {
        model.size = Size(width: 80, height: 24)
        func text() -> String {
            RootView.screen(model, theme: Theme(scheme: .none), now: now).buffer.lines.joined(separator: " ")
        }
        press(.character("\\"))
        type("state:foo")
        #expect(text().contains("there is no 'state:foo'") && text().contains("losing") && text().contains("idle"))
        press(.escape, .character("s"))
        type("a..b")
        press(.enter)
        #expect(text().contains("no two dots in a row"))
        press(.escape, .character("a"))
        #expect(text().contains("this client is slow"))
        press(.down)
        #expect(text().contains("by hand: 0 to commit; c up to the cursor, C all, a automatic again"))
        tell(
            .published(
                PublishResult(
                    topic: "orders.eu", key: "", length: 3, outcome: .accepted(sequence: 108, queues: 4), time: now)))
        #expect(text().contains("published to 'orders.eu' as #108"))
    }

    @Test("a notice goes after 4 s or with the next key; what went wrong stays longer")
    mutating func notices() {
        press(.character("3"), .character("c"))
        #expect(model.notice != nil)
        press(.character("1"))
        #expect(model.notice == nil)
        press(.character("+"))
        _ = update(&model, .tick, now: now + 4 * Moment.second)
        #expect(model.notice == nil)
        tell(.refused("no"))
        press(.character("1"))
        #expect(model.notice?.isBad == true)
    }

    // MARK: Display

    @Test("a paused display stays as it is, still receives and commits, and counts what is new")
    mutating func pause() {
        press(.character("Z"))
        let seen = model.messages.shown.map(\.id)
        let effects = tell(.arrived([Samples.message(7, "a", "1"), Samples.message(8, "a", "2")]))
        #expect(effects == [.link(.commit(upTo: 8, connection: 1))])
        #expect(model.messages.shown.map(\.id) == seen)
        #expect(model.messages.unseen == 2)
        var later = Samples.statistics
        later.clients?.rows = []
        tell(.statistics(later))
        #expect(!model.clients.rows.isEmpty)
        press(.character("Z"))
        #expect(model.messages.shown.count == seen.count + 2)
        #expect(model.clients.rows.isEmpty)
    }

    @Test("a gap stands at its place among the messages")
    mutating func gap() {
        let contents = model.messages.entries.map(\.content)
        guard case .gap(let topic, 40, 1239, .limit) = contents[2] else {
            Issue.record("no gap")
            return
        }
        #expect(topic == "metrics.cpu")
    }

    @Test("m gives the mouse to the terminal, and takes it back")
    mutating func mouseKey() {
        #expect(press(.character("m")) == [.mouse(false)])
        #expect(press(.character("m")) == [.mouse(true)])
    }

    // MARK: Mouse

    @Test("a click takes the focus and the row, the wheel moves the pane below it")
    mutating func mouse() throws {
        let rect = try #require(model.layout.panes[.topics])
        _ = update(&model, .terminal(.mouse(.press, Point(x: rect.x + 4, y: rect.y + 3))), now: now)
        #expect(model.focus == .topics)
        #expect(model.topics.selectedRow?.name == model.topics.rows[1].name)
        let messages = try #require(model.layout.panes[.messages])
        _ = update(&model, .terminal(.mouse(.wheelUp, Point(x: messages.x + 2, y: messages.y + 2))), now: now)
        #expect(model.focus == .topics)
        #expect(!model.messages.isFollowing)
    }

    @Test("clicks anywhere, at any size, do no harm")
    mutating func clicks() {
        for width in stride(from: 1, to: 160, by: 13) {
            model.size = Size(width: width, height: 5 + width / 4)
            for y in -1..<model.size.height + 2 {
                for x in stride(from: -1, to: width + 2, by: 5) {
                    _ = update(&model, .terminal(.mouse(.press, Point(x: x, y: y))), now: now)
                    _ = update(&model, .terminal(.mouse(.wheelDown, Point(x: x, y: y))), now: now)
                }
            }
        }
        _ = RootView.screen(model, theme: Theme(scheme: .none), now: now)
    }

    @Test("any keys in any order, with events between them, neither trap nor lose the way out")
    mutating func anyKeys() {
        var generator = SystemRandomNumberGenerator()
        let keys = Array(Set(PaneTable.standard.keys.bindings.flatMap(\.keys))).filter {
            $0 != .character("q") && $0 != .control("c")
        }
        for step in 0..<4000 {
            press(keys.randomElement(using: &generator)!)
            if step % 7 == 0 { tell(.arrived([Samples.message(UInt64(step + 10), "t\(step % 9)", "x")])) }
            if step % 31 == 0 { tell(.statistics(Samples.statistics)) }
            if step % 97 == 0 { tell(.lost("gone")) }
            if step % 101 == 0 { tell(.connected(Samples.welcome)) }
            if step % 53 == 0 {
                model.size = Size(width: Int.random(in: 20...180), height: Int.random(in: 5...60))
                _ = RootView.screen(model, theme: Theme(scheme: .colors16), now: now)
            }
        }
        #expect(!model.isQuitting)
        #expect(press(.control("c")) == [.quit])
    }
}
