import NIOCore
import Testing
import ZaichikProtocol
import ZaichikWords

@testable import ZaichikTUI

@Suite("Drawers beside their tables")
struct DrawerTests {
    @discardableResult
    private func press(_ model: inout Model, at now: Moment = Samples.now, _ keys: Key...) -> [Effect] {
        keys.flatMap { update(&model, .terminal(.key($0)), now: now) }
    }

    private func facts(_ effects: [Effect]) -> [DrawerQuestion] {
        effects.compactMap { if case .link(.clients(.facts(let question))) = $0 { question } else { nil } }
    }

    @Test(
        "where there is room the table stays beside the drawer or above it; else the drawer covers the panes",
        arguments: [
            (120, 30, true), (200, 50, true), (300, 80, true), (84, 46, true), (80, 24, false), (60, 16, false),
        ])
    func places(width: Int, height: Int, isApart: Bool) {
        var model = Samples.model(Size(width: width, height: height))
        press(&model, .enter)
        #expect(model.isDrawerApart == isApart)
        let layout = model.layout
        #expect(layout.drawer.maxX <= width && layout.drawer.maxY <= height)
        guard isApart, let table = layout.panes[.clients] else { return #expect(layout.drawer == layout.body) }
        #expect(layout.panes.count == 1 && table.width >= 50 && table.height >= 8)
        #expect(
            table.width * table.height + layout.drawer.width * layout.drawer.height
                == layout.body.width * layout.body.height)
    }

    @Test("the cursor moves the table and the drawer follows, but asks no more often than is of use")
    func follows() {
        var model = Samples.model(Size(width: 120, height: 30))
        press(&model, .enter)
        guard case .client(let first) = model.overlay else {
            Issue.record("no drawer")
            return
        }
        let later = Samples.now + Moment.second
        let effects = press(&model, at: later, .down)
        guard case .client(let second) = model.overlay, second.id != first.id else {
            Issue.record("it did not follow")
            return
        }
        #expect(effects.contains(.link(.inspect(second.id))) && facts(effects).first?.subject == .client(second.id))
        #expect(press(&model, at: later + 1000, .down).isEmpty, "the cursor runs")
        let again = update(&model, .link(.statistics(Samples.statistics)), now: later + 400_000)
        guard case .client(let third) = model.overlay else { return }
        #expect(again.contains(.link(.inspect(third.id))) && third.id == model.clients.selected)
    }

    @Test("Enter goes from the table into its drawer, Esc back to the table, and Esc again closes it")
    func entered() {
        var model = Samples.model(Size(width: 120, height: 30))
        press(&model, .enter)
        #expect(model.keyFocus == .pane(.clients))
        press(&model, .enter)
        #expect(model.keyFocus == .drawer)
        let selected = model.clients.selected
        press(&model, .down)
        #expect(model.clients.selected == selected, "keys scroll the drawer")
        press(&model, .escape)
        #expect(model.keyFocus == .pane(.clients) && model.overlay != nil)
        press(&model, .escape)
        #expect(model.overlay == nil)
    }

    @Test(
        "a click into the drawer enters it and the wheel scrolls it; a click into the table goes back and moves the cursor"
    )
    func mouse() {
        var model = Samples.withDrawer(Size(width: 120, height: 30))
        let (drawer, table) = (model.layout.drawer, model.area(of: .clients).rows)
        let use = { (model: inout Model, action: MouseAction, place: Point) in
            _ = update(&model, .terminal(.mouse(action, place)), now: Samples.now + Moment.second)
        }
        use(&model, .press, Point(x: drawer.x + 5, y: drawer.y + 5))
        #expect(model.keyFocus == .drawer && model.clients.selected == 2)
        use(&model, .wheelDown, Point(x: drawer.x + 5, y: drawer.y + 5))
        #expect(model.overlay?.offset == 3)
        use(&model, .press, Point(x: table.x + 5, y: table.y))
        #expect(model.keyFocus == .pane(.clients) && model.clients.selected == model.clients.rows[0].id)
        #expect(model.overlay?.drawerSubject == .client(model.clients.rows[0].id), "it follows")
    }

