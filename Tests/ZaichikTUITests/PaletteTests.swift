import Testing
import ZaichikProtocol

@testable import ZaichikTUI

/// The command palette: every action and command by its name.
@Suite struct PaletteTests {
    var model = Samples.model(Size(width: 120, height: 30))

    @discardableResult
    private mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: Samples.now) }
    }

    private mutating func type(_ text: String) { _ = update(&model, .terminal(.typed(text)), now: Samples.now) }

    private var names: [String] { model.paletteEntries.map(\.name) }
    private var screen: String {
        RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines.joined(separator: "\n")
    }

    @Test("it lists every action of the key table that is no part of typing or choosing, and every command")
    mutating func complete() {
        type(":")
        let names = Set(names)
        for binding in model.panes.table.keys.bindings where binding.focuses.contains(.pane(.messages)) {
            if binding.action == .showPane || binding.action == .palette { continue }
            #expect(names.contains(binding.action.name))
        }
        for command in PaletteEntry.commands(of: model.panes.table) { #expect(names.contains(command.name)) }
        for pane in PaneTable.standard.panes { #expect(names.contains(pane.name.lowercased())) }
        #expect(names.count == self.names.count, "none stands there twice")
    }

    @Test("a name that is typed comes first, then beginnings, parts, words of the text and letters in their order")
    mutating func order() {
        type(":sort")
        #expect(names.prefix(2) == ["sort-right", "sort-left"])
        press(.control("u"))
        type("zoom")
        #expect(names.first == "zoom")
        press(.control("u"))
        type("sotl")
        #expect(names == ["sort-left"])
        press(.control("u"))
        type("halve")
        #expect(names.first == "shrink-window")
    }

    @Test("Enter does what is chosen, Tab completes, the arrows choose round about")
    mutating func chosen() {
        type(":reve")
        press(.enter)
        #expect(!model.clients.descending && model.prompt == nil)
        type(":sor")
        press(.tab)
        #expect(model.prompt?.editor.text == "sort-right")
        press(.control("u"), .up)
        #expect(model.palette.selected == model.paletteEntries.count - 1)
        press(.down)
        #expect(model.palette.selected == 0)
    }

    @Test("an action of another pane goes there first")
    mutating func elsewhere() {
        type(":follow")
        press(.enter)
        #expect(model.focus == .messages && !model.messages.isFollowing)
        type(":topics")
        press(.enter)
        #expect(model.focus == .topics)
    }

    @Test("what cannot be done stays in the list, with its reason, and says so when it is chosen")
    mutating func obstacles() {
        type(":commit-all")
        #expect(screen.contains("(commits are automatic: press a to commit by hand)"))
        #expect(press(.enter).isEmpty)
        #expect(model.prompt?.problem?.contains("automatic") == true)
    }

    @Test("sub subscribes, offers topics that are not read, and says what is wrong with a pattern")
    mutating func subscribe() throws {
        type(":sub ")
        #expect(model.paletteEntries.map(\.text) == ["sub metrics.cpu", "sub письма.входящие"])
        type("metr")
        #expect(model.paletteEntries.map(\.text) == ["sub metr", "sub metrics.cpu"])
        press(.down)
        #expect(press(.enter) == [.link(.subscribe(try TopicPattern("metrics.cpu"), .new))])
        type(":sub a..b")
        #expect(press(.enter).isEmpty)
        #expect(model.prompt?.problem?.contains("a..b") == true)
    }

    @Test("a command without the argument that it needs waits for it")
    mutating func needed() {
        type(":sub")
        press(.enter)
        #expect(model.prompt?.editor.text == "sub ")
    }

    @Test("pub publishes a text at once, and opens the form without one")
    mutating func publish() throws {
        type(":pub orders.eu two words")
        let message = OutgoingMessage(topic: try TopicName("orders.eu"), key: nil, body: "two words")
        #expect(press(.enter).first == .link(.publish(message)))
        type(":pub clicks")
        press(.enter)
        #expect(model.publish.isEditing && model.publish.topic.text == "clicks" && model.publish.field == .body)
        press(.escape)
        model.isReadOnly = true
        type(":pub clicks x")
        #expect(press(.enter).isEmpty && model.prompt?.problem?.contains("read-only") == true)
    }

    @Test("why and topic open what they name, by the beginning of its name too; nobody else is an error")
    mutating func open() throws {
        type(":why car")
        #expect(press(.enter).first == .link(.inspect(4)))
        press(.escape)
        type(":topic metrics.cpu")
        #expect(press(.enter).first == .link(.inspectTopic(try TopicName("metrics.cpu"))))
        press(.escape)
        type(":why nobody")
        press(.enter)
        #expect(model.prompt?.problem?.contains("nobody") == true)
    }

    @Test("what was done last comes first when nothing is typed")
    mutating func recent() {
        for name in ["zoom", "reverse", "zoom"] {
            type(":" + name)
            press(.enter)
        }
        type(":")
        #expect(names.prefix(2) == ["zoom", "reverse"])
    }

    @Test("a name that there is none is told, with the way out")
    mutating func unknown() {
        type(":xyzzy")
        #expect(names.isEmpty && screen.contains("nothing fits"))
        press(.enter)
        #expect(model.prompt?.problem?.contains("there is no command 'xyzzy'") == true)
        press(.escape)
        #expect(model.prompt == nil)
    }

    @Test("an alert and a trace are asked for by their commands, what is wrong stays to be mended")
    mutating func alerts() throws {
        type(":alert lag > 1000 for 30s")
        press(.enter)
        #expect(model.screens.alerts.alerts.map(\.rule.description) == ["lag > 1000 for 30s"] && model.prompt == nil)
        type(":alert lag > 1000 for 30s")
        press(.enter)
        #expect(model.screens.alerts.alerts.isEmpty)
        type(":alert lug > 3")
        press(.enter)
        #expect(model.prompt?.question == .palette && model.prompt?.problem?.contains("lug") == true)
        press(.control("u"))
        type("trace orders.eu 7")
        press(.enter)
        guard case .screen(.trace(let message), _) = model.overlay else { return #expect(Bool(false), "no trace") }
        #expect(message == TracedMessage(topic: "orders.eu", sequence: 7))
    }

    @Test("a command with the name of an action does that without an argument")
    mutating func sameName() {
        type(":filter")
        #expect(names.filter { $0 == "filter" }.count == 1 && model.paletteEntries[0].keys == "\\")
        press(.enter)
        #expect(model.prompt?.question == .filter(.clients))
        type("bob")
        press(.escape)
        type(":filter ali")
        press(.enter)
        #expect(model.clients.rows.map(\.name) == ["alice"])
    }

    @Test("names of actions and commands are words with hyphens, and none is there twice")
    func namesAreWords() {
        let commands = PaletteEntry.commands(of: .standard).map(\.name)
        let actions = Action.allCases.map(\.name).filter { !commands.contains($0) }
        let panes = PaneTable.standard.panes.map { $0.name.lowercased() }.filter { !commands.contains($0) }
        let all = actions + commands + panes
        #expect(Set(all).count == all.count)
        #expect(all.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "-" } })
    }

    @Test("it opens while something is looked at, too")
    mutating func overlay() {
        press(.enter)
        #expect(model.overlay != nil)
        type(":zoom")
        press(.enter)
        #expect(model.panes.isZoomed)
    }

    @Test("a click on an entry does it, the wheel moves the choice", arguments: [(60, 16), (120, 30)])
    mutating func clicked(width: Int, height: Int) throws {
        model.size = Size(width: width, height: height)
        type(":zo")
        let count = model.paletteEntries.count
        let area = try #require(PaletteArea(model, entries: count))
        _ = update(&model, .terminal(.mouse(.wheelDown, Point(x: 3, y: area.inside.y))), now: Samples.now)
        #expect(model.palette.selected == min(1, count - 1))
        _ = update(&model, .terminal(.mouse(.press, Point(x: 0, y: 0))), now: Samples.now)
        #expect(model.prompt != nil)
        _ = update(&model, .terminal(.mouse(.press, Point(x: area.inside.x + 2, y: area.inside.y))), now: Samples.now)
        #expect(model.prompt == nil && model.panes.isZoomed)
    }
}
