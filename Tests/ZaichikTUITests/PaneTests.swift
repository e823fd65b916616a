import Testing
import ZaichikProtocol

@testable import ZaichikTUI

/// One more pane, made as any new one is: a type with a name, a slot and its lines.
private enum LoopsPane: LinesPane {
    static let name = "Loops"
    static let slot = PaneSlot.corner
    static let keys = [Binding(.clear, [.character("l")], [.pane(Pane(LoopsPane.self))], "forget the loops")]

    static func lines(_ model: Model, columns: Int) -> [[Span]] { (1...100).map { [Span("loop \($0)")] } }
}

@Suite struct PaneTests {
    private let loops = Pane(LoopsPane.self)
    private let table = PaneTable(PaneTable.standard.panes + [Pane(LoopsPane.self)])

    private func model(_ width: Int, _ height: Int) -> Model {
        Model(size: Size(width: width, height: height), address: "127.0.0.1:8889", panes: table)
    }

    private func lines(_ model: Model) -> [String] {
        RootView.screen(model, theme: Theme(scheme: .none), now: Samples.now).buffer.lines
    }

    private func press(_ model: inout Model, _ keys: Key...) {
        for key in keys { _ = update(&model, .terminal(.key(key)), now: Samples.now) }
    }

    @Test(
        "a row in the table gives a pane its number, its key, its title and its place",
        arguments: [(60, 16), (80, 24), (84, 46), (120, 30), (200, 50)])
    func shown(width: Int, height: Int) {
        var model = model(width, height)
        press(&model, .character("8"))
        #expect(model.focus == loops)
        let text = lines(model).joined(separator: "\n")
        #expect(text.contains("8 Loops") && text.contains("loop 1"))
        press(&model, .character("4"))
        #expect(!lines(model).joined().contains("loop 1"), "the slot is Publish's again")
    }

    @Test("where panes share a slot there are tabs, and one of them is seen")
    func tabs() {
        let layout = model(200, 50).layout
        #expect(!layout.tabs.isEmpty && layout.panes[loops] == nil && layout.panes[.publish] != nil)
        let own = PaneTable([.clients, .topics, .messages, .publish])
        let model = Model(size: Size(width: 200, height: 50), address: "127.0.0.1:8889", panes: own)
        #expect(model.layout.tabs.isEmpty, "each has a slot of its own")
    }

    @Test("the focus goes through all panes, round about")
    func order() {
        var model = model(120, 30)
        var seen: [Pane] = []
        for _ in table.panes {
            seen.append(model.focus)
            press(&model, .tab)
        }
        #expect(seen == table.panes && model.focus == .clients)
        press(&model, .backTab)
        #expect(model.focus == loops)
    }

    @Test("its lines scroll, as far as there are any, at every size")
    func scrolling() {
        for height in [10, 16, 24, 44] {
            var model = model(80, height)
            press(&model, .character("8"), .end)
            #expect(lines(model).contains { $0.contains("loop 100") })
            press(&model, .pageDown, .down, .up)
            #expect(lines(model).contains { $0.contains("loop 99") })
            press(&model, .home)
            #expect(lines(model).contains { $0.contains("loop 1 ") || $0.hasSuffix("loop 1") })
        }
    }

    @Test("a click into its tab shows it, at every width where there are tabs", arguments: [40, 44, 60, 80, 119])
    func clicked(width: Int) throws {
        var model = model(width, 20)
        let row = model.layout.tabs
        let tab = try #require(TabRow(model.panes, in: row).tabs.last)
        #expect(tab.x + 3 <= row.maxX, "its number is on the screen")
        _ = update(&model, .terminal(.mouse(.press, Point(x: tab.x + 1, y: row.y))), now: Samples.now)
        #expect(model.focus == loops)
    }

    @Test("at 40 columns every tab has its number, and that of the pane with the focus its name", arguments: 0..<7)
    func narrowTabs(focus: Int) {
        var model = Samples.model(Size(width: 40, height: 12))
        model.show(PaneTable.standard.panes[focus])
        let row = model.layout.tabs
        let tabs = TabRow(model.panes, in: row).tabs
        for (index, tab) in tabs.enumerated() {
            #expect(tab.label.hasPrefix(" \(index + 1) ") && tab.x + 3 <= row.maxX)
        }
        #expect(tabs[focus].label == " \(focus + 1) \(PaneTable.standard.panes[focus].name) ")
    }

    @Test("at 80 columns every tab has its whole name")
    func tabsInFull() {
        let model = Samples.model(Size(width: 80, height: 24))
        let labels = TabRow(model.panes, in: model.layout.tabs).tabs.map(\.label)
        #expect(labels == PaneTable.standard.panes.enumerated().map { " \($0 + 1) \($1.name) " })
    }

    @Test("it has the keys of all panes and its own, and the help has them")
    func keys() {
        let all = table.keys.bindings(in: .pane(loops)).map(\.action)
        let publish = table.keys.bindings(in: .pane(.publish)).map(\.action)
        #expect(Set(all) == Set(publish).subtracting([.readPublished, .loadGenerator, .slowClients]).union([.clear]))
        #expect(!all.contains(.sortLeft), "only tables are sorted")
        let help = HelpText.lines(
            HelpInspection(place: .pane(loops)), Model(size: Size(width: 80, height: 24), address: "x", panes: table),
            columns: 70
        ).map { $0.map(\.text).joined() }
        #expect(help.contains { $0.contains("forget the loops") })
        #expect(help.filter { $0 == "Loops (here)" }.count == 1)
        #expect(PaneTable.standard.keys.action(for: .character("8"), in: .pane(.clients)) == nil)
    }

    @Test("a pane alone has the whole screen", arguments: PaneTable.standard.panes)
    func alone(pane: Pane) {
        var model = Model(size: Size(width: 80, height: 24), address: "x", panes: PaneTable([pane]))
        press(&model, .tab, .down, .character("z"), .escape)
        #expect(model.focus == pane)
        #expect(lines(model).contains { $0.contains("1 \(pane.name)") })
    }

    @Test("a click below the first row of the body is a click into the body")
    func body() throws {
        var model = Samples.model(Size(width: 200, height: 50))
        let inside = model.area(of: .publish).inside
        let box = try #require(PublishArea(inside, model.publish).box(of: .body))
        #expect(box.height > 1)
        _ = update(&model, .terminal(.mouse(.press, Point(x: box.x, y: box.maxY - 1))), now: Samples.now)
        #expect(model.publish.isEditing && model.publish.field == .body)
    }
}