    @Test("beside another pane than its table the drawer leaves that pane its Enter")
    func otherPane() {
        var model = Samples.withDrawer(Size(width: 120, height: 30))
        press(&model, .character("3"), .enter)
        guard case .message = model.overlay else {
            Issue.record("the message is not shown")
            return
        }
    }

    @Test("each part is asked for again when its answer is old, and never twice at once")
    func asked() {
        var facts = DrawerFacts()
        let all = Set(DrawerFacts.Part.allCases)
        #expect(facts.ask(all, now: 1) == all)
        #expect(facts.ask(all, now: 60 * Moment.second).isEmpty, "nothing is answered")
        facts.take(.history(History()))
        facts.take(.none(.messages, "no such client"))
        facts.take(.shares(LagShares()))
        #expect(facts.ask(all, now: 2 * Moment.second) == [.history, .messages])
        #expect(facts.problems == [.messages: "no such client"])
    }

    @Test("an answer about another client is not shown")
    func others() {
        var model = Samples.model(Size(width: 120, height: 30))
        press(&model, .enter)
        var shares = LagShares()
        shares.messages = 5
        _ = update(&model, .link(.clients(.fact(.client(99), .shares(shares)))), now: Samples.now)
        guard case .client(let inspection) = model.overlay else { return }
        #expect(inspection.facts.shares == nil)
    }

    @Test("columns of a chart are the most of their seconds, and the axis says how far back they go")
    func chart() {
        var history = History()
        history.time = Samples.now
        history.series = [.init(.lagMessages, (0..<600).map { $0 == 30 ? 9000 : UInt64($0) })]
        let (bars, each) = HistoryChart.bars(history[.lagMessages], columns: 60)
        #expect(each == 10 && bars.count == 60 && bars[3] == 9000 && bars.last == 599)
        let lines = HistoryChart.lines(.lagMessages, "LAG", of: history, columns: 67).map { $0.map(\.text).joined() }
        #expect(lines[0].contains("599 now, 9000 at most") && lines.count == 6)
        #expect(lines[5].contains("10m00s ago") && lines[5].hasSuffix("now"))
        #expect(HistoryChart.lines(.lagMessages, "LAG", of: history, columns: 9).isEmpty)
    }

    @Test("a time is at its place on a scale of decades", arguments: [(10, 1), (1000, 20), (100_000, 40), (.max, 70)])
    func scale(time: UInt64, column: Int) { #expect(LatencyScale(columns: 70).place(time) == column) }

    @Test("what helps is shown with the key that does it here")
    func remedies() {
        #expect(RemedyText.key("zaichik client window 'alice#2' 64") == "A w")
        #expect(RemedyText.key("zaichik session resume jobs") == "A r")
        #expect(RemedyText.key("zaichik client skip 'alice#2' --older 1m") == "A s")
        #expect(RemedyText.key("zaichik client kick 'alice#2'") == "A d")
        #expect(RemedyText.key("zaichik session rm jobs") == "A D")
        #expect(RemedyText.key("zaichik session peek jobs") == "v")
        #expect(RemedyText.key("zaichik session set jobs --attempts 5") == "E")
        #expect(RemedyText.key("zaichik client purge 'a#1' --topic t --below 9") == nil, "that takes less than A x")
        let detail = ClientDetail(client: Samples.client(2, "a", .keepingUp), subscriptions: [], topics: [])
        let lines = RemedyText.lines(Remedy.list(detail), columns: 80)
        #expect(lines.isEmpty, "nothing is wrong")
    }

    @Test("a topic is safe to delete only if nobody would miss it")
    func safety() {
        var detail = TopicDetail(
            topic: Samples.topic(1, "old", rate: 0, kept: 0, subscribers: 0), readers: RowPage(rows: [], matching: 0),
            publishers: RowPage(rows: [], matching: 0))
        detail.topic[.lastPublishAge] = 0
        #expect(TopicSafety.reasons(detail).isEmpty)
        detail.topic[.retainedMessages] = 1
        detail.topic[.lastPublishAge] = 60 * Moment.second
        #expect(TopicSafety.reasons(detail) == ["somebody published to it 1m00s ago", "1 message kept would go"])
        #expect(TopicSafety.reasons(Samples.topicDetail).count == 3)
    }
}
