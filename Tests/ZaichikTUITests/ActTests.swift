import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite("Acts on clients, sessions and topics")
struct ActTests {
    /// A model with the cursor on a client; bob's queue waits, and shop's has nothing.
    private func model(_ id: UInt64 = 3, width: Int = 100) -> Model {
        var model = Samples.model(Size(width: width, height: 30))
        model.clients.selected = id
        return model
    }

    @discardableResult
    private func press(_ model: inout Model, _ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: Samples.now) }
    }

    private func type(_ model: inout Model, _ text: String) {
        _ = update(&model, .terminal(.typed(text)), now: Samples.now)
    }

    private func done(_ effects: [Effect]) -> ActPlan? {
        for effect in effects { if case .link(.act(let plan)) = effect { return plan } }
        return nil
    }

    @Test("an act that takes nothing is done at once, with the window that was typed")
    func window() throws {
        var model = model()
        press(&model, .character("A"), .character("w"))
        #expect(model.prompt?.editor.text == "16")
        type(&model, "64")
        let effects = press(&model, .enter)
        let plan = try #require(done(effects))
        #expect(plan.request(isDryRun: false) == ActRequest(.window, client: 3, values: plan.values))
        #expect(plan.values.window == 64 && plan.command == "zaichik client window 'bob#3' 64")
        #expect(model.acts == nil && model.prompt == nil)
        _ = update(&model, .link(.acted(plan, Acted([Acted.Row(id: 3, name: "bob")]))), now: Samples.now)
        #expect(model.notice?.text == "bob: given the window")
    }

    @Test("a pause takes a time and a reason, and is a command that does the same")
    func pause() throws {
        var model = model()
        press(&model, .character("A"), .character("p"))
        type(&model, "90m its disk is full")
        let plan = try #require(done(press(&model, .enter)))
        #expect(plan.values.duration == 5_400_000 && plan.values.reason == "its disk is full")
        #expect(plan.command == "zaichik client pause 'bob#3' --for 90m --reason 'its disk is full'")
    }

    @Test("what takes messages is rehearsed, and done only after the name was typed")
    func purge() throws {
        var model = model()
        let effects = press(&model, .character("A"), .character("x"))
        let plan = ActPlan(item: .purge, target: .client(model.clients.rows.first { $0.id == 3 }!, label: "bob"))
        #expect(effects == [.link(.rehearse(plan))])
        type(&model, "bob")
        #expect(press(&model, .enter).isEmpty, "the broker has not answered")
        let outcome = Acted([Acted.Row(id: 3, name: "bob", messages: 5112, bytes: 613_440)], isDryRun: true)
        _ = update(&model, .link(.rehearsed(plan, outcome)), now: Samples.now)
        type(&model, "x")
        #expect(press(&model, .enter).isEmpty && model.prompt?.problem != nil)
        press(&model, .backspace)
        #expect(done(press(&model, .enter)) == plan)
        #expect(model.acts == nil && model.prompt == nil)
    }

    @Test("Esc leaves a rehearsal, and nothing is done")
    func cancel() {
        var model = model()
        press(&model, .character("A"), .character("d"), .enter)
        #expect(model.prompt != nil && model.acts != nil)
        #expect(press(&model, .escape).isEmpty)
        #expect(model.prompt == nil && model.acts == nil)
        #expect(model.keyFocus == .pane(.clients))
    }

    @Test("an act that the broker refuses says why, and cannot be confirmed")
    func refused() throws {
        var model = model()
        let effects = press(&model, .character("A"), .character("s"), .enter)
        guard case .link(.rehearse(let plan))? = effects.first else {
            Issue.record("nothing was rehearsed: \(effects)")
            return
        }
        _ = update(&model, .link(.actRefused(plan, "there is no client 3")), now: Samples.now)
        type(&model, "y")
        #expect(press(&model, .enter).isEmpty)
        let screen = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines
        #expect(screen.contains { $0.contains("there is no client 3") })
    }

    @Test("what does nothing now stays in the menu, with the reason, and says it when it is pressed")
    func obstacles() {
        var model = model(7)
        press(&model, .character("A"))
        let screen = RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines
        #expect(screen.contains { $0.contains("purge: empty its queue  (nothing waits in its queue)") })
        #expect(press(&model, .character("x")).isEmpty)
        #expect(model.notice?.text == "cannot purge 'shop': nothing waits in its queue")
    }

    @Test("a program that may only look does not act and does not publish")
    func readOnly() {
        var model = model()
        model.isReadOnly = true
        press(&model, .character("A"))
        for item in ActItem.items(for: .client(model.clients.rows[0], label: "alice")) {
            #expect(press(&model, .character(item.key)).isEmpty, "\(item)")
            #expect(model.prompt == nil, "\(item)")
        }
        press(&model, .escape, .character("p"))
        #expect(!model.publish.isEditing && model.notice?.text.contains("--read-only") == true)
    }

    @Test("a topic is paused, purged and deleted by its name; what is the broker's own is not")
    func topics() throws {
        var model = model()
        model.show(.topics)
        model.topics.selected = "orders.eu"
        press(&model, .character("A"), .character("D"))
        type(&model, "orders.eu")
        let plan = try #require(done(press(&model, .enter)))
        #expect(plan.item == .deleteTopic && plan.command == "zaichik topic rm orders.eu")
        _ = update(&model, .link(.acted(plan, nil)), now: Samples.now)
        #expect(model.notice?.text == "topic 'orders.eu' is deleted")
        let own = ActTarget.topic(Samples.topic(9, "$zaichik.events", rate: 0, kept: 3, subscribers: 0))
        for item in ActItem.items(for: own) { #expect(item.obstacle(own, model) == "it belongs to the broker") }
    }

    @Test("the queue of a client with a session is the session's, its connection is its own")
    func session() {
        var row = Samples.client(9, "worker", .keepingUp, lag: 3)
        row.session = "jobs"
        let target = ActTarget.client(row, label: "worker")
        #expect(target.request(.pause, ActValues()) == ActRequest(.pause, name: "jobs"))
        #expect(target.request(.disconnect, ActValues()) == ActRequest(.disconnect, client: 9))
        #expect(ActPlan(item: .pause, target: target).command == "zaichik session pause jobs")
        #expect(ActPlan(item: .disconnect, target: target).command == "zaichik client kick 'worker#9'")
    }

    @Test("a skip takes a number of messages, or an age from which on they go")
    func skip() throws {
        var model = model()
        press(&model, .character("A"), .character("s"))
        type(&model, "10m")
        guard case .link(.rehearse(let plan))? = press(&model, .enter).first else {
            Issue.record("nothing is rehearsed")
            return
        }
        #expect(plan.values.time == Samples.now - 600 * Moment.second && plan.values.count == nil)
        #expect(plan.command == "zaichik client skip 'bob#3' --older 10m")
        #expect(plan.request(isDryRun: true)?.fault == nil)
    }

    @Test(
        "a session is moved to a place in all of its topics or in one",
        arguments: [
            ("first", ">", StartPosition.earliest), ("new", ">", .new), ("orders.* last:10", "orders.*", .last(10)),
            ("time:1m", ">", .time(Samples.now - 60 * Moment.second)), ("orders seq:500", "orders", .sequence(500)),
        ])
    func move(typed: String, topic: String, start: StartPosition) throws {
        var row = Samples.client(40, "jobs", .absent, lag: 3)
        row.session = "jobs"
        row.address = ""
        var plan = ActPlan(item: .move, target: .client(row, label: "jobs"))
        #expect(plan.take(typed, now: Samples.now) == nil)
        #expect(plan.values.topic == topic && plan.values.start == start)
        #expect(plan.request(isDryRun: true)?.fault == nil)
        let place = typed.split(separator: " ").last!
        #expect(
            plan.command
                == "zaichik session seek jobs \(topic.contains { ">*".contains($0) } ? "'\(topic)'" : topic) --to \(place)"
        )
    }

    @Test(
        "what is no place says what would be", arguments: ["", "there", "seq:5", "orders.* seq:5", "last:x", "a b new"])
    func noPlace(typed: String) {
        var plan = ActPlan(item: .move, target: .client(Samples.absentSession, label: "mail"))
        #expect(plan.take(typed, now: Samples.now)?.isEmpty == false)
    }

    @Test("only a session is moved: another queue is its client's")
    func moved() {
        let client = ActTarget.client(Samples.client(3, "bob", .draining), label: "bob")
        #expect(!ActItem.items(for: client).contains(.move))
        #expect(ActItem.items(for: .client(Samples.absentSession, label: "mail")).contains(.move))
    }

    @Test("y copies the command that does the same")
    func copy() {
        var model = model()
        press(&model, .character("A"), .down, .down)
        #expect(press(&model, .character("y")) == [.copy("zaichik client window 'bob#3'")])
        #expect(Clipboard.sequence("zaichik") == "\u{1B}]52;c;emFpY2hpaw==\u{7}")
        #expect(Clipboard.base64(Array("any".utf8)) == "YW55" && Clipboard.base64([]) == "")
    }

    @Test("no two acts of one target have the same letter, and no letter does something else in the menu")
    func letters() {
        let (client, topic) = (Samples.client(1, "a", .idle), Samples.topic(1, "a", rate: 0, kept: 0, subscribers: 0))
        for target in [ActTarget.client(client, label: "a"), .topic(topic)] {
            let keys = ActItem.items(for: target).map(\.key)
            #expect(Set(keys).count == keys.count)
            for key in keys {
                #expect(PaneTable.standard.keys.action(for: .character(key), in: .acts) == .chooseAct)
            }
        }
    }
}
