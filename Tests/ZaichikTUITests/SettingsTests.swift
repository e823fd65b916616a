import Testing
import ZaichikProtocol

@testable import ZaichikTUI

@Suite("Settings of topics and sessions, typed in a form")
struct SettingsTests {
    @discardableResult
    private func press(_ model: inout Model, _ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: Samples.now) }
    }

    private func type(_ model: inout Model, _ text: String) {
        _ = update(&model, .terminal(.typed(text)), now: Samples.now)
    }

    private func topics() -> Model {
        var model = Samples.model(Size(width: 100, height: 30))
        model.show(.topics)
        model.topics.selected = "orders.eu"
        return model
    }

    @Test("only what was changed is sent, in the broker's units")
    func change() throws {
        var model = topics()
        press(&model, .character("E"))
        type(&model, "2GiB")
        press(&model, .down, .right, .right, .down)
        type(&model, "90m")
        let form = try #require(model.settingsForm)
        #expect(form.command == "zaichik topic set orders.eu --limit 2GiB --overflow block --retention 90m")
        var change = TopicSettingsChange()
        change[.limit] = 2 << 30
        change[.overflow] = 2
        change[.retention] = 5_400_000
        let plan = SettingsPlan.topic(try TopicName("orders.eu"), change, isNew: false)
        #expect(press(&model, .enter) == [.link(.clients(.set(plan)))])
        #expect(press(&model, .enter).isEmpty, "it is sent once")
        _ = update(&model, .link(.clients(.set(plan, .changed))), now: Samples.now)
        #expect(model.overlay == nil && model.notice?.text == "changed the settings of topic 'orders.eu'")
    }

    @Test("what is not right is said, at its field, and nothing is sent")
    func wrong() {
        var model = topics()
        press(&model, .character("E"))
        type(&model, "much")
        press(&model, .down)
        #expect(press(&model, .enter).isEmpty)
        #expect(model.settingsForm?.place == 0 && model.settingsForm?.problem?.contains("a size such as") == true)
        press(&model, .escape)
        #expect(model.overlay == nil)
        press(&model, .character("E"), .enter)
        #expect(model.settingsForm?.problem == "nothing is changed yet")
    }

    @Test("a refusal of the broker is shown in the form, which stays")
    func refused() throws {
        var model = topics()
        press(&model, .character("E"))
        type(&model, "1")
        let effects = press(&model, .enter)
        guard case .link(.clients(.set(let plan)))? = effects.first else {
            Issue.record("nothing is sent")
            return
        }
        _ = update(&model, .link(.clients(.notSet(plan, "the memory is full"))), now: Samples.now)
        #expect(model.settingsForm?.problem == "the memory is full" && model.settingsForm?.isSent == false)
    }

    @Test("c creates a topic by its name with the settings that were typed; one that exists is not touched")
    func create() throws {
        var model = topics()
        press(&model, .character("c"))
        #expect(press(&model, .enter).isEmpty && model.settingsForm?.problem == "type the topic's name")
        type(&model, "orders.eu")
        #expect(press(&model, .enter).isEmpty && model.settingsForm?.problem?.contains("exists already") == true)
        press(&model, .control("u"))
        type(&model, "new.*")
        #expect(
            press(&model, .enter).isEmpty && model.settingsForm?.problem?.contains("not a valid topic name") == true)
        press(&model, .control("u"))
        type(&model, "audit")
        let plan = SettingsPlan.topic(try TopicName("audit"), TopicSettingsChange(), isNew: true)
        #expect(press(&model, .enter) == [.link(.clients(.set(plan)))])
        _ = update(&model, .link(.clients(.set(plan, .created))), now: Samples.now)
        #expect(model.topics.selected == "audit" && model.notice?.text == "created topic 'audit'")
    }

    @Test("the settings of a session are asked for if they are not known")
    func session() throws {
        var model = Samples.model(Size(width: 100, height: 30))
        _ = update(&model, .link(.statistics(Samples.sessions)), now: Samples.now)
        model.clients.selected = 40
        #expect(press(&model, .character("E")) == [.link(.inspectSession("jobs"))])
        _ = update(&model, .link(.sessionDetail(Samples.sessionDetail)), now: Samples.now)
        #expect(model.settingsForm?.subject == .session("jobs"))
        type(&model, "e")
        #expect(model.settingsForm?.current.editor.text == "exclusive", "a choice is typed by its letter")
        press(&model, .left)
        #expect(model.settingsForm?.current.editor.text == "shared-by-key")
        #expect(model.settingsForm?.command == "zaichik session set jobs --shared-by-key")
    }

    @Test("a client without a session has no settings, and a program that may only look changes none")
    func none() {
        var model = Samples.model(Size(width: 100, height: 30))
        model.clients.selected = 2
        #expect(press(&model, .character("E")).isEmpty)
        #expect(model.notice?.text == "no settings here: topics and sessions have some")
        model.isReadOnly = true
        model.show(.topics)
        press(&model, .character("c"), .character("E"))
        #expect(model.overlay == nil && model.notice?.isBad == true)
    }

    @Test("T in a drawer opens the settings of the topic in question, with what is proposed there")
    func mend() throws {
        var model = Samples.withDrawer(Size(width: 120, height: 35))
        press(&model, .character("M"))
        #expect(model.settingsForm?.subject == .topic("orders.eu"))
        #expect(model.settingsForm?.command == "zaichik topic set orders.eu --retention 20m")
        press(&model, .escape)
        model.topics.rows = []
        #expect(press(&model, .character("M")) == [.link(.inspectTopic(try TopicName("orders.eu")))])
        var detail = Samples.topicDetail
        detail.topic.name = "orders.eu"
        _ = update(&model, .link(.topicDetail(name: "orders.eu", detail)), now: Samples.now)
        #expect(model.settingsForm?.changed.map(\.name) == ["retention"])
    }

    @Test("each setting has a kind by which its text is its number again")
    func kinds() {
        for tag in TopicSettings.Tag.allCases {
            #expect(tag.kind.value(tag.kind.text(TopicSettings()[tag])) == TopicSettings()[tag], "\(tag)")
        }
        for tag in SessionSettings.Tag.allCases {
            #expect(tag.kind.value(tag.kind.text(SessionSettings()[tag])) == SessionSettings()[tag], "\(tag)")
        }
        #expect(SettingKind.size.text(1 << 30) == "1GiB" && SettingKind.size.text(1000) == "1000")
        #expect(SettingKind.time.text(90_000) == "90s" && SettingKind.time.value("1h30m") == 5_400_000)
    }
}
